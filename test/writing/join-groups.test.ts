import { expect } from 'chai';
import fc from 'fast-check';
import { EntitableError } from '../../src/errors/entitable-error.js';
import { STORAGE_LIMITS } from '../../src/store/limits.js';
import { isJoined, planBatches, rowsOf, type TableWrite } from '../../src/writing/batch.js';
import { joinGroups } from '../../src/writing/join-groups.js';
import { submitBatch } from '../../src/writing/submit-batch.js';
import { notUnique, TextTable } from '../support/row-groups.js';
import { EXCHANGES } from '../support/exchanges.js';

/** Makes the group of a row whose unique value changes, with the entries of both values. */
function changing(table: TextTable, rowKey: string, from: string | undefined, to: string | undefined): TableWrite {
  const mode = from === undefined ? 'insert' : to === undefined ? 'delete' : 'merge';
  return table.group(
    [mode, rowKey, to],
    ...(from === undefined ? [] : [table.other(['delete', `~${from}`], () => undefined)]),
    ...(to === undefined
      ? []
      : [
          table.other(['insert', `~${to}`, rowKey], () => {
            throw notUnique(to);
          }),
        ]),
  );
}

const keys = (writes: readonly (TableWrite | readonly TableWrite[])[]): readonly (string | readonly string[])[] =>
  writes.map((item) => (isJoined(item) ? item.map(({ write }) => write.rowKey) : item.write.rowKey));

const sent = (writes: readonly TableWrite[]): readonly string[] =>
  rowsOf(writes).map(({ write: { mode, rowKey } }) => `${mode} ${rowKey}`);

/** Joins, plans and submits groups, as a commit does. */
async function committed(table: TextTable, writes: readonly TableWrite[]): Promise<readonly unknown[]> {
  const errors: unknown[] = [];
  for (const batch of planBatches(joinGroups(writes), STORAGE_LIMITS).flat()) {
    await submitBatch(batch.writes, {
      submit: (rows) => table.faulty.store.submit(table.name, rows),
      onWritten: () => undefined,
      onRefused: (_, error) => !errors.push(EntitableError.is(error) ? error.code : error),
    });
  }
  return errors;
}

/** The rows that are stored, with their entries, when each key has its value. */
function holding(values: readonly (readonly [key: string, value: string | undefined])[]): Record<string, string> {
  const rows: Record<string, string> = {};
  for (const [key, value] of values) if (value !== undefined) Object.assign(rows, { [key]: value, [`~${value}`]: key });
  return rows;
}

/** Every order of some items. */
function ordersOf<I>(items: readonly I[]): readonly (readonly I[])[] {
  if (items.length === 0) return [[]];
  return items.flatMap((item, at) => ordersOf(items.toSpliced(at, 1)).map((rest) => [item, ...rest]));
}

