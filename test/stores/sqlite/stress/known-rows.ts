import { EntitableError } from '../../../../src/errors/entitable-error.js';
import { PARTITION_KEY, ROW_KEY, type RowReader } from '../../../../src/store/row.js';
import type { TableStore } from '../../../../src/store/table-store.js';
import { sqliteStore } from '../../../../src/stores/sqlite/sqlite-store.js';
import { TableFixture, type Properties } from '../../../../src/testing/conformance/table-fixture.js';

/** The tables of the store whose bytes are changed. */
const TABLES = ['First', 'Second', 'Third'] as const;
const PARTITIONS = 7;
const ROWS_OF_PARTITION = 95;
/** Number of rows per transaction. */
const BATCH = 19;

interface KnownRow {
  readonly partitionKey: string;
  readonly rowKey: string;
  readonly properties: Properties;
  /** The result of {@link read} for this row. */
  readonly text: string;
}

const ROWS = { First: rowsOf('First'), Second: rowsOf('Second'), Third: rowsOf('Third') };

/** The result of reading a store that should have the known rows. */
export interface Reading {
  /** The first few rows that are wrong, or missing without an error. */
  readonly wrong: readonly string[];
  /** The codes of the errors that the store threw. */
  readonly told: readonly string[];
}

/** Creates a store with the known rows. */
export async function writeKnownRows(path: string): Promise<void> {
  await using store = await sqliteStore(path, { durability: 'relaxed' });
  for (const table of TABLES) {
    await store.createTable(table);
    const fixture = TableFixture.open(store, table);
    const rows = ROWS[table];
    for (let from = 0; from < rows.length; from += BATCH) {
      const batch = rows.slice(from, from + BATCH);
      await fixture.submit(
        ...batch.map(({ partitionKey, rowKey, properties }) =>
          fixture.prepare('insert', partitionKey, rowKey, properties),
        ),
      );
    }
  }
}

/**
 * Opens a store and reads all its rows, individually and by scans. If `writes`, it then writes to each table and scans
 * again.
 */
export async function readKnownRows(path: string, writes: boolean): Promise<Reading> {
  const notes = new Notes();
  const store = await notes.tell(() => sqliteStore(path, { durability: 'relaxed' }));
  if (store === undefined) return notes.reading;
  await readEach(store, notes);
  await scanAll(store, notes);
  if (writes) {
    for (const table of TABLES) {
      const fixture = TableFixture.open(store, table);
      await notes.tell(async () => {
        await fixture.write('upsert-replace', 'p3', '999', { i: 'Int32 1' });
        await fixture.write('delete', 'p3', '999');
      });
    }
    await scanAll(store, notes);
  }
  await notes.tell(async () => store[Symbol.asyncDispose]());
  return notes.reading;
}

/** Reads all rows of an open store. */
export async function readAgain(store: TableStore): Promise<Reading> {
  const notes = new Notes();
  await readEach(store, notes);
  await scanAll(store, notes);
  return notes.reading;
}

async function readEach(store: TableStore, notes: Notes): Promise<void> {
  for (const table of TABLES) {
    const fixture = TableFixture.open(store, table);
    for (const row of ROWS[table]) {
      await notes.tell(async () => {
        notes.compare(row, await fixture.rows.get(row.partitionKey, row.rowKey, read, { undeclared: true }));
      });
    }
  }
}

async function scanAll(store: TableStore, notes: Notes): Promise<void> {
  await notes.tell(async () => {
    const { rows } = await store.tables();
    if (rows.join() !== TABLES.join()) notes.wrong.push(`there are the tables ${rows.join()}`);
  });
  for (const table of TABLES) {
    await notes.tell(async (): Promise<void> => {
      const expected = ROWS[table];
      let at = 0;
      const { rows } = TableFixture.open(store, table);
      for await (const page of rows.scan({ undeclared: true, pageSize: 300 }, read)) {
        for (const text of page.rows) notes.compare(expected[at++], text);
      }
      if (at < expected.length) notes.compare(expected[at], undefined);
    });
  }
}

function rowsOf(table: string): readonly KnownRow[] {
  return Array.from({ length: PARTITIONS * ROWS_OF_PARTITION }, (_, index) => {
    const partitionKey = `p${Math.floor(index / ROWS_OF_PARTITION)}`;
    const rowKey = String(index % ROWS_OF_PARTITION).padStart(3, '0');
    const words = `${table} ${partitionKey} ${rowKey} `.repeat(4);
    return {
      partitionKey,
      rowKey,
      properties: { s: `String ${words}`, i: `Int32 ${index}`, other: `Int64 ${index + 1}` },
      text: `${partitionKey} ${rowKey} ${words} ${index} other Int64 ${index + 1}`,
    };
  });
}

function read(row: RowReader): string {
  let text = `${row.string(PARTITION_KEY)} ${row.string(ROW_KEY)} ${row.string(0)} ${row.number(1)}`;
  for (const [name, value] of row.undeclared()) {
    text += ` ${name} ${value.type} ${value.type === 'Binary' ? value.bytes.length : value.text}`;
  }
  return text;
}

class Notes {
  readonly wrong: string[] = [];
  readonly #told = new Set<string>();

  get reading(): Reading {
    return { wrong: this.wrong.slice(0, 5), told: [...this.#told] };
  }

  compare(row: KnownRow | undefined, found: string | undefined): void {
    if (row?.text !== found) this.wrong.push(`There is ${found} instead of ${row?.text}`);
  }

  /** Runs an action and records the code of its error. */
  async tell<T>(action: () => Promise<T>): Promise<T | undefined> {
    try {
      return await action();
    } catch (error) {
      if (EntitableError.is(error, 'store.')) this.#told.add(error.code);
      else this.wrong.push(String(error));
      return undefined;
    }
  }
}
