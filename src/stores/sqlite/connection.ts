import { incompatibleFormat } from '../embedded/disk/store-format.js';
import type { Durability } from '../embedded/disk/disk-store.js';
import { Block } from './block.js';
import type { Sqlite, SqliteDatabase, SqliteStatement } from './sqlite-driver.js';
import { isNoDatabase } from './sqlite-error.js';

/** Size in bytes of a page of the SQLite file. A block (see `block.ts`) of rows of ordinary size fits in one page. */
export const PAGE_BYTES = 4096;
/** The SQLite application id that marks the files of this library: "Enti" in ASCII. */
export const APPLICATION_ID = 0x456e_7469;
/** The version of the SQL schema and of the format of blocks. */
const FORMAT = 1;
const TABLE = 'CREATE TABLE blocks (id INTEGER PRIMARY KEY, first BLOB NOT NULL UNIQUE, content BLOB NOT NULL)';

/**
 * Size in bytes to which SQLite truncates the write-ahead log when it resets the log. This releases the space that a
 * large transaction took.
 */
const LOG_BYTES = 16 * 1024 * 1024;

/**
 * The SQLite settings for each durability. `fullfsync` is for macOS, where `fsync` does not wait for the disk itself.
 */
const DURABILITY = {
  full: 'PRAGMA synchronous = FULL; PRAGMA fullfsync = ON; PRAGMA checkpoint_fullfsync = ON',
  relaxed: 'PRAGMA synchronous = NORMAL',
} as const satisfies Record<Durability, string>;

/** An open connection to the file of a store, with its prepared statements. Its methods throw SQLite's own errors. */
export class SqliteConnection {
  /**
   * Opens a store. Throws `store.incompatible-format` for a file that is not a store, and leaves the file unchanged.
   */
  static open(sqlite: Sqlite, path: string, durability: Durability): SqliteConnection {
    const database = new sqlite.DatabaseSync(path);
    try {
      prepareFile(database, path, durability);
      return new SqliteConnection(database);
    } catch (error) {
      database.close();
      throw error;
    }
  }

  readonly begin: SqliteStatement;
  readonly beginWrite: SqliteStatement;
  readonly commit: SqliteStatement;
  readonly rollback: SqliteStatement;
  readonly floor: SqliteStatement;
  readonly following: SqliteStatement;
  readonly put: SqliteStatement;
  readonly delete: SqliteStatement;
  readonly #from: SqliteStatement;
  readonly #version: SqliteStatement;
  readonly #database: SqliteDatabase;

  private constructor(database: SqliteDatabase) {
    this.#database = database;
    this.begin = database.prepare('BEGIN');
    this.beginWrite = database.prepare('BEGIN IMMEDIATE');
    this.commit = database.prepare('COMMIT');
    this.rollback = database.prepare('ROLLBACK');
    this.floor = database.prepare('SELECT first, content FROM blocks WHERE first <= ? ORDER BY first DESC LIMIT 1');
    this.#from = database.prepare('SELECT first, content FROM blocks WHERE first >= ? ORDER BY first LIMIT ?');
    this.following = database.prepare('SELECT first FROM blocks WHERE first > ? ORDER BY first LIMIT 1');
    this.put = database.prepare(
      'INSERT INTO blocks (first, content) VALUES (?, ?) ON CONFLICT (first) DO UPDATE SET content = excluded.content',
    );
    this.delete = database.prepare('DELETE FROM blocks WHERE first = ?');
    this.#version = database.prepare('PRAGMA data_version');
  }

  /**
   * Returns up to `count` blocks, starting at the first one that begins at or after a key. If the statement's `all`
   * fails, its `get` reads only the first block again, because an error of `get` has a numeric code, which an error of
   * `all` may lack.
   */
  blocksFrom(first: Buffer, count: number): readonly Readonly<Record<string, unknown>>[] {
    try {
      return this.#from.all(first, count);
    } catch {
      const block = this.#from.get(first, 1);
      return block === undefined ? [] : [block];
    }
  }

  /** Returns a number that changes whenever another connection has committed. */
  version(): number {
    return this.#version.get()!['data_version'] as number;
  }

  /**
   * Moves the content of the write-ahead log to the file, as far as other connections allow it. SQLite does so by
   * itself when the last connection closes, but a connection of the package `@photostructure/sqlite` stays open until
   * its statements are garbage-collected.
   */
  checkpoint(): void {
    this.#database.exec('PRAGMA wal_checkpoint(TRUNCATE)');
  }

  close(): void {
    this.#database.close();
  }
}

/**
 * Turns an empty file, which still has a temporary name, into a store without rows. It prepares no statements, because
 * those of the package `@photostructure/sqlite` would keep the connection open until they are garbage-collected.
 */
export function makeStore(sqlite: Sqlite, path: string): void {
  const database = new sqlite.DatabaseSync(path);
  try {
    const block = Block.of('', undefined, []).bytes.toString('hex');
    database.exec(`PRAGMA page_size = ${PAGE_BYTES}; PRAGMA synchronous = FULL; BEGIN; ${TABLE};
      PRAGMA application_id = ${APPLICATION_ID}; PRAGMA user_version = ${FORMAT};
      INSERT INTO blocks (first, content) VALUES (x'', x'${block}'); COMMIT`);
  } finally {
    database.close();
  }
}

function prepareFile(database: SqliteDatabase, path: string, durability: Durability): void {
  // Makes SQLite distrust the schema and the pages of the file, and not map the file into memory, because reading a
  // mapped file that was truncated would crash the process.
  database.exec('PRAGMA mmap_size = 0; PRAGMA trusted_schema = OFF; PRAGMA cell_size_check = ON');
  checkOwn(database, path);
  const mode = valueOf(database, 'PRAGMA journal_mode = WAL');
  if (mode !== 'wal') throw incompatibleFormat(path, `SQLite's write-ahead log does not work there (${mode})`);
  database.exec(`${DURABILITY[durability]}; PRAGMA journal_size_limit = ${LOG_BYTES}`);
}

function checkOwn(database: SqliteDatabase, path: string): void {
  if (applicationOf(database) !== APPLICATION_ID) {
    throw incompatibleFormat(path, 'it was not written by this library, or its beginning is damaged');
  }
  const version = valueOf(database, 'PRAGMA user_version');
  if (version !== FORMAT) {
    throw incompatibleFormat(path, `it has format ${version}, and this version of the library knows format ${FORMAT}`);
  }
  const found = database
    .prepare("SELECT type, name, sql FROM sqlite_schema WHERE tbl_name = 'blocks' AND sql IS NOT NULL")
    .all();
  const others = found.filter(({ sql }) => sql !== TABLE);
  if (others.length > 0) {
    const names = others.map(({ type, name }) => `${String(type)} ${String(name)}`).join(', ');
    throw incompatibleFormat(path, `its table is not that of a store, or somebody added to it: ${names}`);
  }
  if (found.length === 0) throw incompatibleFormat(path, 'it has no table of a store');
}

/** Returns the SQLite application id of a file; `undefined` if the file is not an SQLite file. */
function applicationOf(database: SqliteDatabase): number | string | undefined {
  try {
    return valueOf(database, 'PRAGMA application_id');
  } catch (error) {
    if (isNoDatabase(error)) return undefined;
    throw error;
  }
}

/** Returns the single value that a statement selects. */
export function valueOf(database: SqliteDatabase, sql: string): number | string {
  return Object.values(database.prepare(sql).get() ?? {})[0] as number | string;
}
