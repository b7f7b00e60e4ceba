import assert from 'node:assert/strict';
import type { TableFixture } from './table-fixture.js';

/**
 * The evidence that the Table service behaves as a rule states:
 *
 * - `doc`: Microsoft's documentation of the service;
 * - `rec`: recorded exchanges with the service;
 * - `live`: test suites of Microsoft's SDKs that run against the service;
 * - `php`: the model of the service in the tests of Microsoft's PHP SDK, which those tests compare with the service.
 */
export type Evidence = 'doc' | 'rec' | 'live' | 'php';

/** The words that stand for each kind of evidence at the end of a test title. */
const SOURCES: Readonly<Record<Evidence, string>> = {
  doc: 'documentation',
  rec: 'recorded',
  live: 'live tests',
  php: 'PHP SDK',
};

/** A statement about the behaviour of the Table service, with the test that checks it. */
export interface Rule {
  /** The statement: a sentence that is unique among all rules. Deviations refer to it. */
  readonly name: string;
  readonly evidence: Evidence;
  readonly check: (fixture: TableFixture) => Promise<void>;
}

/** Creates a rule. The arguments are in the order that reads best in a list of rules. */
export function rule(evidence: Evidence, name: string, check: Rule['check']): Rule {
  return { name, evidence, check };
}

/** Returns the title of a rule's test: its name, then its evidence. */
export function titleOf({ name, evidence }: Rule): string {
  return `${name} (source: ${SOURCES[evidence]})`;
}

/** Asserts that an object has the expected members, and possibly others. */
export function assertIncludes(actual: object, expected: object): void {
  const members = actual as Readonly<Record<string, unknown>>;
  assert.deepStrictEqual(Object.fromEntries(Object.keys(expected).map((name) => [name, members[name]])), {
    ...expected,
  });
}
