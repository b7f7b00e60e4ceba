import { expect } from 'chai';
import fc from 'fast-check';
import { EntitableError } from '../../src/errors/entitable-error.js';
import { STORAGE_LIMITS, type ServiceLimits } from '../../src/store/limits.js';
import type { PreparedWrite, WriteMode } from '../../src/store/table-store.js';
import { isJoined, planBatches, rowsOf, type Batch, type GroupRow, type TableWrite } from '../../src/writing/batch.js';
import { checkGroup } from '../../src/writing/check-group.js';
import { joinGroups } from '../../src/writing/join-groups.js';
import { PartitionQueues } from '../../src/writing/partition-queues.js';
import { notUnique } from '../support/row-groups.js';

/** One row of a random group. */
interface Row {
  readonly mode: WriteMode;
  readonly key: string;
  readonly bytes: number;
}

/** A random group: its partition, its own row, and its further rows. */
interface Group {
  readonly partition: string;
  readonly own: Row;
  readonly others: readonly Row[];
}

/** A group with its place in the input. */
interface Numbered extends TableWrite {
  readonly number: number;
}

const anyRow = (keys: readonly string[], modes: readonly WriteMode[]): fc.Arbitrary<Row> =>
  fc.record({
    mode: fc.constantFrom(...modes),
    key: fc.constantFrom(...keys),
    bytes: fc.integer({ min: 1, max: 30 }),
  });

const entryKeys = Array.from({ length: 12 }, (_, index) => `~${index}`);

const anyGroup: fc.Arbitrary<Group> = fc.record({
  partition: fc.constantFrom('T/a', 'T/b', 'U/a'),
  own: anyRow(
    Array.from({ length: 40 }, (_, index) => `k${index}`),
    ['insert', 'merge', 'delete'],
  ),
  others: fc.uniqueArray(anyRow(entryKeys, ['insert', 'upsert-replace', 'delete']), {
    maxLength: 4,
    selector: ({ key }) => key,
  }),
});

/** Returns the identity of a group's own row. */
const rowOf = ({ partition, own }: Group): string => `${partition}/${own.key}`;

const anyLimits: fc.Arbitrary<ServiceLimits> = fc
  .record({
    transactionWrites: fc.integer({ min: 5, max: 12 }),
    transactionBytes: fc.integer({ min: 150, max: 300 }),
  })
  .map((limits) => ({ ...STORAGE_LIMITS, ...limits }));

function prepared(partitionKey: string, { mode, key, bytes }: Row): PreparedWrite {
  return { mode, partitionKey, rowKey: key, bytes, entityBytes: bytes };
}

function further(partitionKey: string, row: Row): GroupRow {
  return {
    index: 'byText',
    write: prepared(partitionKey, row),
    rows: undefined as never, // planning reads and prepares nothing
    shape: { properties: [] },
    refused: () => Promise.resolve(undefined),
    replacing: () => further(partitionKey, { ...row, mode: 'upsert-replace' }),
    conflict: () => notUnique(row.key),
  };
}

function numbered(groups: readonly Group[]): readonly Numbered[] {
  return groups.map(({ partition, own, others }, number) => {
    const [table, partitionKey] = partition.split('/') as [string, string];
    const rows = others.map((row) => further(partitionKey, row));
    return { number, table, write: prepared(partitionKey, own), ...(rows.length > 0 && { others: rows }) };
  });
}

const partitionOf = ({ table, write }: TableWrite): string => `${table}/${write.partitionKey}`;
const numbers = (writes: readonly Numbered[]): readonly number[] => writes.map(({ number }) => number);

/** Checks that a batch holds whole groups of one partition, each row once, within the limits. */
function checkBatch(batch: Batch<Numbered>, { transactionWrites, transactionBytes }: ServiceLimits): void {
  const rows = rowsOf(batch.writes);
  const keys = rows.map(({ write }) => write.rowKey);
  const bytes = rows.reduce((sum, { write }) => sum + write.bytes, 0);
  const parts = new Set(batch.writes.map(partitionOf));
  expect({ rows: batch.rows, bytes: batch.bytes, partitions: [...parts] }).to.deep.equal({
    rows: rows.length,
    bytes,
    partitions: [`${batch.table}/${batch.partitionKey}`],
  });
  expect(new Set(keys).size, 'each row once').to.equal(keys.length);
  expect(rows.length).to.be.within(1, transactionWrites);
  expect(bytes).to.be.at.most(transactionBytes);
  for (const { others = [], write } of batch.writes) {
    const wanted = [write, ...others.map((row) => row.write)].map(({ rowKey }) => rowKey);
    expect(keys, 'whole groups').to.include.members(wanted);
  }
}

