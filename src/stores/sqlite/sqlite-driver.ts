import { EntitableError } from '../../errors/entitable-error.js';

/** A value that SQLite stores in a column, or accepts for a parameter of a statement. */
export type SqliteValue = number | string | Uint8Array | null;

/** The part of a prepared statement that the stores use. */
export interface SqliteStatement {
  get(...parameters: readonly SqliteValue[]): Readonly<Record<string, unknown>> | undefined;
  all(...parameters: readonly SqliteValue[]): readonly Readonly<Record<string, unknown>>[];
  run(...parameters: readonly SqliteValue[]): unknown;
}

/** The part of a connection that the stores use. */
export interface SqliteDatabase {
  exec(sql: string): void;
  prepare(sql: string): SqliteStatement;
  close(): void;
}

/**
 * The interface of `node:sqlite`, and of {@link PACKAGE}, which replaces it in versions of Node.js that have no SQLite,
 * or one that is too old.
 */
export interface Sqlite {
  readonly DatabaseSync: new (path: string, options?: { readonly readOnly?: boolean }) => SqliteDatabase;
  readonly backup: (source: SqliteDatabase, path: string, options?: { readonly rate?: number }) => Promise<unknown>;
}

/** The optional package that has the interface of `node:sqlite` and includes its own binaries of SQLite. */
const PACKAGE = '@photostructure/sqlite';
/**
 * The first version of SQLite without a bug that could corrupt a store if two connections wrote while the write-ahead
 * log was reset.
 */
const LEAST_VERSION = Object.freeze([3, 51, 3]);

/** The driver, loaded once per process. It has no state of its own, so that all stores can share it. */
let loaded: Promise<Sqlite> | undefined;

/**
 * Loads `node:sqlite` if its version of SQLite is new enough, otherwise {@link PACKAGE}. Throws `store.package-missing`
 * if neither is available.
 */
export function loadSqlite(): Promise<Sqlite> {
  return (loaded ??= load());
}

async function load(): Promise<Sqlite> {
  if (isNewEnough(process.versions['sqlite'])) {
    const own: unknown = process.getBuiltinModule('node:sqlite' as string);
    if (own !== undefined) return own as Sqlite;
  }
  try {
    return (await import('@photostructure/sqlite')) as unknown as Sqlite;
  } catch (cause) {
    throw new EntitableError(
      'store.package-missing',
      `Stores on disk need SQLite ${LEAST_VERSION.join('.')} or later, which this Node.js does not have, or the optional package ` +
        `"${PACKAGE}", which is not installed or does not run here. Install it: npm install ${PACKAGE}`,
      { package: PACKAGE },
      { cause },
    );
  }
}

function isNewEnough(version: string | undefined): boolean {
  if (version === undefined) return false;
  const parts = version.split('.').map(Number);
  for (const [index, least] of LEAST_VERSION.entries()) {
    const part = parts[index] ?? 0;
    if (part !== least) return part > least;
  }
  return true;
}
