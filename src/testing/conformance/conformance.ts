import assert from 'node:assert/strict';
import type { TableStore } from '../../store/table-store.js';
import { batchRules } from './batch-rules.js';
import { filterRules } from './filter-rules.js';
import { keyRules } from './key-rules.js';
import { operationRules } from './operation-rules.js';
import { pagingRules } from './paging-rules.js';
import { propertyRules } from './property-rules.js';
import { retainedRules } from './retained-rules.js';
import { titleOf, type Rule } from './rule.js';
import { TableFixture } from './table-fixture.js';
import { tableRules } from './table-rules.js';
import { writeRules } from './write-rules.js';

const RULES: Readonly<Record<string, readonly Rule[]>> = {
  tables: tableRules,
  keys: keyRules,
  properties: propertyRules,
  writes: writeRules,
  'entity group transactions': batchRules,
  filters: filterRules,
  paging: pagingRules,
  operations: operationRules,
  'retained rows': retainedRules,
};

/** The rules that a store is known to break: a map from the name of each rule to the reason. */
export type Deviations = Readonly<Record<string, string>>;

/** Globals of the test runner. Mocha, Jest and Vitest (with `globals: true`) each define some of them. */
declare const describe: (title: string, define: () => void) => void;
declare const before: undefined | ((run: () => Promise<void>) => void);
declare const beforeAll: undefined | ((run: () => Promise<void>) => void);
declare const after: undefined | ((run: () => Promise<void>) => void);
declare const afterAll: undefined | ((run: () => Promise<void>) => void);
declare const it: ((title: string, run: () => unknown) => void) & {
  readonly skip: (title: string, run?: () => void) => void;
};

/**
 * Declares tests that check whether a store behaves like the Table service: one test for each rule that the library
 * relies on. Call it in a test file of Mocha, Jest or Vitest (with `globals: true`). The store is opened once for all
 * rules and closed after the last; each rule has its own table.
 *
 * Each title ends with the evidence for its rule:
 *
 * - `(source: documentation)`: Microsoft's documentation of the service;
 * - `(source: recorded)`: recorded exchanges with the service;
 * - `(source: live tests)`: test suites of Microsoft's SDKs that run against the service;
 * - `(source: PHP SDK)`: the model of the service in the tests of Microsoft's PHP SDK.
 *
 * @param deviations The rules that the store is known to break: a map from the name of each rule (the title without its
 *   source) to the reason. They are reported as skipped.
 * @example
 * ```ts
 * conformance('my store', () => openMyStore());
 * ```
 */
export function conformance(name: string, open: () => Promise<TableStore>, deviations: Deviations = {}): void {
  describe(`${name} behaves like the Table service`, () => {
    let store: TableStore;

    (typeof before === 'undefined' ? beforeAll! : before)(async () => {
      store = await open();
    });
    (typeof after === 'undefined' ? afterAll! : after)(async () => {
      await store[Symbol.asyncDispose]();
    });

    for (const [group, rules] of Object.entries(RULES)) {
      describe(group, () => {
        for (const rule of rules) {
          const title = titleOf(rule);
          const deviation = Object.hasOwn(deviations, rule.name) ? deviations[rule.name] : undefined;
          if (deviation === undefined) it(title, async () => rule.check(await TableFixture.create(store)));
          else it.skip(`${title}, skipped because ${name} deviates: ${deviation}`);
        }
      });
    }

    it('every deviation names a rule that exists, and no two rules have the same name', () => {
      const all = Object.values(RULES)
        .flat()
        .map((rule) => rule.name);
      assert.strictEqual(all.length, new Set(all).size);
      assert.deepStrictEqual(
        Object.keys(deviations).filter((deviation) => !all.includes(deviation)),
        [],
      );
    });
  });
}
