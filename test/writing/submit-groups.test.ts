import { expect } from 'chai';
import { EntitableError } from '../../src/errors/entitable-error.js';
import type { StoreErrorDetails } from '../../src/errors/error-details.js';
import type { WriteReceipt } from '../../src/store/table-store.js';
import type { GroupRow, TableWrite } from '../../src/writing/batch.js';
import { submitBatch, submitGroup } from '../../src/writing/submit-batch.js';
import { rejection } from '../support/every-store.js';
import { notUnique, TextTable, type Reaction } from '../support/row-groups.js';

/** Submits groups as one transaction, and tells what came of it. `leavesOut` are the row keys of refused groups to go on without. */
async function submitted(table: TextTable, groups: readonly TableWrite[], leavesOut: readonly string[] = []) {
  const written: (readonly [rowKey: string, hasEtag: boolean])[] = [];
  const refused: (readonly [rowKey: string, code: string, operation: number | undefined])[] = [];
  const rest = await submitBatch(groups, {
    submit: (writes) => table.faulty.store.submit(table.name, writes),
    onWritten: ({ write }, { etag }: WriteReceipt) => written.push([write.rowKey, etag !== undefined]),
    onRefused({ write }, error) {
      if (!EntitableError.is(error)) throw error;
      refused.push([write.rowKey, error.code, (error.details as StoreErrorDetails).operation]);
      return leavesOut.includes(write.rowKey);
    },
  });
  const unwritten = rest?.unwritten.map(({ write }) => write.rowKey);
  return { written, refused, unwritten, failed: rest?.failure?.refused?.write.rowKey, sent: table.sent };
}

