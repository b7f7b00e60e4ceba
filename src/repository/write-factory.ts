import { indexesOf, type IndexRows } from '../indexes/index-rows.js';
import type { IndexedValues } from '../indexes/index-entry.js';
import type { Address } from '../mapping/entity-address.js';
import type { EntityMapper, Kept, Remembered, WriteTarget } from '../mapping/entity-mapper.js';
import type { Difference } from '../mapping/entity-properties.js';
import type { AssignedValues } from '../mapping/patch.js';
import type { PropertyValue } from '../mapping/property-check.js';
import { assignedNames, type Unassigned } from '../mapping/unassigned.js';
import { isKnownUnder } from '../mapping/stamp.js';
import type { KeyOf, PatchOf } from '../metadata/key-types.js';
import type { OperationOptions } from '../options/operation-options.js';
import { checkChoice } from '../options/check-option.js';
import type { RetainedRow } from '../store/row.js';
import type { PreparedWrite } from '../store/table-store.js';
import type { EntityValidator } from '../validation/entity-validator.js';
import { ifMatchOf, isEntity, keyCondition, ownState } from './entity-etag.js';
import type { UpsertOptions } from './entity-operations.js';
import { EntityWrite, KnowingWrite } from './entity-writes.js';

/** The mode of a write of a whole entity. */
export type FullWrite =
  | { readonly mode: 'insert' | 'upsert-merge' | 'upsert-replace' }
  | { readonly mode: 'replace'; readonly etag: string | undefined };

/** A write that is ready to be sent, or one whose row is read first. */
export type AnyWrite<T extends object> = EntityWrite<T> | KnowingWrite<T>;

/**
 * Creates the writes of one class for each operation. Each write is validated, and encoded only once, except for those
 * of a class with indexes whose row is read first.
 */
export class WriteFactory<T extends object> {
  readonly #mapper: EntityMapper<T>;
  readonly #validator: EntityValidator;
  readonly indexes: IndexRows | undefined;
  /** The number of items of a bulk write that are prepared at the same time. */
  readonly ahead: number | undefined;

  constructor(mapper: EntityMapper<T>, validator: EntityValidator) {
    this.#mapper = mapper;
    this.#validator = validator;
    this.indexes = indexesOf(mapper);
    this.ahead = this.indexes && READS_AHEAD;
  }

  /** Makes the write of a whole entity. It returns a promise only if the validator does. */
  whole(entity: T, operation: FullWrite): AnyWrite<T> | Promise<AnyWrite<T>> {
    const mapper = this.#mapper;
    const { mode } = operation;
    const address = mapper.addressOf(entity);
    const condition = mode === 'replace' ? { ifMatch: ifMatchOf(mapper, entity, address, operation.etag) } : undefined;
    mapper.checkReceives(entity);
    // A merge must not overwrite stored values with defaults.
    const isMerge = mode === 'upsert-merge';
    if (!isMerge) mapper.properties.setDefaults(entity);
    mapper.properties.checkRequired(entity);
    const unassignedNow = (): Unassigned | undefined => (isMerge ? mapper.unassignedDefaults(entity) : undefined);
    return afterwards(this.validate(entity, unassignedNow()), () => {
      const unassigned = unassignedNow();
      const target = { mode, ...condition, ...address };
      const written: PropertyValue[] | undefined = this.indexes && [];
      const write = mapper.prepareWhole(target, entity, unassigned, written);
      // After an upsert only the properties that were sent are known; the others may have been stored before.
      const kept = unassigned && { unassigned };
      if (this.indexes === undefined) return new EntityWrite(mapper, write, entity, kept);
      const all: Whole = { entity, written: written!, kept };
      if (mode === 'insert') return this.#whole(write, all);
      const row = mode === 'replace' ? this.#rememberedRow(entity, target.ifMatch!) : undefined;
      if (row !== undefined) return this.#whole(write, all, this.indexes.retained(row));
      return new KnowingWrite(mapper, address, condition?.ifMatch, (known) => {
        if (known === undefined)
          return this.#whole(mapper.prepare({ mode: 'insert', ...address }, written!, entity), all);
        const under: WriteTarget = { mode: isMerge ? 'merge' : 'replace', ifMatch: known.etag, ...address };
        const before = { unassigned, before: isMerge ? known.row : undefined };
        return this.#whole(mapper.prepare(under, written!, entity), { ...all, kept: before }, known.values);
      });
    });
  }

