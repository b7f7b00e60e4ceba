import { setTimeout } from 'node:timers/promises';
import { expect } from 'chai';
import type { PartitionKey, RowKey } from 'entitable';
import { DataSource } from '../../../src/data-source/data-source.js';
import { defineEntity } from '../../../src/metadata/define-entity.js';
import { makeStore } from '../../../src/stores/sqlite/connection.js';
import type { SqliteDatabase } from '../../../src/stores/sqlite/sqlite-driver.js';
import { loadSqlite } from '../../../src/stores/sqlite/sqlite-driver.js';
import { rejection } from '../../support/every-store.js';
import { scratchDirectory } from '../embedded/scratch-directory.js';

class Note {
  declare list: PartitionKey;
  declare id: RowKey;
}
defineEntity(Note, { table: 'Notes', properties: { list: 'PartitionKey', id: 'RowKey' } });

describe('A write to a sqlite store that waits for another process', () => {
  const newPath = scratchDirectory();
  let path: string;
  let tables: DataSource;
  let other: SqliteDatabase;

  const note = (id: string): Note => Object.assign(new Note(), { list: 'p', id });

  beforeEach(async () => {
    path = newPath();
    tables = await DataSource.open(`sqlite:${path}`);
    await tables.repository(Note).insert(note('first'));
    other = new (await loadSqlite()).DatabaseSync(path);
    other.exec('BEGIN IMMEDIATE');
  });
  afterEach(async () => {
    other.close();
    await tables.close();
  });

  it('A waiting write ends after its own timeout, whatever the timeouts of the writes that wait with it', async () => {
    const notes = tables.repository(Note);
    const patient = notes.insert(note('patient'));
    const hasty = await rejection(notes.insert(note('hasty'), { timeout: 50 }));
    expect(hasty).to.have.property('code', 'store.timeout');
    other.exec('ROLLBACK');
    await patient;
    expect(await Promise.all(['patient', 'hasty'].map((id) => notes.exists({ list: 'p', id })))).to.deep.equal([
      true,
      false,
    ]);
  });

  it('A waiting write is aborted when the data source is closed and the timeout of close() ends', async () => {
    const waiting = rejection(tables.repository(Note).insert(note('second')));
    const begun = performance.now();
    await tables.close({ timeout: 50 });
    expect(performance.now() - begun).to.be.lessThan(5000);
    expect(await waiting).to.have.property('code', 'store.aborted');
    other.exec('ROLLBACK');
  });

  it('A waiting write is made while the data source closes if the other process ends in time', async () => {
    const waiting = tables.repository(Note).insert(note('second'));
    const closed = tables.close({ timeout: 5000 });
    other.exec('ROLLBACK');
    await Promise.all([waiting, closed]);
    tables = await DataSource.open(`sqlite:${path}`);
    expect(await tables.repository(Note).exists({ list: 'p', id: 'second' })).to.equal(true);
  });
});

describe('Opening a new sqlite store to which another process is writing', () => {
  const newPath = scratchDirectory();
  let target: `sqlite:${string}`;
  let other: SqliteDatabase;

  beforeEach(async () => {
    const path = newPath();
    target = `sqlite:${path}`;
    const sqlite = await loadSqlite();
    makeStore(sqlite, path);
    other = new sqlite.DatabaseSync(path);
    other.exec('PRAGMA journal_mode = WAL; BEGIN IMMEDIATE');
  });
  afterEach(() => other.close());

  it('Opening a sqlite store that is being written ends with its timeout or its signal', async () => {
    const begun = performance.now();
    const late = await rejection(DataSource.open(target, {}, { timeout: 50 }));
    const aborted = await rejection(DataSource.open(target, {}, { signal: AbortSignal.timeout(50) }));
    expect([late, aborted].map((error) => (error as { code?: string }).code)).to.deep.equal([
      'store.timeout',
      'store.aborted',
    ]);
    expect(performance.now() - begun).to.be.lessThan(5000);
  });

  it('Opening a sqlite store that is being written waits until the other process has committed', async () => {
    const opening = DataSource.open(target, {}, { timeout: 20_000 });
    await setTimeout(50);
    other.exec('COMMIT');
    await (await opening).close();
  });

  it('Opening a store does not begin if its signal is already aborted, for any target', async () => {
    const stopped = AbortSignal.abort();
    for (const each of [target, 'memory:'] as const) {
      expect(await rejection(DataSource.open(each, {}, { signal: stopped }))).to.have.property('code', 'store.aborted');
    }
  });
});
