import { expect } from 'chai';
import fc from 'fast-check';
import { planBatches, type TableWrite } from '../../src/writing/batch.js';
import { STORAGE_LIMITS, type ServiceLimits } from '../../src/store/limits.js';

const LIMITS: ServiceLimits = { ...STORAGE_LIMITS, transactionWrites: 3, transactionBytes: 100 };

/** `T/p/r` of so many bytes. */
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
  ['nothing is no batch', [], []],
  ['one write is one batch', [write('T/p/1')], [[['T/p/1']]]],
  [
    'partitions are gathered, in the order of their first writes',
    [write('T/b/1'), write('T/a/1'), write('T/b/2')],
    [[['T/b/1', 'T/b/2']], [['T/a/1']]],
  ],
  ['tables are kept apart', [write('T/p/1'), write('U/p/1')], [[['T/p/1']], [['U/p/1']]]],
  [
    'a batch is cut by its number of writes',
    ['1', '2', '3', '4'].map((row) => write(`T/p/${row}`)),
    [[['T/p/1', 'T/p/2', 'T/p/3'], ['T/p/4']]],
  ],
  [
    'a batch is cut by its bytes, also at exactly the limit',
    [write('T/p/1', 60), write('T/p/2', 40), write('T/p/3', 1)],
    [[['T/p/1', 'T/p/2'], ['T/p/3']]],
  ],
  [
    'a write that is too large for any transaction goes by itself',
    [write('T/p/1'), write('T/p/2', 101), write('T/p/3')],
    [[['T/p/1'], ['T/p/2'], ['T/p/3']]],
  ],
  [
    'a row that is written again begins another batch, and what follows stays behind it',
    [write('T/p/1'), write('T/p/2'), write('T/p/1'), write('T/p/3')],
    [
      [
        ['T/p/1', 'T/p/2'],
        ['T/p/1', 'T/p/3'],
      ],
    ],
  ],
];

describe('Planning batches', () => {
  for (const [rule, writes, batches] of TABLE) {
    it(rule, () => {
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

  it('loses nothing, keeps the order of every partition, stays within the limits, and cuts only where it must', () => {
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
