import assert from 'node:assert/strict';
import type { TableFixture } from './table-fixture.js';

/** How a rule is known: documentation, recordings of the service, the SDKs' live tests, or the service's PHP test oracle. */
export type Evidence = 'doc' | 'rec' | 'live' | 'php';

/** One thing the Table service does, and a test of it. */
export interface Rule {
  readonly name: string;
  readonly evidence: Evidence;
  readonly check: (fixture: TableFixture) => Promise<void>;
}

/** A rule, in the order in which it is read. */
export function rule(evidence: Evidence, name: string, check: Rule['check']): Rule {
  return { name, evidence, check };
}

/** Asserts that an object has these members, whatever else it has. */
export function assertIncludes(actual: object, expected: object): void {
  const members = actual as Readonly<Record<string, unknown>>;
  assert.deepStrictEqual(Object.fromEntries(Object.keys(expected).map((name) => [name, members[name]])), {
    ...expected,
  });
}
