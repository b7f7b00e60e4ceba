import { EntitableError } from '../../errors/entitable-error.js';
import type { Deadline } from '../../async/deadline.js';
import type { DiskSettings, Durability } from '../embedded/disk/disk-store.js';
import { identityOf } from '../embedded/disk/private-files.js';
import { Block } from './block.js';
import { keyBytes, textOf } from './block-key.js';
import { Busy, whenFree } from './busy.js';
import { SqliteConnection } from './connection.js';
import { DamagedBlock } from './damaged-block.js';
import { isBusy, isDamage, isUndecided, sqliteError, type SqliteTask } from './sqlite-error.js';
import { loadSqlite, type Sqlite } from './sqlite-driver.js';
import { placeOfStore } from './store-place.js';

/**
 * The SQLite file of a store, which contains blocks of rows under their first keys (see `block.ts`). This class opens a
 * new connection after a failure of the disk. In the same process, never open the file except through the same SQLite
 * driver, because closing any file descriptor of the file releases all locks that the process holds on it.
 */
export class SqliteFile {
  static async open(path: string, settings: DiskSettings, deadline?: Deadline): Promise<SqliteFile> {
    const sqlite = await loadSqlite();
    try {
      const file = new SqliteFile(sqlite, placeOfStore(sqlite, path, settings.fileMode), settings);
      await whenFree(path, () => file.#do('cannot be opened', () => undefined), deadline);
      return file;
    } catch (error) {
      throw sqliteError(path, 'cannot be opened', error);
    }
  }

  readonly path: string;
  readonly #sqlite: Sqlite;
  readonly #durability: Durability;
  readonly #identity: string | undefined;
  #connection: SqliteConnection | undefined;
  /** The identity of the write-ahead log (see {@link logOf}) that the connection writes to, once that log exists. */
  #log: string | undefined;
  #connections = 0;
  #isInTransaction = false;
  /**
   * The error that ended the current transaction early. All later operations of the transaction fail with this error.
   */
  #lost: EntitableError | undefined;
  /**
   * True if corrupt bytes were read. The connection is then closed after the transaction, because SQLite caches what it
   * has read, although the disk may return the right bytes the next time.
   */
  #hasMetDamage = false;

  private constructor(sqlite: Sqlite, path: string, { durability }: DiskSettings) {
    this.#sqlite = sqlite;
    this.path = path;
    this.#durability = durability;
    this.#identity = identityOf(path);
  }

  /**
   * Throws `store.unavailable` if the file or its write-ahead log was removed, moved or replaced. SQLite would continue
   * with the files that it has open, and its writes would be lost.
   */
  checkPlace(): void {
    const log = logOf(this.path);
    if (this.#connection !== undefined) this.#log ??= log;
    if (identityOf(this.path) === this.#identity && (this.#log === undefined || log === this.#log)) return;
    throw new EntitableError(
      'store.unavailable',
      `The file of the store in ${this.path}, or its log (-wal, -shm), was removed or replaced while it was in use; nothing was written. ` +
        'Put it back, or close the data source and open it again to use what is there now.',
      {},
    );
  }

  /** Returns a string that changes whenever another connection has committed, and whenever this one has reconnected. */
  version(): string {
    return this.#do('cannot be read', (connection) => `${this.#connections}.${connection.version()}`);
  }

  /** Begins a read transaction, whose reads all see the same snapshot of the committed data. */
  begin(): void {
    this.#do('cannot be read', (connection) => connection.begin.run());
    this.#isInTransaction = true;
  }

  /** Begins a write transaction, which excludes other writers. */
  beginWrite(): void {
    this.#do('cannot be written; nothing was', (connection) => connection.beginWrite.run());
    this.#isInTransaction = true;
  }

  /** Ends a read transaction, or ends a write transaction and discards its writes. Never throws. */
  rollback(): void {
    this.#isInTransaction = false;
    this.#lost = undefined;
    try {
      this.#connection?.rollback.run();
    } catch {
      this.#disconnect();
    }
    this.#forgetDamage();
  }

  /**
   * Commits the transaction with the store's durability. Throws `store.outcome-unknown` if the disk did not confirm
   * that the transaction was written.
   */
  commit(): void {
    if (this.#lost !== undefined) throw this.#lost;
    try {
      this.#connection!.commit.run();
      this.#isInTransaction = false;
      this.#forgetDamage();
    } catch (cause) {
      this.#disconnect();
      if (!isUndecided(cause)) throw sqliteError(this.path, 'cannot be written; nothing was', cause);
      throw new EntitableError(
        'store.outcome-unknown',
        `The disk failed while the store in ${this.path} was written. What was written may be there or not: read it back before trying again.`,
        {},
        { cause },
      );
    }
  }

  /**
   * Returns the last block that begins at or before a key. Throws {@link DamagedBlock} if that block does not cover the
   * key.
   */
  blockOf(key: string): Block {
    const found = this.#read(key, (connection) => connection.floor.get(keyBytes(key)));
    const block = found === undefined ? undefined : this.#block(found);
    if (block?.covers(key) === true) return block;
    throw this.#damaged(key);
  }

  /**
   * Returns the block that begins at a key and the blocks after it, up to `count`. Throws {@link DamagedBlock} if one
   * is missing.
   */
  blocksFrom(key: string, count: number): readonly Block[] {
    const found = this.#read(key, (connection) => connection.blocksFrom(keyBytes(key), count));
    let next: string | undefined = key;
    const blocks: Block[] = [];
    for (const each of found) {
      const block: Block = this.#block(each);
      if (block.first !== next) break;
      blocks.push(block);
      ({ next } = block);
    }
    if (blocks.length < found.length || blocks.length === 0) throw this.#damaged(next ?? key);
    return blocks;
  }

  put(block: Block): void {
    this.#do('cannot be written; nothing was', ({ put }) => put.run(keyBytes(block.first), block.bytes));
  }

  delete(first: string): void {
    this.#do('cannot be written; nothing was', (connection) => connection.delete.run(keyBytes(first)));
  }

  close(): void {
    const connection = this.#connection;
    this.#connection = undefined;
    try {
      connection?.checkpoint();
    } catch {
      // Writes that cannot be moved to the file now, e.g. on a full disk, stay in the log and are read from there.
    }
    try {
      connection?.close();
    } catch (error) {
      throw sqliteError(this.path, 'cannot be closed', error);
    }
  }

  /**
   * Creates the error for rows that cannot be read. They range from the key `first` to the first key of the next block
   * that can be found.
   */
  #damaged(first: string, cause?: unknown): DamagedBlock {
    this.#hasMetDamage = true;
    let next: unknown;
    try {
      next = this.#connection?.following.get(keyBytes(first))?.['first'];
    } catch {
      // The next block is unknown.
    }
    const options = cause === undefined ? undefined : { cause };
    return new DamagedBlock(first, next instanceof Uint8Array ? textOf(next) : undefined, options);
  }

  #block({ first, content }: Readonly<Record<string, unknown>>): Block {
    const key = first instanceof Uint8Array ? textOf(first) : '';
    const block = first instanceof Uint8Array && content instanceof Uint8Array ? Block.read(key, content) : undefined;
    if (block === undefined) throw this.#damaged(key);
    return block;
  }

  /** Runs a read of the blocks at a key, and converts an error of SQLite about corruption to a {@link DamagedBlock}. */
  #read<T>(key: string, read: (connection: SqliteConnection) => T): T {
    try {
      return this.#do('cannot be read', read);
    } catch (error) {
      throw EntitableError.is(error, 'store.damaged') ? this.#damaged(key, error.cause) : error;
    }
  }

  #connected(): SqliteConnection {
    if (this.#lost !== undefined) throw this.#lost;
    if (this.#connection !== undefined) return this.#connection;
    if (this.#connections > 0) this.checkPlace();
    const connection = SqliteConnection.open(this.#sqlite, this.path, this.#durability);
    this.#connections += 1;
    return (this.#connection = connection);
  }

  /**
   * Runs an action on the connection. After a failure, the connection is no longer trusted: it is closed, which ends
   * the current transaction, and the next operation reconnects. There are two exceptions. A lock held by another
   * connection is thrown as {@link Busy}. After SQLite reports corruption within a transaction, the transaction can
   * continue with its other reads and writes.
   */
  #do<T>(task: SqliteTask, action: (connection: SqliteConnection) => T): T {
    try {
      return action(this.#connected());
    } catch (error) {
      if (isBusy(error)) throw new Busy();
      const failure = sqliteError(this.path, task, error);
      if (EntitableError.is(error)) throw failure;
      if (this.#isInTransaction && isDamage(error)) {
        this.#hasMetDamage = true;
        throw failure;
      }
      this.#disconnect();
      if (this.#isInTransaction) this.#lost = failure;
      throw failure;
    }
  }

  #forgetDamage(): void {
    if (this.#hasMetDamage) this.#disconnect();
  }

  #disconnect(): void {
    this.#hasMetDamage = false;
    const connection = this.#connection;
    this.#connection = undefined;
    this.#log = undefined;
    try {
      connection?.close();
    } catch {
      // Closing a connection that has failed may fail as well.
    }
  }
}

/**
 * Returns the identity of the write-ahead log and its index, the files -wal and -shm; `undefined` if there is no log.
 */
function logOf(path: string): string | undefined {
  const log = identityOf(`${path}-wal`);
  return log && `${log} ${identityOf(`${path}-shm`)}`;
}
