import { expect } from 'chai';
import * as fc from 'fast-check';
import type { KeyRange, ScanRequest, TableStore, WriteMode } from '../../../src/store/table-store.js';
import { lmdbStore } from '../../../src/stores/lmdb/lmdb-store.js';
import { memoryStore } from '../../../src/stores/memory/memory-store.js';
import { sqliteStore } from '../../../src/stores/sqlite/sqlite-store.js';
import {
  refusal,
  TableFixture,
  type Properties,
  type Refused,
} from '../../../src/testing/conformance/table-fixture.js';
import { anyKey, anyProperties, RUNS } from './samples.js';
import { scratchDirectory } from './scratch-directory.js';
import { stress } from './stress.js';

interface Write {
  readonly mode: WriteMode;
  readonly rowKey: string;
  readonly properties: Properties;
  readonly old: boolean;
}

interface Transaction {
  readonly partitionKey: string;
  readonly writes: readonly Write[];
}

const key = fc.oneof({ arbitrary: fc.constantFrom('', 'a', 'b', '\u{1f600}', '\uff21'), weight: 4 }, anyKey);
const mode = fc.constantFrom<WriteMode>('insert', 'merge', 'replace', 'upsert-merge', 'upsert-replace', 'delete');
const write = fc.record({ mode, rowKey: key, properties: anyProperties, old: fc.boolean() });
const transaction: fc.Arbitrary<Transaction> = fc.record({
  partitionKey: key,
  writes: fc.array(write, { minLength: 1, maxLength: 4 }),
});

const bound = fc.record({ value: key, inclusive: fc.boolean() });
const range: fc.Arbitrary<KeyRange> = fc.record({ from: bound, to: bound }, { requiredKeys: [] });
const scan: fc.Arbitrary<ScanRequest> = fc.record(
  { partitionKey: fc.oneof(key, range), rowKey: range, pageSize: fc.integer({ min: 1, max: 4 }) },
  { requiredKeys: [] },
);

/** Runs a transaction and returns its outcome: for each write whether it has an ETag now, or the refusal. */
async function outcome(t: TableFixture, { partitionKey, writes }: Transaction): Promise<readonly boolean[] | Refused> {
  const prepared = await Promise.all(
    writes.map(async ({ mode: how, rowKey, properties, old }) => {
      const etag = old && ['merge', 'replace', 'delete'].includes(how) ? await t.etag(partitionKey, rowKey) : undefined;
      return t.prepare(how, partitionKey, rowKey, properties, etag === undefined ? {} : { ifMatch: etag });
    }),
  );
  const submitted = t.submit(...prepared);
  return submitted.then((receipts) => receipts.map(({ etag }) => etag !== undefined)).catch(() => refusal(submitted));
}

async function everything(t: TableFixture): Promise<unknown> {
  const keys = await t.keyPairs();
  return Promise.all(
    keys.map(async ([partitionKey, rowKey]) => [partitionKey, rowKey, await t.get(partitionKey, rowKey)]),
  );
}

const OPEN = { lmdb: lmdbStore, sqlite: sqliteStore };

for (const [kind, open] of Object.entries(OPEN)) {
  describe(`The ${kind} store and the in-memory store`, () => {
    const newPath = scratchDirectory();
    let stores: readonly [TableStore, TableStore];

    before(async () => {
      stores = [memoryStore(), await open(newPath(), { durability: 'relaxed' })];
    });
    after(() => Promise.all(stores.map((store) => store[Symbol.asyncDispose]())));

    it(`The ${kind} store and the in-memory store give the same results for all transactions and scans`, async function () {
      this.timeout(stress(60_000, 600_000));
      const cases = fc.tuple(fc.array(transaction, { maxLength: 12 }), fc.array(scan, { maxLength: 6 }));
      await fc.assert(
        fc.asyncProperty(cases, async ([transactions, scans]) => {
          const [memory, disk] = await Promise.all(stores.map((store) => TableFixture.create(store)));
          for (const each of transactions)
            expect(await outcome(disk!, each)).to.deep.equal(await outcome(memory!, each));
          expect(await everything(disk!)).to.deep.equal(await everything(memory!));
          for (const request of scans)
            expect(await disk!.keyPairs(request)).to.deep.equal(await memory!.keyPairs(request));
        }),
        { ...RUNS, numRuns: stress(150, 5000) },
      );
    });
  });
}
