import { expect } from 'chai';
import fc from 'fast-check';
import { planBatches, type TableWrite } from '../../src/writing/batch.js';
import { STORAGE_LIMITS, type ServiceLimits } from '../../src/store/limits.js';

const LIMITS: ServiceLimits = { ...STORAGE_LIMITS, transactionWrites: 3, transactionBytes: 100 };

/** Makes a write of the row `table/partition key/row key` with this size. */
function write(path: string, bytes = 10): TableWrite {
  const [table = '', partitionKey = '', rowKey = ''] = path.split('/');
  return { table, write: { mode: 'insert', partitionKey, rowKey, bytes, entityBytes: bytes } };
}

const path = ({ table, write: { partitionKey, rowKey } }: TableWrite): string => `${table}/${partitionKey}/${rowKey}`;
const shown = (writes: readonly TableWrite[]): readonly (readonly string[])[][] =>
  planBatches(writes, LIMITS).map((batches) => batches.map((batch) => batch.writes.map(path)));

const TABLE: readonly (readonly [
  rule: string,
  writes: readonly TableWrite[],
  batches: readonly (readonly string[])[][],
])[] = [
  ['returns no batch for no writes', [], []],
  ['returns one batch for one write', [write('T/p/1')], [[['T/p/1']]]],
  [
    'groups writes by partition, in the order of the first writes',
    [write('T/b/1'), write('T/a/1'), write('T/b/2')],
    [[['T/b/1', 'T/b/2']], [['T/a/1']]],
  ],
  ['separates tables', [write('T/p/1'), write('U/p/1')], [[['T/p/1']], [['U/p/1']]]],
  [
    'splits a batch with too many writes',
    ['1', '2', '3', '4'].map((row) => write(`T/p/${row}`)),
    [[['T/p/1', 'T/p/2', 'T/p/3'], ['T/p/4']]],
  ],
  [
    'splits a batch with too many bytes, but not one of exactly the limit',
    [write('T/p/1', 60), write('T/p/2', 40), write('T/p/3', 1)],
    [[['T/p/1', 'T/p/2'], ['T/p/3']]],
  ],
  [
    'puts a write that is too large for any transaction into a batch of its own',
    [write('T/p/1'), write('T/p/2', 101), write('T/p/3')],
    [[['T/p/1'], ['T/p/2'], ['T/p/3']]],
  ],
  [
    'starts another batch for a row that is written again, and keeps the writes after it behind it',
    [write('T/p/1'), write('T/p/2'), write('T/p/1'), write('T/p/3')],
    [
      [
        ['T/p/1', 'T/p/2'],
        ['T/p/1', 'T/p/3'],
      ],
    ],
  ],
];

describe('planBatches', () => {
  for (const [rule, writes, batches] of TABLE) {
    it(`planBatches ${rule}`, () => {
      expect(shown(writes)).to.deep.equal(batches);
    });
  }

  const anyWrite = fc
    .record({
      table: fc.constantFrom('T', 'U'),
      partition: fc.constantFrom('', 'a', 'ab'),
      row: fc.nat(5),
      bytes: fc.integer({ min: 1, max: 120 }),
    })
    .map(({ table, partition, row, bytes }) => write(`${table}/${partition}/${row}`, bytes));

  it('planBatches loses no write, keeps the order of every partition, and splits batches only at the limits', () => {
    fc.assert(
      fc.property(fc.array(anyWrite, { maxLength: 60 }), (writes) => {
        const plan = planBatches(writes, LIMITS);
        const partition = (item: TableWrite): string => `${item.table}/${item.write.partitionKey}`;
        for (const batches of plan) {
          const [first] = batches;
          const own = writes.filter((item) => partition(item) === partition(first!.writes[0]!));
          expect(batches.flatMap((batch) => batch.writes)).to.deep.equal(own);
          batches.forEach((batch, index) => {
            const rows = batch.writes.map((item) => item.write.rowKey);
            const bytes = batch.writes.reduce((sum, item) => sum + item.write.bytes, 0);
            expect(new Set(rows).size).to.equal(rows.length);
            expect(rows.length).to.be.within(1, LIMITS.transactionWrites);
            expect(batch.bytes).to.equal(bytes);
            if (rows.length > 1) expect(bytes).to.be.at.most(LIMITS.transactionBytes);
            const next = batches[index + 1]?.writes[0]?.write;
            if (next === undefined) return;
            const cut =
              rows.length === LIMITS.transactionWrites ||
              bytes + next.bytes > LIMITS.transactionBytes ||
              rows.includes(next.rowKey);
            expect(cut, 'a cut has its reason').to.equal(true);
          });
        }
        expect(plan.flat().flatMap((batch) => batch.writes)).to.have.length(writes.length);
      }),
      { numRuns: 1000, seed: 6 },
    );
  });
});
