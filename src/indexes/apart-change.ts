import { EntitableError } from '../errors/entitable-error.js';
import type { StaleEntry } from '../errors/write-reports.js';
import type { OperationOptions } from '../options/operation-options.js';
import type { WriteOutcome } from '../writing/batch.js';
import { ApartEntry, isAmong, isAt, type ApartOf } from './apart-entry.js';
import type { IndexedValues } from './index-entry.js';
import { checkMissing, reserve, type EntryPut } from './reservation.js';

/**
 * The fraction of an index's grace period (the time for which values stay reserved for a row that is not stored yet) in
 * which the row may be sent. The rest allows for clock differences and slow requests.
 */
const USABLE = 3 / 4;

/** The old and the new entry of an entity that is written. */
interface Entries {
  /** The entry that the entity no longer has after the write; `undefined` if there is none. */
  readonly old: ApartEntry | undefined;
  /** The entry that the entity has after the write; `undefined` if there is none. */
  readonly next: ApartEntry | undefined;
  /**
   * True if the new entry replaces an entry of the entity at the same address, so that only the values in it change.
   */
  readonly isHeld: boolean;
  /** True if the write requires that the entity is not stored yet. */
  readonly isInsert: boolean;
}

/**
 * The change of one entity's entry in one index with partitions of its own.
 *
 * The order of the requests ensures that no row is ever without its entry. Before the row is written, the new entry is
 * written and the ETag of the old one is read; afterwards, the old entry is deleted if it still has that ETag. A writer
 * that gives the entity its old values back meanwhile writes the old entry again, so that the ETag differs.
 *
 * An insert that finds its entry already stored checks that the entity is not stored before it writes the entry again.
 * Otherwise it could rely on an entry that a delete of the entity has already read, and is about to delete.
 */
export class ApartChange {
  readonly #of: ApartOf;
  readonly #entries: Entries;
  #isReady = false;
  #put: EntryPut | undefined;
  #oldEtag: string | undefined;
  /** The time until which the row may be sent, in milliseconds since 1970. */
  #until = Infinity;
  /** The error of the request for the new entry, if the entry may have been written all the same. */
  #doubt: unknown;

  constructor(of: ApartOf, entries: Entries) {
    this.#of = of;
    this.#entries = entries;
  }

  /** Milliseconds for which the row may still be sent: infinite, unless the write has reserved unique values. */
  get timeLeft(): number {
    return this.#until === Infinity ? Infinity : this.#until - this.#now();
  }

  /** Number of requests for the old and the new entry, if no other writer interferes. */
  get requests(): number {
    const { old, next, isHeld } = this.#entries;
    const puts = next === undefined ? 0 : isHeld && this.#of.maker.index.unique ? 2 : 1;
    return puts + (old === undefined ? 0 : 2);
  }

