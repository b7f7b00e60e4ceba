import type { EntityMapper, Remembered, Kept } from '../mapping/entity-mapper.js';
import type { Said } from '../mapping/patch.js';
import { saidNames, type Unsaid } from '../mapping/unsaid.js';
import type { KeyOf, PatchOf } from '../metadata/key-types.js';
import type { EntityValidator } from '../validation/entity-validator.js';
import { ifMatchOf, isEntity, keyCondition } from './entity-etag.js';
import type { PreparedWrite, WriteReceipt } from '../store/table-store.js';
import type { ReadyWrite } from '../writing/batch.js';
import { inWordsOf } from './row-error.js';
import { checkChoice } from '../options/check-option.js';
import type { UpsertOptions } from './entity-operations.js';

/** A write of one class, and what the store's answer makes of its entity. */
export class EntityWrite<T extends object> implements ReadyWrite {
  readonly #mapper: EntityMapper<T>;
  readonly write: PreparedWrite;
  readonly #entity: object | undefined;
  readonly #kept: Kept | undefined;

  /**
   * @param entity What is written, where it is an entity and no key.
   * @param kept What the write leaves as it is, of an entity.
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

  /** Tells the entity that it was written. */
  written(receipt: WriteReceipt): void {
    if (this.#entity === undefined) return;
    if (this.write.mode === 'delete') this.#mapper.deleted(this.#entity);
    else this.#mapper.written(this.#entity, this.write, receipt, this.#kept);
  }

  /** A refusal of it, in the words of its class. */
  refused(error: unknown): unknown {
    return inWordsOf(this.#mapper, this.write, error);
  }
}

/** How an entity is written as a whole. */
export type FullWrite =
  | { readonly mode: 'insert' | 'upsert-merge' | 'upsert-replace' }
  | { readonly mode: 'replace'; readonly etag: string | undefined };

/** What each verb of one class writes: checked, and encoded once. */
export class WriteFactory<T extends object> {
  readonly #mapper: EntityMapper<T>;
  readonly #validator: EntityValidator;

  constructor(mapper: EntityMapper<T>, validator: EntityValidator) {
    this.#mapper = mapper;
    this.#validator = validator;
  }

  /** Everything that an entity has; at once, where nothing has to be waited for to validate it. */
  whole(entity: T, operation: FullWrite): EntityWrite<T> | Promise<EntityWrite<T>> {
    const { mode } = operation;
    const address = this.#mapper.addressOf(entity);
    const condition =
      mode === 'replace' ? { ifMatch: ifMatchOf(this.#mapper, entity, address, operation.etag) } : undefined;
    this.#mapper.checkReceives(entity);
    // A merge must not write defaults over what the row has.
    const isMerge = mode === 'upsert-merge';
    if (!isMerge) this.#mapper.properties.setDefaults(entity);
    this.#mapper.properties.checkRequired(entity);
    const unsaidNow = (): Unsaid | undefined => (isMerge ? this.#mapper.unsaidDefaults(entity) : undefined);
    return afterwards(this.validate(entity, unsaidNow()), () => {
      const unsaid = unsaidNow();
      const write = this.#mapper.prepareWhole({ mode, ...condition, ...address }, entity, unsaid);
      // An upsert does not tell what the row held before: only what was sent is known of it.
      return new EntityWrite(this.#mapper, write, entity, unsaid && { unsaid });
    });
  }

  /** What an entity has changed since it had a row; `undefined` when that is nothing. */
  async difference(
    entity: T,
    address: { readonly partitionKey: string; readonly rowKey: string },
    ifMatch: string,
    remembered: Remembered,
  ): Promise<EntityWrite<T> | undefined> {
    this.#mapper.checkReceives(entity);
    const { changed, removed, defaults = [], unsaid } = this.#mapper.differenceOf(entity, remembered);
    const values = [...changed, ...defaults];
    if (values.length === 0 && removed.length === 0) return undefined;
    this.#mapper.properties.checkRequired(entity, unsaid);
    await this.validate(entity, unsaid);
    const remove = removed.length > 0 ? { remove: removed } : undefined;
    const write = this.#mapper.prepare({ mode: 'merge', ifMatch, ...address, ...remove }, values, entity);
    return new EntityWrite(this.#mapper, write, entity, { before: remembered.row, unsaid });
  }

  /** Some properties of a row that was not read; at once, where nothing has to be waited for to validate them. */
  merge(key: KeyOf<T>, patch: PatchOf<T>, ifMatch = '*'): EntityWrite<T> | Promise<EntityWrite<T>> {
    const address = this.#mapper.addressOf(key);
    const { changed, removed, said } = this.#mapper.patchOf(patch);
    return afterwards(this.validatePatch(said), () => {
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

  /** Throws `validation.failed` for a constraint of what the entity says. */
  validate(entity: object, unsaid?: Unsaid): void | Promise<void> {
    const { metadata } = this.#mapper;
    return this.#validator.validate(entity, metadata.entityClass, unsaid && saidNames(metadata, entity, unsaid));
  }

  /** Throws `validation.failed` for a constraint of what a patch changes. */
  validatePatch(said: Said): void | Promise<void> {
    return this.#validator.validate(said, this.#mapper.metadata.entityClass, Object.keys(said));
  }
}

function afterwards<R>(pending: void | Promise<void>, then: () => R): R | Promise<R> {
  return pending instanceof Promise ? pending.then(then) : then();
}

/** How an upsert is written. */
export function upsertMode(mode: NonNullable<UpsertOptions['mode']>): 'upsert-merge' | 'upsert-replace' {
  return `upsert-${checkChoice('mode', mode, ['merge', 'replace'])}`;
}