describe('submitBatch with row groups', () => {
  it('submitBatch sends each own row with its further rows, and gives only the receipts of own rows', async () => {
    const table = await TextTable.create();
    const groups = [
      table.group(['insert', 'a', '1'], table.other(['insert', 'x']), table.other(['upsert-replace', 'y'])),
      table.group(['insert', 'b', '2']),
    ];
    expect(await submitted(table, groups)).to.deep.equal({
      written: [
        ['a', true],
        ['b', true],
      ],
      refused: [],
      unwritten: undefined,
      failed: undefined,
      sent: [['insert a', 'insert x', 'upsert-replace y', 'insert b']],
    });
    expect(await table.stored()).to.deep.equal({ a: '1', b: '2', x: '', y: '' });
  });

  it('submitBatch names the group of a refused own row by its place among the groups, and goes on without all its rows', async () => {
    const table = await TextTable.create();
    await table.store({ b: 'old' });
    const groups = ['a', 'b', 'c'].map((key) => table.group(['insert', key], table.other(['insert', `${key}-entry`])));
    expect(await submitted(table, groups, ['b'])).to.deep.equal({
      written: [
        ['a', true],
        ['c', true],
      ],
      refused: [['b', 'store.already-exists', 1]],
      unwritten: undefined,
      failed: undefined,
      sent: [
        ['insert a', 'insert a-entry', 'insert b', 'insert b-entry', 'insert c', 'insert c-entry'],
        ['insert a', 'insert a-entry', 'insert c', 'insert c-entry'],
      ],
    });
    expect(await table.stored()).to.deep.equal({ a: '', 'a-entry': '', b: 'old', c: '', 'c-entry': '' });
  });

  it('submitBatch refuses the group of a further row with the error of its refused(), which sees the error of the store', async () => {
    const table = await TextTable.create();
    await table.store({ x: 'taken' });
    const seen: string[] = [];
    const react: Reaction = (error) => {
      seen.push(error.code);
      throw notUnique('x');
    };
    const groups = [table.group(['insert', 'a']), table.group(['insert', 'b'], table.other(['insert', 'x'], react))];
    expect(await submitted(table, groups)).to.deep.equal({
      written: [],
      refused: [['b', 'entity.not-unique', undefined]],
      unwritten: ['a', 'b'],
      failed: 'b',
      sent: [['insert a', 'insert b', 'insert x']],
    });
    expect(seen).to.deep.equal(['store.already-exists']);
    expect(await submitted(table, groups, ['b'])).to.deep.include({ written: [['a', true]], unwritten: undefined });
    expect(await table.stored()).to.deep.equal({ a: '', x: 'taken' });
  });

  it('submitBatch sends the row that refused() gives in place of the refused one', async () => {
    const table = await TextTable.create();
    await table.store({ x: 'stale' });
    const etag = await table.etag('x');
    const other = table.other(['insert', 'x', 'new'], () => table.other(['replace', 'x', 'new', etag]));
    expect(await submitted(table, [table.group(['insert', 'a'], other)])).to.deep.equal({
      written: [['a', true]],
      refused: [],
      unwritten: undefined,
      failed: undefined,
      sent: [
        ['insert a', 'insert x'],
        ['insert a', 'replace x'],
      ],
    });
    expect(await table.stored()).to.deep.equal({ a: '', x: 'new' });
  });

  it('submitBatch leaves out a further row for which refused() gives none, and sends the others again', async () => {
    const table = await TextTable.create();
    await table.store({ a: 'old' });
    const gone = ['x', 'y'].map((key) => table.other(['delete', key], () => undefined));
    const groups = [table.group(['merge', 'a', 'new'], ...gone), table.group(['insert', 'b'])];
    expect(await submitted(table, groups)).to.deep.equal({
      written: [
        ['a', true],
        ['b', true],
      ],
      refused: [],
      unwritten: undefined,
      failed: undefined,
      sent: [
        ['merge a', 'delete x', 'delete y', 'insert b'],
        ['merge a', 'delete y', 'insert b'],
        ['merge a', 'insert b'],
      ],
    });
    expect(await table.stored()).to.deep.equal({ a: 'new', b: '' });
  });

  it('submitBatch gives a group up after five replacements of one row: it was changed again and again', async () => {
    const table = await TextTable.create();
    await table.store({ x: 'taken' });
    const again: Reaction = () => table.other(['insert', 'x'], again);
    const groups = [table.group(['insert', 'a'], table.other(['insert', 'x'], again))];
    expect(await submitted(table, groups)).to.deep.equal({
      written: [],
      refused: [['a', 'store.precondition-failed', 0]],
      unwritten: ['a'],
      failed: 'a',
      sent: Array.from({ length: 6 }, () => ['insert a', 'insert x']),
    });
    const error = (await rejection(
      submitGroup(table.faulty.store, table.name, groups[0]!, undefined),
    )) as EntitableError<'store.precondition-failed'>;
    expect(error.details).to.deep.include({ index: 'byText', operation: 0 });
    expect(error.cause).to.have.property('code', 'store.already-exists');
  });

  it('submitBatch does not take a refusal that a further row cannot explain for one of the own row', async () => {
    const table = await TextTable.create();
    await table.store({ x: 'taken' });
    const groups = [table.group(['insert', 'a']), table.group(['insert', 'b'], table.other(['insert', 'x']))];
    expect(await submitted(table, groups)).to.deep.include({ refused: [['b', 'store.precondition-failed', 1]] });
    const stale = table.other(['replace', 'x', 'new', 'W/"datetime\'2020-01-01T00%3A00%3A00.0000000Z\'"']);
    expect(await submitted(table, [groups[0]!, table.group(['insert', 'b'], stale)])).to.deep.include({
      refused: [['b', 'store.precondition-failed', 1]],
    });
  });

  it('submitBatch asks no further row about an error of the connection, which says nothing about rows', async () => {
    const table = await TextTable.create();
    table.faulty.faults.push('unavailable', 'lost-after');
    const other = table.other(['insert', 'x'], () => expect.fail('asked'));
    const group = table.group(['insert', 'a'], other);
    expect(await submitted(table, [group])).to.deep.include({ refused: [['a', 'store.unavailable', undefined]] });
    expect(await submitted(table, [group])).to.deep.include({ refused: [['a', 'store.outcome-unknown', undefined]] });
  });

  it('submitBatch does not take the refusal of some row of a group for one of the own row if the store names none', async () => {
    const table = await TextTable.create();
    const group = (...others: readonly GroupRow[]): TableWrite => table.group(['delete', 'a'], ...others);
    const unnamed = async (writes: readonly TableWrite[], code: 'store.not-found' | 'store.precondition-failed') => {
      const error = new EntitableError(code, 'Refused.', { table: table.name });
      const seen: unknown[] = [];
      const rest = await submitBatch(writes, {
        submit: () => Promise.reject(error),
        onWritten: () => expect.fail('written'),
        onRefused: (_, refusal) => !seen.push(refusal),
      });
      return [rest?.failure?.refused === writes[0], ...seen.map((found) => (found as EntitableError).code)];
    };
    const others = [table.other(['delete', 'x'])];
    expect(await unnamed([group()], 'store.not-found')).to.deep.equal([true, 'store.not-found']);
    expect(await unnamed([group(...others)], 'store.not-found')).to.deep.equal([true, 'store.rejected']);
    expect(await unnamed([group(...others)], 'store.precondition-failed')).to.deep.equal([
      true,
      'store.precondition-failed',
    ]);
    expect(await unnamed([group(...others), table.group(['delete', 'b'])], 'store.not-found')).to.deep.equal([false]);
  });

  it('submitGroup writes one group, and throws the error of its own row as the store made it', async () => {
    const table = await TextTable.create();
    const submit = (group: TableWrite) => submitGroup(table.faulty.store, table.name, group, { timeout: 10_000 });
    const group = table.group(['insert', 'a', '1'], table.other(['insert', 'x']));
    expect(await submit(group)).to.deep.equal({ etag: await table.etag('a') });
    expect(await submit({ table: table.name, write: table.write('merge', 'a', '2') })).to.deep.equal({
      etag: await table.etag('a'),
    });
    const error = await rejection(submit(group));
    expect(error).to.have.property('code', 'store.already-exists');
    expect(error).to.have.nested.property('details.operation', 0);
    expect(table.sent).to.deep.equal([['insert a', 'insert x'], ['merge a'], ['insert a', 'insert x']]);
  });
});
