import { join } from 'node:path';
import { Guid } from 'entitable';
import { Sample, type SampleData } from '../support/sample.js';
import { peer } from '../support/peers.js';
import type { Contender } from './contender.js';

interface Statement {
  run(...values: readonly unknown[]): unknown;
  get(...values: readonly unknown[]): Row | undefined;
  all(...values: readonly unknown[]): readonly Row[];
  safeIntegers(on: boolean): Statement;
}
interface Database {
  pragma(text: string): unknown;
  exec(sql: string): unknown;
  prepare(sql: string): Statement;
  transaction<A extends readonly unknown[]>(run: (...values: A) => void): (...values: A) => void;
  close(): void;
}
interface Row extends Record<string, unknown> {
  readonly hash: Uint8Array;
}

const COLUMNS = [
  'partition',
  'row',
  'name',
  'city',
  'email',
  'count',
  'price',
  'active',
  'sequence',
  'createdAt',
  'correlation',
  'hash',
];

/** better-sqlite3 with handwritten SQL, typed columns, a primary key, WAL, and every commit on disk. */
export const sqlite: Contender = {
  name: 'better-sqlite3, SQL by hand',
  async open(folder) {
    const { default: Database } = await peer<{ default: new (file: string) => Database }>('better-sqlite3');
    const db = new Database(join(folder, 'hand.sqlite'));
    db.pragma('journal_mode = WAL');
    db.pragma('synchronous = FULL');
    db.exec(
      `create table if not exists samples (partition text, row text, name text, city text, email text, count integer, price real, active integer,
       sequence integer, createdAt integer, correlation text, hash blob, primary key (partition, row)) without rowid`,
    );
    const insert = db.prepare(`insert into samples (${COLUMNS.join()}) values (${COLUMNS.map(() => '?').join()})`);
    const one = db.prepare('select * from samples where partition = ? and row = ?').safeIntegers(true);
    const page = db.prepare('select * from samples where partition = ? order by row').safeIntegers(true);
    const filter = db.prepare('select * from samples where count = ?').safeIntegers(true);
    const write = (data: SampleData): unknown => insert.run(...valuesOf(data));
    const together = db.transaction((rows: readonly SampleData[]) => {
      for (const row of rows) write(row);
    });
    return {
      insert: async (data) => void write(data),
      batch: async (data) => together(data),
      get: async (partition, row) => {
        const found = one.get(partition, row);
        return found && entityOf(found);
      },
      page: async (partition) => page.all(partition).map(entityOf),
      filter: async (count) => filter.all(count).map(entityOf),
      close: async () => db.close(),
    };
  },
};

function valuesOf(data: SampleData): readonly unknown[] {
  const { active, createdAt, ...rest } = data;
  const values: Record<string, unknown> = { ...rest, active: active ? 1 : 0, createdAt: createdAt.getTime() };
  return COLUMNS.map((column) => values[column]);
}

function entityOf(row: Row): Sample {
  return Object.assign(new Sample(), row, {
    count: Number(row['count']),
    active: row['active'] === 1n,
    createdAt: new Date(Number(row['createdAt'])),
    correlation: Guid.parse(row['correlation'] as string),
  });
}
