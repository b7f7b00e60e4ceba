import { existsSync, statSync } from 'node:fs';
import { join, resolve } from 'node:path';
import { setImmediate } from 'node:timers/promises';
import { EntitableError } from '../../errors/entitable-error.js';
import { incompatibleFormat } from '../embedded/disk/store-format.js';
import { textOf } from './block-key.js';
import { BlockWalk, type StoreVerification } from './block-walk.js';
import { APPLICATION_ID, valueOf } from './connection.js';
import { isDamage, sqliteError } from './sqlite-error.js';
import { loadSqlite, type SqliteDatabase } from './sqlite-driver.js';

/** Number of blocks (see `block.ts`) to read before yielding to the event loop. */
const BLOCKS_AT_ONCE = 64;

/** A zero byte. Appended to a key, it makes the smallest key that sorts after that key. */
const AFTER = Buffer.alloc(1);

/**
 * Checks a whole store and reports everything that is damaged. It changes nothing, and other connections may continue
 * to write.
 */
export async function verifyFile(path: string): Promise<StoreVerification> {
  const { DatabaseSync } = await loadSqlite();
  const walk = new BlockWalk();
  let database: SqliteDatabase | undefined;
  try {
    checkFile(path);
    database = new DatabaseSync(resolve(path), { readOnly: true });
    database.exec('PRAGMA mmap_size = 0; PRAGMA trusted_schema = OFF; PRAGMA cell_size_check = ON; BEGIN');
    checkOwn(database, path);
    for (const found of quickCheck(database)) walk.note(`SQLite says: ${found}`);
    await walkBlocks(database, walk);
  } catch (error) {
    if (!isDamage(error)) throw sqliteError(path, 'cannot be read', error);
    walk.note(`SQLite cannot read the file: ${(error as Error).message}`);
  } finally {
    database?.close();
  }
  return walk.result();
}

/**
 * Throws `store.unavailable` if there is no file, and `store.incompatible-format` for a folder, such as an `lmdb:`
 * store.
 */
function checkFile(path: string): void {
  const found = statSync(path, { throwIfNoEntry: false });
  if (found === undefined) {
    throw new EntitableError('store.unavailable', `The store in ${path} cannot be read: there is no such file.`, {});
  }
  if (!found.isDirectory()) return;
  const why = existsSync(join(path, 'data.mdb'))
    ? 'they are those of an lmdb: store, which has no checksums that could be verified. The file of a sqlite: store is expected'
    : 'it is a folder, and the file of a sqlite: store is expected: name it, such as data.db in the folder';
  throw incompatibleFormat(path, why);
}

/** Throws `store.incompatible-format` for a file that never was a store. */
function checkOwn(database: SqliteDatabase, path: string): void {
  if (valueOf(database, 'PRAGMA application_id') === APPLICATION_ID) return;
  if (database.prepare("SELECT 1 FROM sqlite_schema WHERE name = 'blocks'").get() !== undefined) return;
  throw incompatibleFormat(path, 'it was not written by this library');
}

/** Returns the problems that SQLite's `quick_check` finds in the structure of the file. */
function quickCheck(database: SqliteDatabase): readonly string[] {
  let found: readonly string[];
  try {
    found = database
      .prepare('PRAGMA quick_check')
      .all()
      .map((row) => String(Object.values(row)[0]));
  } catch (error) {
    found = [(error as Error).message];
  }
  return found.filter((text) => text !== 'ok');
}

/**
 * Passes all blocks to `walk`, which verifies them, in the order of their first keys. For a block whose content SQLite
 * cannot read, it passes `undefined` as the content.
 */
async function walkBlocks(database: SqliteDatabase, walk: BlockWalk): Promise<void> {
  const blocks = database.prepare('SELECT first, content FROM blocks WHERE first >= ? ORDER BY first LIMIT 1');
  const firsts = database.prepare('SELECT first FROM blocks WHERE first >= ? ORDER BY first LIMIT 1');
  let from = Buffer.alloc(0);
  for (let count = 1; ; count++) {
    const { first, content } = readable(() => blocks.get(from)) ?? firsts.get(from) ?? {};
    if (!(first instanceof Uint8Array) || Buffer.compare(first, from) < 0) return; // no more blocks, or a corrupt index
    walk.visit(textOf(first), content);
    from = Buffer.concat([first, AFTER]);
    if (count % BLOCKS_AT_ONCE === 0) await setImmediate();
  }
}

/** Returns the result of a read; `undefined` if SQLite reports that the file is corrupt. */
function readable<T>(read: () => T): T | undefined {
  try {
    return read();
  } catch (error) {
    if (isDamage(error)) return undefined;
    throw error;
  }
}