  /**
   * Makes the write of the properties that changed since the entity was loaded or written; `undefined` if there is no
   * change.
   */
  async difference(
    entity: T,
    address: Address,
    ifMatch: string,
    remembered: Remembered & { readonly etag: string },
  ): Promise<AnyWrite<T> | undefined> {
    const mapper = this.#mapper;
    mapper.checkReceives(entity);
    const { changed, removed, defaults = [], unassigned } = mapper.differenceOf(entity, remembered);
    const difference = { changed: [...changed, ...defaults], removed };
    if (difference.changed.length === 0 && removed.length === 0) return undefined;
    mapper.properties.checkRequired(entity, unassigned);
    await this.validate(entity, unassigned);
    // The ETag is decoded from the loaded row, so it is compared only for a class whose index entries depend on it.
    const isKnown = this.indexes === undefined || isKnownUnder(remembered, ifMatch);
    const kept = { before: remembered.row, isBeforeUncertain: !isKnown, unassigned };
    const merge: Merge = { address, difference, entity, kept };
    if (!this.#concerns(difference)) return this.#merge(merge, ifMatch);
    if (isKnown) return this.#merge(merge, ifMatch, this.indexes!.retained(remembered.row));
    this.#merge(merge, ifMatch); // checks the values before any request
    return new KnowingWrite(mapper, address, ifMatch, (known) =>
      this.#merge({ ...merge, kept: { before: known!.row, unassigned } }, known!.etag, known!.values),
    );
  }

  /** Makes the write of some properties of a row that was not read. It returns a promise only if the validator does. */
  merge(key: KeyOf<T>, patch: PatchOf<T>, ifMatch = '*'): AnyWrite<T> | Promise<AnyWrite<T>> {
    const address = this.#mapper.addressOf(key);
    const { assigned, ...difference } = this.#mapper.patchOf(patch);
    return afterwards(this.validatePatch(assigned), () => {
      const merge: Merge = { address, difference };
      const blind = this.#merge(merge, ifMatch);
      if (!this.#concerns(difference)) return blind;
      return new KnowingWrite(this.#mapper, address, ifMatch, (known) =>
        this.#merge(merge, known!.etag, known!.values),
      );
    });
  }

  /** Makes the delete of an entity or a key. */
  delete(entityOrKey: T | KeyOf<T>, etag: string | undefined): AnyWrite<T> {
    const mapper = this.#mapper;
    const address = mapper.addressOf(entityOrKey);
    const entity = isEntity(mapper, entityOrKey) ? entityOrKey : undefined;
    const ifMatch =
      entity === undefined ? keyCondition(mapper, entityOrKey, etag) : ifMatchOf(mapper, entity, address, etag);
    const deleting = (condition: string, before?: IndexedValues): EntityWrite<T> => {
      const write = mapper.prepare({ mode: 'delete', ifMatch: condition, ...address }, []);
      return this.#withEntries(write, { entity, address, before });
    };
    if (this.indexes === undefined) return deleting(ifMatch);
    const row = entity && this.#rememberedRow(entity, ifMatch);
    if (row !== undefined) return deleting(ifMatch, this.indexes.retained(row));
    return new KnowingWrite(mapper, address, ifMatch, (known) => deleting(known!.etag, known!.values));
  }

  /** Returns the function that prepares the items of a bulk write; it reads the rows on which their writes depend. */
  bulk<I>(
    prepare: (item: I) => AnyWrite<T> | Promise<AnyWrite<T>>,
    options: OperationOptions,
  ): (item: I) => EntityWrite<T> | Promise<EntityWrite<T>> {
    const { indexes } = this;
    if (indexes === undefined) return prepare as (item: I) => EntityWrite<T> | Promise<EntityWrite<T>>;
    const ready = (write: AnyWrite<T>): EntityWrite<T> | Promise<EntityWrite<T>> =>
      write instanceof KnowingWrite ? write.prepare(indexes, options) : write;
    return (item) => {
      const write = prepare(item);
      return write instanceof Promise ? write.then(ready) : ready(write);
    };
  }

  /** Validates the properties that an entity has. Throws `validation.failed`. */
  validate(entity: object, unassigned?: Unassigned): void | Promise<void> {
    const { metadata } = this.#mapper;
    return this.#validator.validate(
      entity,
      metadata.entityClass,
      unassigned && assignedNames(metadata, entity, unassigned),
    );
  }

  /** Validates the properties that a patch changes. Throws `validation.failed`. */
  validatePatch(assigned: AssignedValues): void | Promise<void> {
    return this.#validator.validate(assigned, this.#mapper.metadata.entityClass, Object.keys(assigned));
  }

  /**
   * Adds to the write of a whole entity the index entries that it changes. `before` holds the row's values before it.
   */
  #whole(write: PreparedWrite, { entity, written, kept }: Whole, before?: IndexedValues): EntityWrite<T> {
    const { partitionKey, rowKey, mode } = write;
    const address = { partitionKey, rowKey };
    const after = this.indexes!.afterWhole(address, written, mode === 'merge' ? before : undefined);
    return this.#withEntries(write, { entity, kept, address, before, after });
  }

