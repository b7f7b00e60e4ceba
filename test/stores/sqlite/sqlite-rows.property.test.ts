import { expect } from 'chai';
import * as fc from 'fast-check';
import {
  OwnedRow,
  contentOf,
  type OrderedRows,
  type Boundary,
  type RowSource,
} from '../../../src/stores/embedded/ordered-rows.js';
import { HEADER_BYTES } from '../../../src/stores/embedded/rows/row-format.js';
import { MemoryRows } from '../../../src/stores/memory/memory-rows.js';
import { SqliteRows } from '../../../src/stores/sqlite/sqlite-rows.js';
import { anyKey, RUNS } from '../embedded/samples.js';
import { scratchDirectory } from '../embedded/scratch-directory.js';
import { stress } from '../embedded/stress.js';

interface Write {
  readonly table: number;
  readonly partitionKey: string;
  readonly rowKey: string;
  /** Size of the row, at least that of a header; `undefined` deletes the row. */
  readonly size: number | undefined;
}

const table = fc.integer({ min: 1, max: 3 });
const key = fc.oneof(
  { arbitrary: fc.constantFrom('', 'a', 'ab', 'b', '\u{1f600}', '\uff21', 'ö'), weight: 3 },
  { arbitrary: fc.integer({ min: 0, max: 300 }).map((number) => String(number).padStart(4, '0')), weight: 6 },
  anyKey,
);
const write: fc.Arbitrary<Write> = fc.record({
  table,
  partitionKey: key,
  rowKey: key,
  size: fc.oneof(
    { arbitrary: fc.integer({ min: HEADER_BYTES, max: 600 }), weight: 6 },
    { arbitrary: fc.integer({ min: 2000, max: 9000 }), weight: 1 },
    { arbitrary: fc.constant(undefined), weight: 3 },
  ),
});
const place: fc.Arbitrary<Boundary> = fc.record(
  { partitionKey: key, rowKey: key, after: fc.boolean() },
  { requiredKeys: ['partitionKey', 'after'] },
);
const range = fc.record({
  table,
  from: fc.option(place, { nil: undefined }),
  to: fc.option(place, { nil: undefined }),
});
const sweep = fc.record({ sweep: table });
const step = fc.oneof(
  { arbitrary: fc.array(write, { minLength: 1, maxLength: 60 }), weight: 5 },
  { arbitrary: sweep, weight: 1 },
);

type Range = (typeof range extends fc.Arbitrary<infer R> ? R : never) & object;

function found(source: RowSource, { table: number, from, to }: Range): readonly unknown[] {
  const rows: unknown[] = [];
  source.range(number, from, to, (row) => {
    const kept = row.keep();
    rows.push([row.partitionKey, row.rowKey, contentOf(kept).toString('base64'), kept.rowKey, kept.partitionKey]);
    return true;
  });
  return rows;
}

async function apply(
  rows: OrderedRows,
  round: number,
  made: readonly Write[] | { readonly sweep: number },
): Promise<unknown> {
  return rows.transact((transaction) => {
    if ('sweep' in made) {
      let left = 40;
      transaction.range(made.sweep, undefined, undefined, ({ partitionKey, rowKey }) => {
        transaction.delete(made.sweep, partitionKey, rowKey);
        return --left > 0;
      });
      return left;
    }
    return made.map(({ table: number, partitionKey, rowKey, size }) => {
      const before = transaction.get(number, partitionKey, rowKey);
      if (size === undefined) transaction.delete(number, partitionKey, rowKey);
      else transaction.put(number, new OwnedRow(partitionKey, rowKey, Buffer.alloc(size, `\0${round}.`)));
      return before === undefined ? undefined : contentOf(before).length;
    });
  });
}

describe('Rows in an SQLite file', () => {
  const newPath = scratchDirectory();

  it('Rows in an SQLite file equal rows in memory after any transactions, through two connections', async function () {
    this.timeout(stress(60_000, 900_000));
    await fc.assert(
      fc.asyncProperty(
        fc.array(step, { minLength: 1, maxLength: 20 }),
        fc.array(range, { minLength: 1, maxLength: 8 }),
        async (steps, ranges) => {
          const path = newPath();
          const memory = new MemoryRows();
          const both = [
            await SqliteRows.open(path, { durability: 'relaxed', fileMode: 0o600 }),
            await SqliteRows.open(path, { durability: 'relaxed', fileMode: 0o600 }),
          ];
          for (const [round, each] of steps.entries()) {
            const outcome = await apply(both[round % 2]!, round, each);
            expect(outcome).to.deep.equal(await apply(memory, round, each));
            for (const rows of both) {
              await rows.renew();
              for (const wanted of ranges) expect(found(rows, wanted)).to.deep.equal(found(memory, wanted));
            }
          }
          const all = [1, 2, 3].map((number) => ({ table: number, from: undefined, to: undefined }));
          for (const rows of both) await rows.close();
          const again = await SqliteRows.open(path, { durability: 'full', fileMode: 0o600 });
          for (const wanted of all) expect(found(again, wanted)).to.deep.equal(found(memory, wanted));
          for (const { table: number, partitionKey, rowKey } of steps.flatMap((each) =>
            'sweep' in each ? [] : each,
          )) {
            const stored = memory.get(number, partitionKey, rowKey);
            const row = again.get(number, partitionKey, rowKey);
            expect(row && contentOf(row)).to.deep.equal(stored && contentOf(stored));
          }
          await again.close();
        },
      ),
      { ...RUNS, numRuns: stress(60, 3000) },
    );
  });
});
