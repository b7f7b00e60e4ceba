import { EntitableError } from '../errors/entitable-error.js';
import type { StaleEntry } from '../errors/write-reports.js';
import type { OperationOptions } from '../options/operation-options.js';
import type { WriteOutcome } from '../writing/batch.js';
import { ApartEntry, isAmong, isAt, type ApartOf } from './apart-entry.js';
import type { IndexedValues } from './index-entry.js';
import { checkMissing, reserve, type EntryPut } from './reservation.js';

/** The part of the grace period in which a row may be sent. The rest is for different clocks and slow requests. */
const USABLE = 3 / 4;

/** The entries that a write gives up and takes. */
interface Entries {
  /** The entry that the write gives up. */
  readonly old: ApartEntry | undefined;
  /** The entry that the write takes. */
  readonly next: ApartEntry | undefined;
  /** True if the entity has the new entry already, and only what it holds changes. */
  readonly isHeld: boolean;
  /** True if the entity must not be stored yet. */
  readonly isInsert: boolean;
}

/**
 * The change of one entity's entry in one index with partitions of its own.
 *
 * The order of its requests is that of a protocol in which no row is ever without its entry: the ETag of the old entry
 * is read and the new entry written before the row, and the old entry is deleted after it, under that ETag. Whoever
 * moves the entity back meanwhile writes the old entry anew, so that its ETag differs.
 *
 * An insert that finds its entry there looks whether the entity is, too, before it writes the entry anew. Otherwise it
 * could count on an entry that the delete of that entity has already seen, and is about to delete.
 */
export class ApartChange {
  readonly #of: ApartOf;
  readonly #entries: Entries;
  #isReady = false;
  #put: EntryPut | undefined;
  #oldEtag: string | undefined;
  /** The time until which the row may be sent, in milliseconds since 1970. */
  #until = Infinity;
  /** The error of the new entry if it may have been written. */
  #doubt: unknown;

  constructor(of: ApartOf, entries: Entries) {
    this.#of = of;
    this.#entries = entries;
  }

  /** Milliseconds for which the row may still be sent. */
  get timeLeft(): number {
    return this.#until === Infinity ? Infinity : this.#until - this.#now();
  }

  /** Number of requests, if no other writer interferes. */
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
   * Deletes the entry that is superfluous after an outcome. Returns the reason why one may have stayed, `undefined` if
   * none has.
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
    return isAmong(error, 'store.precondition-failed') ? undefined : error; // another write of the entity counts on it
  }

  /** Describes the entry of this index as one that may say too much. */
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
   * Writes what the entity has into an entry that this write has changed, after the row was refused. If the entity does
   * not have the entry, it stays nevertheless: another write that is under way may count on it.
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
 * Returns the change of an entity's entry in one index. Absent `before` or `after` stand for no entity. Returns
 * `undefined` if the entry stays as it is. Throws `key.*` and `validation.*` for an entry that cannot be stored.
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

/** Writes an entry that no other entity can have. */
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

/** Deletes an entry under its ETag. Returns the error if it may have stayed. */
async function removed(entry: ApartEntry, etag: string, options: OperationOptions): Promise<unknown> {
  try {
    await entry.remove(etag, options);
    return undefined;
  } catch (error) {
    return EntitableError.is(error, 'store.not-found') ? undefined : error;
  }
}

/** Returns whether an error means that further requests have no better prospects. */
function isUnreachable(error: unknown): boolean {
  return isAmong(error, 'store.unavailable', 'store.throttled', 'store.timeout', 'store.aborted', 'store.closed');
}

/** Creates the error for a row that was not sent, because its entry may not have been written. */
function notSent(cause: EntitableError, index: string, table: string): EntitableError {
  return new EntitableError(
    'store.unavailable',
    `The response to the write of the entry in the index ${index} was lost, so the row was not sent. Write it again.`,
    { table },
    { cause },
  );
}
