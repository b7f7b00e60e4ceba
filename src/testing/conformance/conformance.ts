import assert from 'node:assert/strict';
import type { TableStore } from '../../store/table-store.js';
import { batchRules } from './batch-rules.js';
import { filterRules } from './filter-rules.js';
import { keyRules } from './key-rules.js';
import { operationRules } from './operation-rules.js';
import { pagingRules } from './paging-rules.js';
import { propertyRules } from './property-rules.js';
import { retainedRules } from './retained-rules.js';
import type { Rule } from './rule.js';
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

/** Rules that a store is known to break, by name, each with the reason. */
export type Deviations = Readonly<Record<string, string>>;

/** The runner of the tests: mocha, jest and vitest (with its globals on) put these into every test file. */
declare const describe: (title: string, define: () => void) => void;
declare const before: undefined | ((run: () => Promise<void>) => void);
declare const beforeAll: undefined | ((run: () => Promise<void>) => void);
declare const after: undefined | ((run: () => Promise<void>) => void);
declare const afterAll: undefined | ((run: () => Promise<void>) => void);
declare const it: ((title: string, run: () => unknown) => void) & {
  readonly skip: (title: string, run?: () => void) => void;
};

/**
 * Declares tests that check whether a store behaves as the Table service does: every rule that the library relies on, by name. Call it in
 * a test file of mocha, jest or vitest (with globals). The store is opened once for all rules, and closed behind them; each rule has a table
 * of its own.
 *
 * @param deviations The rules that the store is known to break, by name, each with the reason: they are skipped, visibly.
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
          const title = `[${rule.evidence}] ${rule.name}`;
          const deviation = Object.hasOwn(deviations, rule.name) ? deviations[rule.name] : undefined;
          if (deviation === undefined) it(title, async () => rule.check(await TableFixture.create(store)));
          else it.skip(`${title} — ${name} deviates: ${deviation}`);
        }
      });
    }

    it('deviates in rules that exist, and names no rule twice', () => {
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
