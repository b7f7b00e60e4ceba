import { expect } from 'chai';
import { EntitableError } from '../../src/errors/entitable-error.js';
import type { ReadyWrite, TableWrite } from '../../src/writing/batch.js';
import type { BulkOptions } from '../../src/writing/bulk-options.js';
import { writeBulk } from '../../src/writing/bulk-write.js';
import { rejection } from '../support/every-store.js';
import { notUnique, TextTable } from '../support/row-groups.js';

/** Writes groups in bulk, one for each name, and returns the names that were written. */
async function written(
  table: TextTable,
  names: readonly string[],
  groupOf: (name: string) => TableWrite,
  options: BulkOptions = {},
) {
  const done: string[] = [];
  const prepare = (name: string): ReadyWrite => ({
    ...groupOf(name),
    written: () => done.push(name),
    refused: (error) => error,
  });
  const store = table.faulty.store;
  const result = writeBulk(names, { store, prepare }, options).catch((error: unknown) => {
    if (!EntitableError.is(error, 'commit.bulk-stopped')) throw error;
    const { written: count, failed, pending } = error.details;
    return { written: count, failed, pending };
  });
  const { written: count, failed, ...rest } = await result;
  const failures = failed.map(({ item, error }) => [item, EntitableError.is(error) ? error.code : error]);
  return { count, failed: failures, ...rest, done };
}

const numbered = (count: number): readonly string[] => Array.from({ length: count }, (_, index) => `k${index}`);

describe('A bulk write of row groups', () => {
  it('A bulk write of row groups fills transactions with whole groups', async () => {
    const table = await TextTable.create();
    const names = numbered(70);
    const groupOf = (name: string): TableWrite =>
      table.group(['insert', name], table.other(['insert', `~${name}`]), table.other(['upsert-replace', `_${name}`]));
    expect(await written(table, names, groupOf)).to.deep.equal({ count: 70, failed: [], done: names });
    expect(table.sent.map(({ length }) => length)).to.deep.equal([99, 99, 12]);
    expect(table.sent[0]!.slice(0, 4)).to.deep.equal(['insert k0', 'insert ~k0', 'upsert-replace _k0', 'insert k1']);
    expect(Object.keys(await table.stored())).to.have.length(210);
  });

  it('A bulk write of row groups reports the item whose unique value is taken, and writes the others', async () => {
    const table = await TextTable.create();
    await table.store({ '~k1': 'taken' });
    const groupOf = (name: string): TableWrite =>
      table.group(
        ['insert', name],
        table.other(['insert', `~${name}`], () => {
          throw notUnique(name);
        }),
      );
    expect(await written(table, numbered(3), groupOf, { onError: 'collect' })).to.deep.equal({
      count: 2,
      failed: [['k1', 'entity.not-unique']],
      done: ['k0', 'k2'],
    });
    expect(await table.stored()).to.deep.equal({ '~k1': 'taken', k0: '', '~k0': '', k2: '', '~k2': '' });
    expect(await written(table, ['k1', 'k3'], groupOf)).to.deep.equal({
      count: 0,
      failed: [['k1', 'entity.not-unique']],
      pending: ['k3'],
      done: [],
    });
  });

  it('A bulk write of row groups writes two items that want the same row one after the other', async () => {
    const table = await TextTable.create();
    const groupOf = (name: string): TableWrite =>
      table.group(
        ['insert', name],
        table.other(['insert', '~same'], () => {
          throw notUnique('same');
        }),
      );
    expect(await written(table, ['a', 'b'], groupOf, { onError: 'collect' })).to.deep.equal({
      count: 1,
      failed: [['b', 'entity.not-unique']],
      done: ['a'],
    });
    expect(table.sent).to.deep.equal([
      ['insert a', 'insert ~same'],
      ['insert b', 'insert ~same'],
    ]);
  });

  it('A bulk write of row groups goes on without an entry that is gone, also while the store is busy', async () => {
    const table = await TextTable.create();
    await table.store({ k0: 'old', k1: 'old', '~k1': 'k1' });
    const groupOf = (name: string): TableWrite =>
      table.group(
        ['delete', name],
        table.other(['delete', `~${name}`], () => undefined),
      );
    expect(await written(table, numbered(2), groupOf, { concurrency: 'adaptive' })).to.deep.equal({
      count: 2,
      failed: [],
      done: ['k0', 'k1'],
    });
    expect(table.sent).to.deep.equal([
      ['delete k0', 'delete ~k0', 'delete k1', 'delete ~k1'],
      ['delete k0', 'delete k1', 'delete ~k1'],
    ]);
    expect(await table.stored()).to.deep.equal({});
  });

  it('A bulk write of row groups fails all items of a transaction whose response was lost', async () => {
    const table = await TextTable.create();
    table.faulty.faults.push('lost-after');
    const groupOf = (name: string): TableWrite => table.group(['insert', name], table.other(['insert', `~${name}`]));
    expect(await written(table, numbered(2), groupOf, { onError: 'collect' })).to.deep.equal({
      count: 0,
      failed: [
        ['k0', 'store.outcome-unknown'],
        ['k1', 'store.outcome-unknown'],
      ],
      done: [],
    });
  });

  it('A bulk write of row groups ends with the error of the store that a further row met, and loses no item', async () => {
    const table = await TextTable.create();
    await table.store({ '~k1': 'taken' });
    const unavailable = new EntitableError('store.unavailable', 'The line is down.', { table: table.name });
    const groupOf = (name: string): TableWrite =>
      table.group(
        ['insert', name],
        table.other(['insert', `~${name}`], () => Promise.reject(unavailable)),
      );
    const result = await written(table, numbered(3), groupOf, { onError: 'collect' });
    expect(result).to.deep.equal({ count: 0, failed: [], pending: ['k0', 'k1', 'k2'], done: [] });
    const prepare = (name: string): ReadyWrite => ({
      ...groupOf(name),
      written: () => undefined,
      refused: (error) => error,
    });
    const error = await rejection(writeBulk(['k1'], { store: table.faulty.store, prepare }, {}));
    expect(error).to.have.property('cause', unavailable);
  });
});