  /** Writes the new entry, and reads the ETag of the old one. */
  async before(options: OperationOptions): Promise<void> {
    const isAgeing = this.timeLeft < (this.#of.maker.index.grace * USABLE) / 2;
    if (this.#isReady && !isAgeing) return;
    const [put, read] = await Promise.allSettled([this.#write(options), this.#readOld(options)]);
    if (put.status === 'rejected') throw put.reason;
    if (read.status === 'rejected') throw read.reason;
    this.#isReady = true;
  }

  /**
   * Cleans up after the row's write: deletes the old entry if the row was written, and deletes or restores the new one
   * if it was not. Returns the reason why a stale entry may be left; `undefined` if none is left.
   */
  async after(outcome: WriteOutcome, options: OperationOptions, cause: unknown): Promise<unknown> {
    const { old, next } = this.#entries;
    const put = this.#put;
    const oldEtag = this.#oldEtag;
    if (outcome === 'unknown') return (oldEtag ?? put?.etag) === undefined ? undefined : cause;
    const doubt = this.#doubt;
    this.#reset();
    if (outcome === 'written') return oldEtag === undefined ? undefined : removed(old!, oldEtag, options);
    if (put?.etag === undefined) return doubt;
    if (isUnreachable(cause)) return cause;
    if (!put.isNew) return this.#restore(next!, put.etag, options, cause);
    const error = await removed(next!, put.etag, options);
    return isAmong(error, 'store.precondition-failed') ? undefined : error; // another write uses the entry
  }

  /**
   * Reports that an entry of this index may be stale, i.e. stored although the entity does not have it, and returns the
   * description of that entry.
   */
  stale(error: unknown): StaleEntry {
    const { maker, entity } = this.#of;
    const { partitionKey, rowKey } = entity;
    const { className, index, mapper } = maker;
    mapper.queries.onStaleEntry?.({ className, index: index.name, table: mapper.table });
    return Object.freeze({ className, index: index.name, table: mapper.table, partitionKey, rowKey, error });
  }

  #now(): number {
    return (this.#of.maker.mapper.queries.clock ?? Date.now)();
  }

  #reset(): void {
    this.#isReady = false;
    this.#put = undefined;
    this.#oldEtag = undefined;
    this.#until = Infinity;
    this.#doubt = undefined;
  }

  async #write(options: OperationOptions): Promise<void> {
    const { next, isHeld, isInsert } = this.#entries;
    if (next === undefined) return;
    const { index, mapper } = this.#of.maker;
    const begin = this.#now();
    try {
      this.#put = index.unique
        ? await reserve(next, { isHeld, isInsert, mine: this.#put?.etag }, options)
        : await putEntry(next, { isHeld, isInsert }, options);
    } catch (error) {
      if (!EntitableError.is(error, 'store.outcome-unknown')) throw error;
      this.#doubt = error;
      throw notSent(error, index.name, mapper.table);
    }
    if (index.unique && !isHeld) this.#until = begin + index.grace * USABLE;
  }

  async #readOld(options: OperationOptions): Promise<void> {
    const { old } = this.#entries;
    if (old === undefined) return;
    try {
      const found = await old.find(options);
      const isOwn = found?.owner !== undefined && isAt(found.owner, this.#of.entity);
      this.#oldEtag = isOwn ? found.etag : undefined;
    } catch (error) {
      if (!EntitableError.is(error, 'store.table-not-found')) throw error; // without the table there is no entry
    }
  }

  /**
   * Undoes the change of an existing entry after the row was not written: stores in the entry the values that the
   * stored entity has. If the stored entity does not have the entry, the entry is left unchanged, because another write
   * that is under way may rely on it.
   */
  async #restore(next: ApartEntry, etag: string, options: OperationOptions, cause: unknown): Promise<unknown> {
    try {
      const stored = await next.entryOf(this.#of.entity, options);
      if (stored === undefined) return cause;
      if (this.#of.maker.areSame(stored, next.entry)) return undefined;
      await new ApartEntry(this.#of, stored, true).write('replace', options, etag);
      return undefined;
    } catch (error) {
      return isAmong(error, 'store.precondition-failed', 'store.not-found') ? undefined : error;
    }
  }
}

/**
 * Returns the change that a write of an entity makes to its entry in one index. `before` is `undefined` if the entity
 * is not stored yet, and `after` if the write deletes it. Returns `undefined` if the entry does not change. Throws
 * `key.*` and `validation.*` for an entry that cannot be stored.
 */
export function apartChange(
  of: ApartOf,
  before: IndexedValues | undefined,
  after: IndexedValues | undefined,
): ApartChange | undefined {
  const { maker, entity } = of;
  const old = before && maker.storedEntryOf(entity, before);
  const next = after && maker.entryAfter(entity, after, before);
  const isHeld = old !== undefined && next !== undefined && isAt(old, next);
  if ((old === undefined && next === undefined) || (isHeld && maker.areSame(old, next))) return undefined;
  return new ApartChange(of, {
    old: old === undefined || isHeld ? undefined : new ApartEntry(of, old, false),
    next: next && new ApartEntry(of, next, true),
    isHeld,
    isInsert: before === undefined,
  });
}

/** Writes an entry of an index that is not unique: no entry of another entity can have its address. */
async function putEntry(
  next: ApartEntry,
  { isHeld, isInsert }: Pick<Entries, 'isHeld' | 'isInsert'>,
  options: OperationOptions,
): Promise<EntryPut> {
  if (!isHeld) {
    try {
      return { etag: await next.write('insert', options), isNew: true };
    } catch (error) {
      if (!isAmong(error, 'store.already-exists', 'store.outcome-unknown')) throw error;
    }
    if (isInsert) await checkMissing(next, options);
  }
  return { etag: await next.write('upsert-replace', options), isNew: false };
}

/** Deletes an entry if it still has the given ETag. Returns the error if the entry may not have been deleted. */
async function removed(entry: ApartEntry, etag: string, options: OperationOptions): Promise<unknown> {
  try {
    await entry.remove(etag, options);
    return undefined;
  } catch (error) {
    return EntitableError.is(error, 'store.not-found') ? undefined : error;
  }
}

/** Returns whether an error means that further requests would probably fail as well. */
function isUnreachable(error: unknown): boolean {
  return isAmong(error, 'store.unavailable', 'store.throttled', 'store.timeout', 'store.aborted', 'store.closed');
}

/** Creates the error for a row that was not sent, because it is unknown whether its entry was written. */
function notSent(cause: EntitableError, index: string, table: string): EntitableError {
  return new EntitableError(
    'store.unavailable',
    `The response to the write of the entry in the index ${index} was lost, so the row was not sent. Write it again.`,
    { table },
    { cause },
  );
}
