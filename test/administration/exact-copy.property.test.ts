import * as fc from 'fast-check';
import { expect } from 'chai';
import { mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import type { StoredRow } from '../../src/administration/stored-row.js';
import { DataSource } from '../../src/data-source/data-source.js';
import { TableFixture, type Entity, type Properties } from '../../src/testing/conformance/table-fixture.js';
import { startAzurite } from '../azurite/azurite.js';
import { anyKey, anyProperties, RUNS } from '../stores/embedded/samples.js';
import { rowsOf } from './table-rows.js';

const anyRows: fc.Arbitrary<readonly Entity[]> = fc.uniqueArray(
  fc.record({ partitionKey: fc.constantFrom('', 'p1', 'ñ €'), rowKey: anyKey, properties: anyProperties }),
  { selector: ({ partitionKey, rowKey }) => `${partitionKey}\n${rowKey}`, minLength: 1, maxLength: 40 },
);

/** Rows within the limits of the emulator; its conformance test lists the deviations from the service. */
const emulatorRows = anyRows.map((rows) =>
  rows
    .filter(({ rowKey }) => rowKey.isWellFormed() && !rowKey.includes(','))
    .map(({ properties, ...key }): Entity => ({ ...key, properties: kept(properties) })),
);

function kept(properties: Properties): Properties {
  return Object.fromEntries(
    Object.entries(properties)
      .filter(([name, value]) => value.isWellFormed() && !(name in Object.prototype))
      .map(([name, value]) => [name, value === 'Double -0.0' ? 'Double 0.0' : value]),
  );
}

function inOrder(rows: readonly Entity[]): readonly Entity[] {
  return rows.toSorted((a, b) =>
    a.partitionKey === b.partitionKey ? (a.rowKey < b.rowKey ? -1 : 1) : a.partitionKey < b.partitionKey ? -1 : 1,
  );
}

describe('Copies from store to store', function () {
  this.timeout(120_000);

  let sources: Readonly<Record<'memory' | 'sqlite' | 'lmdb' | 'azurite', DataSource>>;
  let folder: string;
  before(async () => {
    folder = mkdtempSync(join(tmpdir(), 'entitable-copy-'));
    const { connectionString } = await startAzurite();
    const [memory, sqlite, lmdb, azurite] = await Promise.all([
      DataSource.open('memory:'),
      DataSource.open(`sqlite:${join(folder, 'data.db')}`),
      DataSource.open(`lmdb:${join(folder, 'data')}`),
      DataSource.open(connectionString),
    ]);
    sources = { memory, sqlite, lmdb, azurite };
  });
  after(async () => {
    for (const source of Object.values(sources)) await source.close();
    rmSync(folder, { recursive: true, force: true });
  });

  let run = 0;

  /** Writes rows to memory, copies them from store to store, and compares them after each step. */
  async function holdsThrough(
    path: readonly (keyof typeof sources)[],
    rows: readonly Entity[],
    transform: ((row: StoredRow) => StoredRow) | undefined,
  ): Promise<void> {
    const tables = path.map((store, step) => ({
      dataSource: sources[store],
      table: `Copy${process.pid}N${run}S${step}`,
    }));
    run++;
    const [first] = tables;
    await first!.dataSource.tables.create(first!.table);
    const fixture = TableFixture.open(first!.dataSource.store, first!.table);
    for (const { partitionKey, rowKey, properties } of rows) {
      await fixture.write('insert', partitionKey, rowKey, properties);
    }
    for (const [step, to] of tables.entries()) {
      if (step === 0) continue;
      const report = await sources.memory.tables.copy(tables[step - 1]!, to, { transform });
      expect(report).to.deep.equal({ read: rows.length, copied: rows.length, skipped: 0, failed: [] });
      const copied = rows.length === 0 ? [] : await rowsOf(to.dataSource.store, to.table);
      expect(inOrder(copied), `on ${path[step]}`).to.deep.equal(inOrder(rows));
    }
    for (const { dataSource, table } of tables) await dataSource.tables.delete(table);
  }

  const anyTransform = fc.constantFrom(undefined, (row: StoredRow) => ({ ...row, properties: { ...row.properties } }));

  it('Copies from memory to disk and back contain exactly the original rows', async () => {
    await fc.assert(
      fc.asyncProperty(anyRows, anyTransform, (rows, transform) =>
        holdsThrough(['memory', 'sqlite', 'lmdb', 'memory'], rows, transform),
      ),
      { ...RUNS, numRuns: 100 },
    );
  });

  it('Copies from memory to the emulator, to disk and to the emulator again contain exactly the original rows', async () => {
    const path = ['memory', 'azurite', 'sqlite', 'azurite', 'memory'] as const;
    await fc.assert(
      fc.asyncProperty(emulatorRows, anyTransform, (rows, transform) => holdsThrough(path, rows, transform)),
      { ...RUNS, numRuns: 60 },
    );
  });
});
