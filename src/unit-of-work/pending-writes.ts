import { indexesOf, type IndexRows, type KnownRow } from '../indexes/index-rows.js';
import { EntitableError } from '../errors/entitable-error.js';
import type { Address } from '../mapping/entity-address.js';
import type { EntityMapper } from '../mapping/entity-mapper.js';
import type { Difference } from '../mapping/entity-properties.js';
import { applyPatch, type AssignedValues } from '../mapping/patch.js';
import { isKnownUnder } from '../mapping/stamp.js';
import type { KeyOf, PatchOf } from '../metadata/key-types.js';
import {
  checkKeyUnchanged,
  ifMatchOf,
  isEntity,
  keyCondition,
  ownState,
  statedEtag,
} from '../repository/entity-etag.js';
import { rowError } from '../repository/row-error.js';
import { checkEtag } from '../store/check-etag.js';
import { afterDelete } from './pending-write.js';
import { addressOfTracked } from './change-set.js';
import { rowTracked, type TrackedRow, type IdentityMap } from './identity-map.js';

/**
 * The writes of one class in a unit of work. Each method records what the commit does with a row, and sends nothing.
 */
export class PendingWrites<T extends object> {
  readonly #mapper: EntityMapper<T>;
  readonly #rows: IdentityMap;
  readonly #indexes: IndexRows | undefined;

  constructor(mapper: EntityMapper<T>, rows: IdentityMap) {
    this.#mapper = mapper;
    this.#rows = rows;
    this.#indexes = indexesOf(mapper);
  }

