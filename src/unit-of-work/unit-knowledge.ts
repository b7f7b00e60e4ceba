import { indexesOf, type IndexRows, type KnownRow } from '../indexes/index-rows.js';
import { readKnown } from '../indexes/known-row.js';
import type { Address } from '../mapping/entity-address.js';
import type { EntityMapper } from '../mapping/entity-mapper.js';
import { isKnownUnder } from '../mapping/stamp.js';
import type { KeyOf, PatchOf } from '../metadata/key-types.js';
import type { OperationOptions } from '../options/operation-options.js';
import { ifMatchOf, isEntity, keyCondition, ownState } from '../repository/entity-etag.js';
import { rowError } from '../repository/row-error.js';
import { checkEtag } from '../store/check-etag.js';
import type { Rows } from '../store/table-store.js';
import { askedEtag } from './change-set.js';
import type { IdentityMap, TrackedRow } from './identity-map.js';
import type { SeenRows } from './seen-rows.js';

/**
 * Reads the stored rows on which the writes of a unit of work depend: the values in a row determine the index entries
 * that a write of the row changes. A row is read when its write is scheduled, so that `plan()` needs no request. A row
 * that the unit has loaded is not read again, unless the write is conditional on an ETag other than the loaded one. The
 * methods return `undefined` if no row needs to be read.
 */
export class UnitKnowledge<T extends object> {
  readonly #mapper: EntityMapper<T>;
  readonly #indexes: IndexRows;
  readonly #rows: IdentityMap;
  readonly #stored: Rows;

  constructor(mapper: EntityMapper<T>, indexes: IndexRows, rows: IdentityMap, stored: Rows) {
    this.#mapper = mapper;
    this.#indexes = indexes;
    this.#rows = rows;
    this.#stored = stored;
  }

  /**
   * Reads the row of a merge that changes an indexed property, if the row is not known, or is loaded but `etag` is
   * given.
   */
  async forMerge(
    key: KeyOf<T>,
    patch: PatchOf<T>,
    etag: string | undefined,
    options: OperationOptions,
  ): Promise<KnownRow | undefined> {
    checkEtag(etag);
    const address = this.#mapper.addressOf(key);
    if (!this.#indexes.concerns(this.#mapper.patchOf(patch))) return undefined;
    const row = this.#rows.at(this.#mapper, address);
    const isKnown = row !== undefined && (row.held.kind !== 'merge' || row.held.known !== undefined);
    if (isKnown && (etag === undefined || !isLoaded(row))) return undefined;
    return this.#expected(address, etag ?? '*', options);
  }

  /**
   * Reads the row that a replace will overwrite, unless the unit knows the row with the ETag that the replace requires.
   */
  async forReplace(entity: T, etag: string | undefined, options: OperationOptions): Promise<KnownRow | undefined> {
    this.#mapper.checkReceives(entity);
    const row = this.#rows.of(entity);
    if (row !== undefined && !isLoaded(row)) return undefined;
    const address = row?.address ?? this.#mapper.addressOf(entity);
    const ifMatch = ifMatchOf(this.#mapper, entity, address, etag);
    return this.#isKnown(entity, ifMatch) ? undefined : this.#expected(address, ifMatch, options);
  }

  /** Reads the row that an upsert may overwrite, unless the unit knows it; `missing` if there is none. */
  async forUpsert(entity: T, options: OperationOptions): Promise<KnownRow | 'missing' | undefined> {
    this.#mapper.checkReceives(entity);
    const tracked = this.#rows.of(entity);
    if (tracked !== undefined && (tracked.held.kind !== 'difference' || this.#isKnown(entity))) return undefined;
    const address = this.#mapper.addressOf(entity);
    if (tracked === undefined && this.#rows.at(this.#mapper, address) !== undefined) return undefined;
    return this.#read(address, options);
  }

  /**
   * Reads the row that a delete removes, unless the unit knows the row with the ETag that the delete requires;
   * `missing` if there is none.
   */
  async forDelete(
    entityOrKey: T | KeyOf<T>,
    etag: string | undefined,
    options: OperationOptions,
  ): Promise<KnownRow | 'missing' | undefined> {
    checkEtag(etag);
    const entity = isEntity(this.#mapper, entityOrKey) ? entityOrKey : undefined;
    const address = this.#rows.of(entityOrKey)?.address ?? this.#mapper.addressOf(entityOrKey);
    const row = this.#rows.at(this.#mapper, address);
    if (row !== undefined && !isLoaded(row) && (row.held.kind !== 'merge' || row.held.known !== undefined))
      return undefined;
    const loaded = entity ?? row?.entity;
    const ifMatch =
      entity === undefined
        ? keyCondition(this.#mapper, entityOrKey, etag)
        : ifMatchOf(this.#mapper, entity, address, etag);
    if (loaded !== undefined && this.#isKnown(loaded, ifMatch)) return undefined;
    const known = await this.#read(address, options);
    if (known !== 'missing' && ifMatch !== '*' && ifMatch !== known.etag)
      throw rowError(this.#mapper, address, 'store.precondition-failed');
    return known;
  }

  /**
   * Returns whether the recorded row of an entity is the one with this ETag; by default, the ETag it was loaded with.
   */
  #isKnown(entity: object, ifMatch?: string): boolean {
    const state = ownState(this.#mapper, entity);
    return state !== undefined && isKnownUnder(state, ifMatch ?? state.etag);
  }

  async #expected(address: Address, ifMatch: string, options: OperationOptions): Promise<KnownRow> {
    const known = await this.#read(address, options);
    if (known === 'missing') throw rowError(this.#mapper, address, 'store.not-found');
    if (ifMatch !== '*' && ifMatch !== known.etag) throw rowError(this.#mapper, address, 'store.precondition-failed');
    return known;
  }

  async #read(address: Address, options: OperationOptions): Promise<KnownRow | 'missing'> {
    return (await readKnown(this.#indexes, address, options, this.#stored)) ?? 'missing';
  }
}

/**
 * Reads the rows of entities that a commit writes under an ETag other than the one they were loaded with, e.g. `*` or
 * an ETag from a client, and whose index entries it therefore does not know. A row that is read for `*` is written
 * under the ETag that it is read with. Throws `store.not-found` for a row that is missing.
 */
export async function readUncertain(rows: IdentityMap, seen: SeenRows, options: OperationOptions): Promise<void> {
  for (const row of rows.all()) {
    const { mapper, entity, address, held } = row;
    const indexes = indexesOf(mapper);
    if (indexes === undefined || entity === undefined || rows.isLocked(row)) continue;
    if (held.kind !== 'difference' && held.kind !== 'replace') continue;
    const asked = askedEtag(row);
    const state = ownState(mapper, entity);
    if (asked === undefined || state === undefined || isKnownUnder(state, asked) || held.known?.etag === asked)
      continue;
    if (held.kind === 'difference' && !indexes.concerns(mapper.differenceOf(entity, state))) {
      if (held.known !== undefined) rows.change(row, { held: { ...held, known: undefined } });
      continue;
    }
    const stored = seen.watch(mapper.rows, mapper.source.table, mapper.store.traits.ordered);
    const known = await readKnown(indexes, address, options, stored);
    if (known === undefined) throw rowError(mapper, address, 'store.not-found');
    rows.change(row, { held: { ...held, known } });
  }
}

/** Returns whether a tracked row was loaded and has no pending write except a save of changes or a replace. */
function isLoaded({ held: { kind } }: TrackedRow): boolean {
  return kind === 'difference' || kind === 'replace';
}