  #merge({ address, difference, entity, kept }: Merge, ifMatch: string, before?: IndexedValues): EntityWrite<T> {
    const { changed, removed } = difference;
    const remove = removed.length > 0 ? { remove: removed } : undefined;
    const write = this.#mapper.prepare({ mode: 'merge', ifMatch, ...address, ...remove }, changed, entity);
    const after = before && this.indexes!.afterMerge(before, difference);
    return this.#withEntries(write, { entity, kept, address, before, after });
  }

  /** Makes a write with the entries that it changes in the indexes of the class. */
  #withEntries(write: PreparedWrite, { entity, kept, address, before, after }: Indexed): EntityWrite<T> {
    if (before === undefined && after === undefined) return new EntityWrite(this.#mapper, write, entity, kept);
    return new EntityWrite(this.#mapper, write, entity, kept, this.indexes!.entries(address, before, after));
  }

  #concerns(difference: Difference): boolean {
    return this.indexes?.concerns(difference) === true;
  }

  /** Returns the recorded row of an entity if it is the row with this ETag. */
  #rememberedRow(entity: object, ifMatch: string): RetainedRow | undefined {
    const state = ownState(this.#mapper, entity);
    return state && isKnownUnder(state, ifMatch) ? state.row : undefined;
  }
}

/** Maximum number of rows that a bulk write reads at the same time for writes that depend on them. */
export const READS_AHEAD = 16;

/** The write of a whole entity. */
interface Whole {
  readonly entity: object;
  /** The values that are written, as they were when the write was requested. */
  readonly written: readonly PropertyValue[];
  readonly kept?: Kept | undefined;
}

/** The values of an entity before and after its write, as its indexes need them. */
interface Indexed {
  readonly entity: object | undefined;
  readonly kept?: Kept | undefined;
  readonly address: Address;
  readonly before: IndexedValues | undefined;
  readonly after?: IndexedValues | undefined;
}

/** A write of only the changed properties. */
interface Merge {
  readonly address: Address;
  readonly difference: Difference;
  readonly entity?: object | undefined;
  readonly kept?: Kept | undefined;
}

function afterwards<R>(pending: void | Promise<void>, then: () => R): R | Promise<R> {
  return pending instanceof Promise ? pending.then(then) : then();
}

/** Returns the write mode of an upsert. */
export function upsertMode(mode: NonNullable<UpsertOptions['mode']>): 'upsert-merge' | 'upsert-replace' {
  return `upsert-${checkChoice('mode', mode, ['merge', 'replace'])}`;
}
