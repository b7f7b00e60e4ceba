import assert from 'node:assert/strict';
import type { TableStore } from '../../src/store/table-store.js';
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

/** Checks that a store behaves as the Table service does: every rule of the reference by name. A store is opened once for all. */
export function conformance(name: string, open: () => Promise<TableStore>, deviations: Deviations = {}): void {
  describe(`${name} behaves like the Table service`, () => {
    let store: TableStore;

    before(async () => {
      store = await open();
    });
    after(async () => {
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
      const names = Object.values(RULES)
        .flat()
        .map((rule) => rule.name);
      assert.strictEqual(names.length, new Set(names).size);
      assert.deepStrictEqual(
        Object.keys(deviations).filter((name) => !names.includes(name)),
        [],
      );
    });
  });
}