/** Returns why a batch takes no more, or `undefined` if it could take the next group. */
function reasonToEnd(
  { rows, bytes, writes }: Batch<Numbered>,
  next: readonly Numbered[],
  { transactionWrites, transactionBytes }: ServiceLimits,
): string | undefined {
  const added = rowsOf(next);
  const keys = new Set(rowsOf(writes).map(({ write }) => write.rowKey));
  if (rows + added.length > transactionWrites) return 'rows';
  if (bytes + added.reduce((sum, { write }) => sum + write.bytes, 0) > transactionBytes) return 'bytes';
  return added.some(({ write }) => keys.has(write.rowKey)) ? 'a row twice' : undefined;
}

describe('Row groups', () => {
  it('Row groups are never parted by a plan: limits hold, each row is sent once, and partitions keep their order', () => {
    fc.assert(
      fc.property(fc.array(anyGroup, { maxLength: 40 }), anyLimits, (groups, limits) => {
        const writes = numbered(groups);
        const plan = planBatches(writes, limits);
        for (const batches of plan) {
          const own = writes.filter((write) => partitionOf(write) === partitionOf(batches[0]!.writes[0]!));
          expect(batches.flatMap((batch) => numbers(batch.writes))).to.deep.equal(numbers(own));
          batches.forEach((batch, index) => {
            checkBatch(batch, limits);
            const next = batches[index + 1]?.writes[0];
            if (next !== undefined) expect(reasonToEnd(batch, [next], limits)).to.be.a('string');
          });
        }
        expect(plan.flat().flatMap((batch) => batch.writes)).to.have.length(writes.length);
      }),
      { numRuns: 500, seed: 3 },
    );
  });

  it('Row groups that meet are joined by a plan into sets that are never parted, or refused if a set or a row is too much', () => {
    const seen = new Set<string>();
    fc.assert(
      fc.property(fc.uniqueArray(anyGroup, { maxLength: 14, selector: rowOf }), anyLimits, (groups, limits) => {
        const writes = numbered(groups);
        let joined: readonly (Numbered | readonly Numbered[])[];
        try {
          joined = joinGroups(writes);
          for (const group of joined) checkGroup(isJoined(group) ? group : [group], limits, 'Text');
        } catch (error) {
          if (!EntitableError.is(error)) throw error;
          seen.add(error.code);
          return;
        }
        const sets = joined.map((group) => numbers(isJoined(group) ? group : [group]));
        expect(sets.flat().toSorted((a, b) => a - b)).to.deep.equal(numbers(writes));
        for (const set of sets) expect(set).to.deep.equal(set.toSorted((a, b) => a - b));
        expect(sets.map(([first]) => first)).to.deep.equal(sets.map(([first]) => first).toSorted((a, b) => a! - b!));
        const plan = planBatches(joined, limits).flat();
        for (const batch of plan) {
          checkBatch(batch, limits);
          const there = new Set(numbers(batch.writes));
          for (const set of sets) {
            seen.add(set.length > 1 ? 'joined' : 'alone');
            expect(set.filter((number) => there.has(number)).length, 'not parted').to.be.oneOf([0, set.length]);
          }
        }
        expect(plan.flatMap((batch) => numbers(batch.writes)).toSorted((a, b) => a - b)).to.deep.equal(numbers(writes));
      }),
      { numRuns: 2000, seed: 5 },
    );
    expect([...seen].sort()).to.deep.equal(['alone', 'commit.not-atomic', 'entity.not-unique', 'joined']);
  });

  it('Row groups are never parted by the queues of a bulk write, which return every group once and in order', () => {
    fc.assert(
      fc.property(fc.array(anyGroup, { maxLength: 60 }), anyLimits, fc.nat(5), (groups, limits, pace) => {
        const writes = numbered(groups);
        const queues = new PartitionQueues<Numbered>(limits);
        const taken = new Map<string, number[]>();
        const take = (which: 'full' | 'any'): boolean => {
          const batch = queues.take(which);
          if (batch === undefined) return false;
          checkBatch(batch, limits);
          const id = partitionOf(batch.writes[0]!);
          taken.set(id, [...(taken.get(id) ?? []), ...numbers(batch.writes)]);
          queues.done(batch);
          return true;
        };
        writes.forEach((write, index) => {
          queues.add(write);
          if (index % (pace + 1) === 0) take(index % 2 === 0 ? 'any' : 'full');
        });
        while (take('any'));
        for (const [id, order] of taken) {
          expect(order).to.deep.equal(numbers(writes.filter((write) => partitionOf(write) === id)));
        }
        expect([...taken.values()].flat()).to.have.length(writes.length);
        expect([...queues.held()]).to.deep.equal([]);
      }),
      { numRuns: 500, seed: 8 },
    );
  });

  it('Row groups count all their rows in the queues of a bulk write, so that 33 groups of three fill a transaction', () => {
    const queues = new PartitionQueues<Numbered>(STORAGE_LIMITS);
    const groups = Array.from({ length: 67 }, (_, index): Group => {
      const row = (key: string): Row => ({ mode: 'insert', key: `${key}${index}`, bytes: 10 });
      return { partition: 'T/a', own: row('k'), others: [row('~a'), row('~b')] };
    });
    for (const write of numbered(groups)) queues.add(write);
    const [first, second] = ['full', 'any'].map((which) => {
      const batch = queues.take(which as 'full' | 'any');
      if (batch !== undefined) queues.done(batch);
      return batch && { writes: batch.writes.length, rows: batch.rows, bytes: batch.bytes };
    });
    expect([first, second]).to.deep.equal([
      { writes: 33, rows: 99, bytes: 990 },
      { writes: 33, rows: 99, bytes: 990 },
    ]);
  });
});

