import type { Address } from '../mapping/entity-address.js';
import type { OperationOptions } from '../options/operation-options.js';
import { EntitableError } from '../errors/entitable-error.js';
import { contendedRow } from '../writing/refusals.js';
import { isAmong, isAt, type ApartEntry, type StoredEntry } from './apart-entry.js';
import { notUnique } from './entry-write.js';

/** The result of writing an entry before the row of its entity. */
export interface EntryPut {
  /** The new ETag of the entry; `undefined` if the stored entry was left unchanged. */
  readonly etag: string | undefined;
  /** True if no other write can rely on this entry, so that it can be deleted if the row is not written. */
  readonly isNew: boolean;
}

/** Maximum number of attempts to read and write an entry while other writers keep changing it. */
const ATTEMPTS = 8;

/** Facts about an entity that a write knows before it reserves unique values for it. */
interface Reserving {
  /**
   * True if the stored entity already has the values. Then an entry that belongs to another entity is left unchanged.
   */
  readonly isHeld: boolean;
  /** True if the write requires that the entity is not stored yet. */
  readonly isInsert: boolean;
  /** The ETag of the entry if this write has already written it, and now renews the reservation. */
  readonly mine: string | undefined;
}

/**
 * Reserves the values of a unique index for an entity, by writing the entry before the row. An entry that already
 * belongs to the entity is written again: its new ETag keeps other writers from deleting it. The entry of an entity
 * that does not have the values is taken over once it is older than the grace period of the index: until then, the
 * write of that entity may be under way. Throws `entity.not-unique`, and `store.already-exists` for an insert of an
 * entity that is stored.
 */
export async function reserve(
  target: ApartEntry,
  { isHeld, isInsert, mine }: Reserving,
  options: OperationOptions,
): Promise<EntryPut> {
  const { maker, entity } = target.of;
  let isMissing = !isHeld && mine === undefined;
  let refusal: EntitableError | undefined;
  for (let attempt = 0; attempt < ATTEMPTS; attempt++) {
    if (isMissing) {
      try {
        return { etag: await target.write('insert', options), isNew: true };
      } catch (error) {
        if (!isAmong(error, 'store.already-exists', 'store.outcome-unknown')) throw error;
        refusal = error;
      }
    }
    const time = (maker.mapper.queries.clock ?? Date.now)();
    const found = await target.find(options);
    isMissing = found === undefined;
    if (found === undefined) continue;
    const isOwn = found.owner !== undefined && isAt(found.owner, entity);
    const problem = isOwn ? undefined : await takenBy(target, found, time, options);
    if (problem !== undefined) {
      if (isHeld) return { etag: undefined, isNew: false };
      throw notUnique(maker, problem);
    }
    if (isOwn && isInsert && found.etag !== mine) await checkMissing(target, options);
    try {
      const etag = await target.write('replace', options, found.etag);
      return { etag, isNew: !isOwn || found.etag === mine };
    } catch (error) {
      if (!isAmong(error, 'store.precondition-failed', 'store.not-found', 'store.outcome-unknown')) throw error;
      refusal = error;
    }
  }
  throw contendedRow(refusal!, maker.index.name, 0);
}

/** Checks that the entity to which an entry belongs is not stored. Throws `store.already-exists` if it is. */
export async function checkMissing({ of }: ApartEntry, options: OperationOptions): Promise<void> {
  const { partitionKey, rowKey } = of.entity;
  const { rows, table } = of.indexed.mapper;
  const isStored = await rows.get(partitionKey, rowKey, () => true, { select: [] }, options);
  if (isStored === true) throw new EntitableError('store.already-exists', 'The row is stored already.', { table });
}

/**
 * Returns the entity for which an entry keeps unique values from all others; `undefined` if the entry may be taken
 * over. `time` must be taken before the entry is read: if the grace period ended only after its entity was read, the
 * row may have been stored after that read.
 */
async function takenBy(
  target: ApartEntry,
  { owner, written }: StoredEntry,
  time: number,
  options: OperationOptions,
): Promise<{ readonly owner?: Address | undefined; readonly isPending?: boolean } | undefined> {
  const { index } = target.of.maker;
  if (owner !== undefined && (await target.entryOf(owner, options)) !== undefined) return { owner };
  return time - written > index.grace ? undefined : { owner, isPending: true };
}