  /** Records an insert. After a delete of the same row it becomes a replace. */
  insert(entity: T): void {
    this.#mapper.checkReceives(entity);
    const { address, row } = this.#locate(entity);
    if (row === undefined) return this.#rows.set(this.#mapper, address, entity, { kind: 'insert' });
    switch (row.held.kind) {
      case 'delete':
        return this.#rows.change(row, { entity, held: { kind: 'insert', over: row.held } });
      case 'insert':
        if (row.entity === entity) return undefined;
        throw rowError(this.#mapper, address, 'store.already-exists');
      case 'difference':
      case 'replace':
      case 'upsert':
      case 'merge':
        throw rowError(this.#mapper, address, 'store.already-exists');
      default:
        return row.held satisfies never;
    }
  }

  /** Records the changes of a loaded entity, or an insert if the entity is new or was deleted. */
  save(entity: T): void {
    const { row } = this.#locate(entity);
    if (row?.held.kind === 'delete') return this.insert(entity);
    if (row !== undefined) {
      this.#checkSame(row, entity);
      return this.saved(entity);
    }
    if (ownState(this.#mapper, entity) === undefined) return this.insert(entity);
    return this.track(entity, true);
  }

  /**
   * Makes the commit also write the defaults that reading has filled in for properties that the row lacks. Called
   * when the program calls a method such as `save()`, `merge()` or `assign()` for the entity.
   */
  saved(entity: object): void {
    const row = this.#rows.of(entity);
    if (row?.held.kind !== 'difference' || row.held.saved === true || this.#rows.isLocked(row)) return;
    this.#rows.change(row, { held: { ...row.held, saved: true } });
  }

  /**
   * Tracks an entity that was loaded or written outside the unit. The commit writes the properties that differ from
   * those of the row.
   */
  track(entity: T, saved = false): void {
    const known = this.#rows.of(entity);
    if (known !== undefined) return;
    const state = ownState(this.#mapper, entity);
    if (state === undefined) throw this.#unknown();
    this.#mapper.checkReceives(entity);
    const address = checkKeyUnchanged(this.#mapper, state, this.#mapper.addressOf(entity));
    const row = this.#rows.at(this.#mapper, address);
    if (row !== undefined) throw rowTracked(this.#mapper, row);
    this.#rows.set(this.#mapper, address, entity, { kind: 'difference', saved });
  }

  /** Makes the commit check that the row of an entity still has the ETag that the entity was read with. */
  require(entity: T): void {
    if (this.#rows.of(entity) === undefined) this.track(entity);
    const row = this.#rows.of(entity)!;
    if (row.held.kind === 'insert' && row.held.over === undefined) return; // an insert fails anyway if the row exists
    const etag = statedEtag(this.#mapper, entity) ?? ownState(this.#mapper, entity)?.etag;
    if (etag === undefined) throw this.#unknown();
    this.#rows.require(row, etag);
  }

  /** Records a replace that requires the entity's ETag. */
  replace(entity: T, etag: string | undefined, known?: KnownRow): void {
    checkEtag(etag);
    this.#mapper.checkReceives(entity);
    const { address, row } = this.#locate(entity);
    const conditional = (): void => {
      const ifMatch = known?.etag ?? ifMatchOf(this.#mapper, entity, address, etag);
      this.#rows.set(this.#mapper, address, entity, { kind: 'replace', ifMatch, known });
    };
    if (row === undefined) return conditional();
    if (row.held.kind === 'delete') throw rowError(this.#mapper, address, 'store.not-found');
    this.#checkSame(row, entity);
    switch (row.held.kind) {
      case 'difference':
        return conditional();
      case 'replace':
        return this.#rows.change(row, {
          held: { kind: 'replace', ifMatch: known?.etag ?? etag ?? row.held.ifMatch, known: known ?? row.held.known },
        });
      case 'upsert':
        return this.#rows.change(row, { held: { ...row.held, mode: 'upsert-replace' } });
      case 'insert':
      case 'merge':
        return undefined;
      default:
        return row.held satisfies never;
    }
  }

  /** Records an upsert. `known` is the row as it was read, or `missing`, for a class with indexes. */
  upsert(entity: T, mode: 'upsert-merge' | 'upsert-replace', known?: KnownRow | 'missing'): void {
    this.#mapper.checkReceives(entity);
    const { address, row } = this.#locate(entity);
    if (row?.held.kind === 'delete') return this.insert(entity);
    if (row !== undefined) this.#checkSame(row, entity);
    if (row?.held.kind === 'insert' || row?.held.kind === 'replace') return;
    const read = known ?? (row?.held.kind === 'upsert' ? row.held.known : this.#remembered(row?.entity));
    this.#rows.set(this.#mapper, address, entity, { kind: 'upsert', mode, known: read });
  }

  /** Assigns the patch to the entity if the unit has loaded it. Otherwise records a merge by key. */
  merge(key: KeyOf<T>, patch: PatchOf<T>, etag: string | undefined, known?: KnownRow): void {
    checkEtag(etag);
    const address = this.#mapper.addressOf(key);
    const { assigned, ...difference } = this.#mapper.patchOf(patch);
    const row = this.#rows.at(this.#mapper, address);
    if (row?.held.kind === 'delete') throw rowError(this.#mapper, address, 'store.not-found');
    if (row?.entity !== undefined) return this.#mergeInto(row, row.entity, assigned, { difference, etag, known });
    const before = row?.held.kind === 'merge' ? row.held : undefined;
    this.#rows.set(this.#mapper, address, undefined, {
      kind: 'merge',
      ifMatch: known?.etag ?? (etag === '*' ? undefined : etag) ?? before?.ifMatch ?? '*',
      known: known ?? before?.known,
      patch: { ...before?.patch, ...assigned },
      difference: before === undefined ? difference : bothOf(before.difference, difference),
    });
  }

  /**
   * Records a delete. After an insert in the same unit, nothing is left to send. Returns `false` if the row was already
   * deleted.
   */
  delete(entityOrKey: T | KeyOf<T>, etag: string | undefined, missing: 'throw' | 'ignore', known?: KnownRow): boolean {
    checkEtag(etag);
    const entity = isEntity(this.#mapper, entityOrKey) ? (entityOrKey as T) : undefined;
    const { address, row } = this.#locate(entityOrKey);
    if (row?.held.kind === 'delete') {
      if (missing === 'ignore') return false;
      throw rowError(this.#mapper, address, 'store.not-found');
    }
    if (entity !== undefined && row !== undefined) this.#checkSame(row, entity);
    const ifMatch = known?.etag ?? this.#deleteCondition(entityOrKey, entity, address, row, etag);
    const left = afterDelete(row?.held, {
      kind: 'delete',
      ifMatch,
      missing,
      known:
        known ?? this.#remembered(row?.entity ?? entity, row?.held.kind === 'replace' ? row.held.ifMatch : ifMatch),
    });
    if (left !== undefined && left.known === undefined && this.#indexes !== undefined) throw this.#mustRead();
    if (left !== undefined) this.#rows.set(this.#mapper, address, (row?.entity as T | undefined) ?? entity, left);
    else if (row !== undefined) this.#rows.forget(row);
    return true;
  }

  #deleteCondition(
    entityOrKey: object,
    entity: T | undefined,
    address: Address,
    row: TrackedRow | undefined,
    etag: string | undefined,
  ): string {
    if (entity === undefined) return keyCondition(this.#mapper, entityOrKey, etag);
    // A pending write other than a `difference` already has its If-Match condition, or needs none.
    const needsOwn = row === undefined || row.held.kind === 'difference';
    return needsOwn ? ifMatchOf(this.#mapper, entity, address, etag) : (etag ?? '*');
  }

  #mergeInto(
    row: TrackedRow,
    entity: object,
    assigned: AssignedValues,
    { difference: { removed }, etag, known }: MergeInto,
  ): void {
    const isStored = row.held.kind === 'difference' || row.held.kind === 'replace';
    if (etag !== undefined && isStored)
      this.#rows.change(row, { held: { ...row.held, ifMatch: known?.etag ?? etag, known: known ?? row.held.known } });
    else if (etag !== undefined && etag !== '*') throw rowError(this.#mapper, row.address, 'store.precondition-failed');
    if (removed.length > 0 && row.held.kind === 'upsert' && row.held.mode === 'upsert-merge')
      throw this.#cannotRemove();
    applyPatch(entity, assigned);
    this.saved(entity);
  }

  /** Returns the row of an entity of a class with indexes as it was loaded, if it was loaded under this ETag. */
  #remembered(entity: object | undefined, ifMatch?: string): KnownRow | undefined {
    const state = this.#indexes && entity && ownState(this.#mapper, entity);
    if (state === undefined || !isKnownUnder(state, ifMatch ?? state.etag)) return undefined;
    return { etag: state.etag, row: state.row, values: this.#indexes!.retained(state.row) };
  }

  /** Returns the address of an entity or a key, with the row that is tracked there. Throws `key.changed`. */
  #locate(entityOrKey: T | KeyOf<T>): { readonly address: Address; readonly row: TrackedRow | undefined } {
    const own = this.#rows.of(entityOrKey);
    if (own !== undefined) return { address: addressOfTracked(this.#mapper, own), row: own };
    const address = this.#mapper.addressOf(entityOrKey);
    return { address, row: this.#rows.at(this.#mapper, address) };
  }

  #checkSame(row: TrackedRow, entity: object): void {
    if (row.entity !== entity) throw rowTracked(this.#mapper, row);
  }

  /**
   * Creates the error for a merge that removes properties of a row for which a merging upsert is pending. The content
   * of that row is unknown, so the upsert would leave the properties in place.
   */
  #cannotRemove(): EntitableError {
    const { className } = this.#mapper.metadata;
    return new EntitableError(
      'commit.not-in-unit',
      `This unit of work holds an upsert of the same ${className}, which cannot remove properties, so a merge that does cannot join it. ` +
        "commit() first, or upsert with { mode: 'replace' }.",
      { verb: 'merge()' },
    );
  }

  /** Creates the error for a delete whose row must be read first, where there is no time to read it. */
  #mustRead(): EntitableError {
    const { className } = this.#mapper.metadata;
    return new EntitableError(
      'commit.not-in-unit',
      `${className} has indexes, and which of their entries this delete removes depends on the row, which this unit of work has not loaded. ` +
        'Load the entity first, or call delete() of a repository of the unit, which reads the row.',
      { verb: 'delete()' },
    );
  }

  #unknown(): EntitableError {
    const { className } = this.#mapper.metadata;
    return new EntitableError(
      'entity.no-etag',
      `This ${className} was not loaded or written here, so there is no row to compare it with. Read it, insert() it, upsert() it, or save() it with its ETag.`,
      { className },
    );
  }
}

/** A merge into a row whose entity the unit has. */
interface MergeInto {
  readonly difference: Difference;
  readonly etag: string | undefined;
  readonly known: KnownRow | undefined;
}

/** Combines two successive patches of a row. What the second patch sets or removes overrides the first. */
function bothOf(first: Difference, second: Difference): Difference {
  const named = new Set([...second.changed.map(({ property }) => property.storedName), ...second.removed]);
  return {
    changed: [...first.changed.filter(({ property }) => !named.has(property.storedName)), ...second.changed],
    removed: [...first.removed.filter((name) => !named.has(name)), ...second.removed],
  };
}