describe('joinGroups', () => {
  for (const [what, changes] of Object.entries(EXCHANGES)) {
    it(`joinGroups makes ${what} one transaction that succeeds in every order of its writes`, async () => {
      for (const order of ordersOf(changes)) {
        const table = await TextTable.create();
        await table.store(holding(order.map(([key, from]) => [key, from])));
        const writes = order.map((change) => changing(table, ...change));
        expect(keys(joinGroups(writes))).to.deep.equal([order.map(([key]) => key)]);
        expect(await committed(table, writes)).to.deep.equal([]);
        expect(table.sent).to.have.length(1);
        expect(await table.stored()).to.deep.equal(holding(order.map(([key, , to]) => [key, to])));
      }
    });
  }

  it('joinGroups sends a row that is given up and taken once, with the group that takes it', async () => {
    const table = await TextTable.create();
    const [give, take] = [changing(table, 'a', '1', '2'), changing(table, 'b', '3', '1')];
    const own = table.group(['insert', 'c']);
    expect(sent([give, own, take])).to.deep.equal([
      'merge a',
      'insert ~2',
      'insert c',
      'merge b',
      'delete ~3',
      'upsert-replace ~1',
    ]);
    expect(sent([take, give])).to.deep.equal(['merge b', 'delete ~3', 'upsert-replace ~1', 'merge a', 'insert ~2']);
  });

  it('joinGroups leaves groups that do not meet as they are, and a set at the place of its first write', async () => {
    const table = await TextTable.create();
    const writes = [
      table.group(['insert', 'x']),
      changing(table, 'a', '1', '2'),
      changing(table, 'y', undefined, '7'),
      changing(table, 'b', '2', '3'),
    ];
    expect(keys(joinGroups(writes))).to.deep.equal(['x', ['a', 'b'], 'y']);
    const plain = [{ table: 'T', write: table.write('insert', 'x') }];
    expect(joinGroups(plain)).to.equal(plain);
  });

  it('joinGroups deletes a row once that two groups give up', async () => {
    const table = await TextTable.create();
    await table.store({ a: '1', b: '1', '~1': 'a' });
    const writes = ['a', 'b'].map((key) => changing(table, key, '1', undefined));
    expect(keys(joinGroups(writes))).to.deep.equal([['a', 'b']]);
    expect(await committed(table, writes)).to.deep.equal([]);
    expect([table.sent, await table.stored()]).to.deep.equal([[['delete a', 'delete ~1', 'delete b']], {}]);
  });

  it('joinGroups refuses two groups that want the same row, even if a third gives it up', async () => {
    const table = await TextTable.create();
    const rivals = [changing(table, 'a', undefined, '1'), changing(table, 'b', undefined, '1')];
    for (const writes of [rivals, [...rivals, changing(table, 'c', '1', '2')]]) {
      expect(() => joinGroups(writes))
        .to.throw(EntitableError)
        .that.deep.includes({
          code: 'entity.not-unique',
          details: { className: 'Text', index: 'byText', properties: ['text'] },
        });
    }
    expect(table.sent).to.deep.equal([]);
  });

  it('joinGroups does not confuse equal row keys of different partitions', async () => {
    const table = await TextTable.create();
    const elsewhere = { ...changing(table, 'b', undefined, '1'), table: 'Others' };
    const writes = [changing(table, 'a', '1', '2'), elsewhere];
    expect(keys(joinGroups(writes))).to.deep.equal(['a', 'b']);
  });

  it('joinGroups lets a write that takes a row stand by itself again when the one that gives it up is left out', async () => {
    const table = await TextTable.create();
    await table.store({ '~1': 'rival' }); // the row "a" is gone, and a rival has taken its value
    const writes = [changing(table, 'a', '1', undefined), changing(table, 'b', undefined, '1')];
    const refused: unknown[] = [];
    const rest = await submitBatch(writes, {
      submit: (rows) => table.faulty.store.submit(table.name, rows),
      onWritten: () => expect.fail('written'),
      onRefused({ write }, error) {
        refused.push([write.rowKey, (error as EntitableError).code]);
        return write.mode === 'delete';
      },
    });
    expect(refused).to.deep.equal([
      ['a', 'store.not-found'],
      ['b', 'entity.not-unique'],
    ]);
    expect(rest?.failure?.refused).to.equal(writes[1]);
    expect(table.sent).to.deep.equal([
      ['delete a', 'insert b', 'upsert-replace ~1'],
      ['insert b', 'insert ~1'],
    ]);
    expect(await table.stored()).to.deep.equal({ '~1': 'rival' });
  });

  it('joinGroups commits any exchange of unique values in one transaction, and keeps every row with its entry', async () => {
    const anyChange = fc.record({ count: fc.integer({ min: 1, max: 12 }), seed: fc.integer({ min: 1, max: 1000 }) });
    await fc.assert(
      fc.asyncProperty(anyChange, fc.infiniteStream(fc.nat(30)), async ({ count }, numbers) => {
        const next = (): number => numbers.next().value as number;
        const values = Array.from({ length: count + 3 }, (_, index) => `${index}`);
        const shuffled = (): readonly string[] =>
          values
            .map((value) => ({ value, at: next() }))
            .toSorted((left, right) => left.at - right.at)
            .map(({ value }) => value);
        const [before, after] = [shuffled(), shuffled()];
        const changes = Array.from({ length: count }, (_, index) => {
          const kind = next() % 5;
          return [`k${index}`, kind === 0 ? undefined : before[index], kind === 1 ? undefined : after[index]] as const;
        }).filter(([, from, to]) => from !== to);
        const table = await TextTable.create();
        const stored = holding(changes.map(([key, from]) => [key, from]));
        if (Object.keys(stored).length > 0) await table.store(stored);
        expect(
          await committed(
            table,
            changes.map((change) => changing(table, ...change)),
          ),
        ).to.deep.equal([]);
        expect(await table.stored()).to.deep.equal(holding(changes.map(([key, , to]) => [key, to])));
        if (changes.length > 0) expect(table.sent).to.have.length(1);
      }),
      { numRuns: 200, seed: 17 },
    );
  });
});