describe('checkGroup', () => {
  const LIMITS: ServiceLimits = { ...STORAGE_LIMITS, transactionWrites: 3, transactionBytes: 100 };
  const group = (...sizes: readonly number[]): TableWrite => {
    const [own, ...others] = sizes.map((bytes, index): Row => ({ mode: 'insert', key: `k${index}`, bytes }));
    return numbered([{ partition: 'T/p', own: own!, others }])[0]!;
  };
  const refusal = (writes: readonly TableWrite[]): unknown => {
    try {
      checkGroup(writes, LIMITS, 'User');
    } catch (error) {
      if (!EntitableError.is(error, 'commit.not-atomic')) throw error;
      return [error.message, error.details];
    }
    return undefined;
  };

  it('checkGroup accepts what one transaction can hold, and a single write of any size', () => {
    expect(refusal([group(10, 10, 80)])).to.equal(undefined);
    expect(refusal([group(1000)])).to.equal(undefined);
  });

  it('checkGroup refuses a group with too many rows or bytes, and names the class', () => {
    expect(refusal([group(1, 1, 1, 1)])).to.deep.equal([
      'A User and its entries in indexes are written in one transaction, which has at most 3 writes; there are 4. Nothing was sent.',
      { reason: 'writes', found: 4, limit: 3, className: 'User' },
    ]);
    expect(refusal([group(10, 10, 81)])).to.deep.equal([
      'A User and its entries in indexes are written in one transaction, which has at most 100 bytes; there are 101. Nothing was sent.',
      { reason: 'bytes', found: 101, limit: 100, className: 'User' },
    ]);
  });

  it('checkGroup refuses a set of groups that exchange values and do not fit together', () => {
    const own = (key: string): Row => ({ mode: 'merge', key, bytes: 1 });
    const other = (mode: WriteMode, key: string): Row => ({ mode, key, bytes: 1 });
    const set = numbered([
      { partition: 'T/p', own: own('a'), others: [other('delete', '~1'), other('insert', '~2')] },
      { partition: 'T/p', own: own('b'), others: [other('delete', '~2'), other('insert', '~1')] },
    ]);
    expect(refusal(set)).to.deep.equal([
      '2 entities, among them a User, exchange values of a unique index, so that they and their entries are written in one transaction, which has at most 3 writes; there are 4. Nothing was sent.',
      { reason: 'writes', found: 4, limit: 3, className: 'User' },
    ]);
  });
});
