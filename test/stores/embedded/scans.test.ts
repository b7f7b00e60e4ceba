import { expect } from 'chai';
import * as fc from 'fast-check';
import { comparison } from '../../../src/store/filter-node.js';
import { PARTITION_KEY, ROW_KEY, type RetainedRow, type RowReader } from '../../../src/store/row.js';
import type { ScanRequest, TableStore } from '../../../src/store/table-store.js';
import { lmdbStore } from '../../../src/stores/lmdb/lmdb-store.js';
import { memoryStore } from '../../../src/stores/memory/memory-store.js';
import {
  firstPage,
  readProperties,
  TableFixture,
  type Entity,
  type Properties,
} from '../../../src/testing/conformance/table-fixture.js';
import { scratchDirectory } from './scratch-directory.js';
import { anyKey, anyProperties, RUNS } from './samples.js';

/**
 * Mostly rows with one byte per character that are stored close together, so that their texts are decoded together, and
 * some rows of any kind.
 */
const plainText = fc.oneof(
  { arbitrary: fc.string({ unit: fc.constantFrom('a', 'b', 'é', '~', ' '), maxLength: 20 }), weight: 8 },
  fc.nat({ max: 1500 }).map((length) => 'x'.repeat(length)),
);
const plain = fc
  .record({ s: plainText, i: fc.nat({ max: 2 }), other: plainText })
  .map(({ s, i, other }): Properties => ({ s: `String ${s}`, i: `Int32 ${i}`, other: `String ${other}` }));
const row: fc.Arbitrary<Entity> = fc.record({
  partitionKey: fc.constantFrom('p', 'p', 'p', 'q', '語'),
  rowKey: fc.oneof({ arbitrary: fc.nat({ max: 999 }).map(String), weight: 8 }, anyKey),
  properties: fc.oneof({ arbitrary: plain, weight: 8 }, anyProperties),
});
const table = fc.uniqueArray(row, {
  minLength: 1,
  maxLength: 60,
  size: 'max',
  selector: ({ partitionKey, rowKey }) => JSON.stringify([partitionKey, rowKey]),
});

const KEY = '4';
const TEXT = 'b';
const scan: fc.Arbitrary<ScanRequest> = fc.record(
  {
    filter: fc.constant(comparison('s', 'ge', { type: 'String', value: TEXT })),
    rowKey: fc.constant({ from: { value: KEY, inclusive: true } }),
    pageSize: fc.integer({ min: 1, max: 40 }),
  },
  { requiredKeys: [] },
);

function isWanted({ rowKey, properties: { s } }: Entity, request: ScanRequest): boolean {
  return (
    (request.rowKey === undefined || rowKey >= KEY) &&
    (request.filter === undefined || (s?.startsWith('String ') === true && s.slice('String '.length) >= TEXT))
  );
}

function byKeys(a: Entity, b: Entity): number {
  if (a.partitionKey !== b.partitionKey) return a.partitionKey < b.partitionKey ? -1 : 1;
  return a.rowKey < b.rowKey ? -1 : Number(a.rowKey > b.rowKey);
}

async function insert(t: TableFixture, rows: readonly Entity[]): Promise<void> {
  for (const partition of new Set(rows.map(({ partitionKey }) => partitionKey))) {
    const own = rows.filter(({ partitionKey }) => partitionKey === partition);
    await t.submit(...own.map(({ rowKey, properties }) => t.prepare('insert', partition, rowKey, properties)));
  }
}

function entityOf(reader: RowReader): Entity {
  return {
    partitionKey: reader.string(PARTITION_KEY),
    rowKey: reader.string(ROW_KEY),
    properties: readProperties(reader),
  };
}

async function readAgain(t: TableFixture, { partitionKey, rowKey, properties }: Entity): Promise<readonly unknown[]> {
  return [await t.get(partitionKey, rowKey), properties];
}

/** Reads rows with a decoder that fails at row number `last`. */
async function readInVain(t: TableFixture, last: number): Promise<readonly unknown[]> {
  let count = 0;
  const decode = (reader: RowReader): void => {
    reader.retain();
    if ((count += 1) === last) throw new Error(`row ${last}`);
  };
  const failure = await firstPage(t.rows.scan({}, decode)).catch((error: unknown) => (error as Error).message);
  return [failure, `row ${last}`];
}

describe('A scan of stored rows', () => {
  const newPath = scratchDirectory();
  for (const [kind, open] of [
    ['in memory', () => memoryStore()],
    ['on disk', () => lmdbStore(newPath(), { durability: 'relaxed' })],
  ] as const) {
    it(`A scan of rows ${kind} returns each row as written, and retained rows stay the same whatever is read or fails meanwhile`, async () => {
      await using store: TableStore = await open();
      const cases = fc.tuple(table, scan, fc.nat({ max: 3 }), fc.infiniteStream(fc.nat({ max: 9 })));
      await fc.assert(
        fc.asyncProperty(cases, async ([rows, request, often, chance]) => {
          const t = await TableFixture.create(store);
          await insert(t, rows);
          const found: Entity[] = [];
          const kept: (readonly [Entity, RetainedRow])[] = [];
          const meanwhile: Promise<readonly unknown[]>[] = [];
          const decode = (reader: RowReader): void => {
            const entity = entityOf(reader);
            found.push(entity);
            if (chance.next().value < often * 3 + 1) kept.push([entity, reader.retain()]);
            if (chance.next().value === 0) meanwhile.push(readAgain(t, entity));
            if (chance.next().value === 0) meanwhile.push(readInVain(t, Math.min(rows.length, 3)));
            expect(entityOf(reader)).to.deep.equal(entity);
          };
          for await (const page of t.rows.scan({ undeclared: true, ...request }, decode)) void page;
          expect(found).to.deep.equal(rows.filter((each) => isWanted(each, request)).toSorted(byKeys));
          for (const [actual, expected] of await Promise.all(meanwhile)) expect(actual).to.deep.equal(expected);
          for (const [entity, retained] of kept) expect(entityOf(t.rows.reopen(retained))).to.deep.equal(entity);
        }),
        { ...RUNS, numRuns: 200 },
      );
    }).timeout(60_000);
  }
});
