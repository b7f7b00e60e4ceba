import { mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { DataSource } from '../../src/data-source/data-source.js';
import type { DataSourceOptions } from '../../src/data-source/options.js';
import { openAzure } from '../../src/stores/azure/open-azure.js';
import { lmdbStore } from '../../src/stores/lmdb/lmdb-store.js';
import { memoryStore } from '../../src/stores/memory/memory-store.js';
import { sqliteStore } from '../../src/stores/sqlite/sqlite-store.js';
import type { TableStore } from '../../src/store/table-store.js';
import { startAzurite } from '../azurite/azurite.js';

/** The data source of one test, and the store that it uses. */
export interface Opened {
  readonly tables: DataSource;
  readonly store: TableStore;
  /** Returns the name of a class's table in the store; it differs in every test. */
  readonly tableName: (name: string) => string;
}

export type Open = (options?: DataSourceOptions) => Promise<Opened>;

const STORES: Readonly<Record<string, () => Promise<TableStore>>> = {
  memory: () => Promise.resolve(memoryStore()),
  sqlite: () => sqliteStore(temporaryPath()),
  lmdb: () => lmdbStore(temporaryPath()),
  azurite: async () => openAzure((await startAzurite()).connectionString),
};

let run = 0;
let folder: string | undefined;

/** Returns a path of its own for a store, in one folder that is deleted when the process exits. */
function temporaryPath(): string {
  folder ??= disposableFolder();
  return join(folder, `store-${++run}`);
}

function disposableFolder(): string {
  const made = mkdtempSync(join(tmpdir(), 'entitable-test-'));
  process.once('exit', () => rmSync(made, { recursive: true, force: true }));
  return made;
}

/** Declares the same tests for every store. A data source that a test opens is closed after it. */
export function onEveryStore(title: string, define: (open: Open, store: string) => void): void {
  for (const [name, openStore] of Object.entries(STORES)) {
    describe(`${title}, on ${name}`, () => {
      const opened: DataSource[] = [];
      afterEach(async () => {
        for (const tables of opened.splice(0)) await tables.close();
      });
      define(async (options = {}) => {
        const store = await openStore();
        const suffix = `T${process.pid}N${++run}`;
        const tableName = (table: string): string => `${table}${suffix}`;
        const tables = await DataSource.open(store, { tableName, ...options });
        opened.push(tables);
        return { tables, store, tableName };
      }, name);
    });
  }
}

/** Returns the error that a promise is rejected with, and fails if it is not rejected. */
export async function rejection(promise: Promise<unknown>): Promise<unknown> {
  try {
    await promise;
  } catch (error) {
    return error;
  }
  throw new Error('It was not rejected.');
}
