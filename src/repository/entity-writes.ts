import type { EntityMapper, Remembered, Kept } from '../mapping/entity-mapper.js';
import type { AssignedValues } from '../mapping/patch.js';
import { assignedNames, type Unassigned } from '../mapping/unassigned.js';
import type { KeyOf, PatchOf } from '../metadata/key-types.js';
import type { EntityValidator } from '../validation/entity-validator.js';
import { ifMatchOf, isEntity, keyCondition } from './entity-etag.js';
import type { PreparedWrite, WriteReceipt } from '../store/table-store.js';
import type { ReadyWrite } from '../writing/batch.js';
import { inWordsOf } from './row-error.js';
import { checkChoice } from '../options/check-option.js';
import type { UpsertOptions } from './entity-operations.js';

/** One write of an entity or a key. It records the store's response, such as the new ETag, on the entity. */
export class EntityWrite<T extends object> implements ReadyWrite {
  readonly #mapper: EntityMapper<T>;
  readonly write: PreparedWrite;
  readonly #entity: object | undefined;
  readonly #kept: Kept | undefined;

  /**
   * @param entity - The entity that is written; `undefined` for a write by key.
   * @param kept - Information about the part of the row that the write does not change.
   */
  constructor(mapper: EntityMapper<T>, write: PreparedWrite, entity: object | undefined, kept?: Kept) {
    this.#mapper = mapper;
    this.write = write;
    this.#entity = entity;
    this.#kept = kept;
  }

  get table(): string {
    return this.#mapper.table;
  }

  /** Records on the entity that it was written. */
  written(receipt: WriteReceipt): void {
    if (this.#entity === undefined) return;
    if (this.write.mode === 'delete') this.#mapper.deleted(this.#entity);
    else this.#mapper.written(this.#entity, this.write, receipt, this.#kept);
  }

  /** Translates the store's error for this write into one that names the entity class. */
  refused(error: unknown): unknown {
    return inWordsOf(this.#mapper, this.write, error);
  }
}

/** The mode in which a whole entity is written. */
export type FullWrite =
  | { readonly mode: 'insert' | 'upsert-merge' | 'upsert-replace' }
  | { readonly mode: 'replace'; readonly etag: string | undefined };

/** Creates the writes of one class for each operation. Each write is validated, and encoded only once. */
export class WriteFactory<T extends object> {
  readonly #mapper: EntityMapper<T>;
  readonly #validator: EntityValidator;

  constructor(mapper: EntityMapper<T>, validator: EntityValidator) {
    this.#mapper = mapper;
    this.#validator = validator;
  }

  /** Creates the write of a whole entity. Returns a promise only if the validator does. */
  whole(entity: T, operation: FullWrite): EntityWrite<T> | Promise<EntityWrite<T>> {
    const { mode } = operation;
    const address = this.#mapper.addressOf(entity);
    const condition =
      mode === 'replace' ? { ifMatch: ifMatchOf(this.#mapper, entity, address, operation.etag) } : undefined;
    this.#mapper.checkReceives(entity);
    // A merge must not overwrite stored values with defaults.
    const isMerge = mode === 'upsert-merge';
    if (!isMerge) this.#mapper.properties.setDefaults(entity);
    this.#mapper.properties.checkRequired(entity);
    const unassignedNow = (): Unassigned | undefined => (isMerge ? this.#mapper.unassignedDefaults(entity) : undefined);
    return afterwards(this.validate(entity, unassignedNow()), () => {
      const unassigned = unassignedNow();
      const write = this.#mapper.prepareWhole({ mode, ...condition, ...address }, entity, unassigned);
      // After an upsert only the properties that were sent are known; the others may have been stored before.
      return new EntityWrite(this.#mapper, write, entity, unassigned && { unassigned });
    });
  }

  /**
   * Creates the write of the properties that have changed since the entity was loaded or written; `undefined` if none
   * have.
   */
  async difference(
    entity: T,
    address: { readonly partitionKey: string; readonly rowKey: string },
    ifMatch: string,
    remembered: Remembered,
  ): Promise<EntityWrite<T> | undefined> {
    this.#mapper.checkReceives(entity);
    const { changed, removed, defaults = [], unassigned } = this.#mapper.differenceOf(entity, remembered);
    const values = [...changed, ...defaults];
    if (values.length === 0 && removed.length === 0) return undefined;
    this.#mapper.properties.checkRequired(entity, unassigned);
    await this.validate(entity, unassigned);
    const remove = removed.length > 0 ? { remove: removed } : undefined;
    const write = this.#mapper.prepare({ mode: 'merge', ifMatch, ...address, ...remove }, values, entity);
    return new EntityWrite(this.#mapper, write, entity, { before: remembered.row, unassigned });
  }

  /** Creates the write of some properties of a row that was not read. Returns a promise only if the validator does. */
  merge(key: KeyOf<T>, patch: PatchOf<T>, ifMatch = '*'): EntityWrite<T> | Promise<EntityWrite<T>> {
    const address = this.#mapper.addressOf(key);
    const { changed, removed, assigned } = this.#mapper.patchOf(patch);
    return afterwards(this.validatePatch(assigned), () => {
      const remove = removed.length > 0 ? { remove: removed } : undefined;
      const write = this.#mapper.prepare({ mode: 'merge', ifMatch, ...address, ...remove }, changed);
      return new EntityWrite(this.#mapper, write, undefined);
    });
  }

  delete(entityOrKey: T | KeyOf<T>, etag: string | undefined): EntityWrite<T> {
    const mapper = this.#mapper;
    const address = mapper.addressOf(entityOrKey);
    const entity = isEntity(mapper, entityOrKey) ? entityOrKey : undefined;
    const ifMatch =
      entity === undefined ? keyCondition(mapper, entityOrKey, etag) : ifMatchOf(mapper, entity, address, etag);
    const write = mapper.prepare({ mode: 'delete', ifMatch, ...address }, []);
    return new EntityWrite(mapper, write, entity);
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
}

function afterwards<R>(pending: void | Promise<void>, then: () => R): R | Promise<R> {
  return pending instanceof Promise ? pending.then(then) : then();
}

/** Returns the write mode of an upsert. */
export function upsertMode(mode: NonNullable<UpsertOptions['mode']>): 'upsert-merge' | 'upsert-replace' {
  return `upsert-${checkChoice('mode', mode, ['merge', 'replace'])}`;
}
