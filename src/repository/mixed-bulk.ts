import type { EntityClass } from '../metadata/key-types.js';
import type { EntityValidator } from '../validation/entity-validator.js';
import type { BulkDeleteOptions, BulkOptions, BulkResult, BulkUpsertOptions } from '../writing/bulk-options.js';
import type { Items } from '../async/item-reader.js';
import type { IgnoredRefusal } from '../writing/bulk-transaction.js';
import { ignoredOf, writeBulk } from '../writing/bulk-write.js';
import { classOfEntity } from './class-of-entity.js';
import type { EntityMappers } from './entity-mappers.js';
import type { EntityWrite } from './entity-writes.js';
import { WriteFactory, upsertMode, READS_AHEAD, type AnyWrite } from './write-factory.js';

/** Bulk writes of entities of any classes in one data source, in transactions of one table and one partition each. */
export class MixedBulk {
  readonly #mappers: EntityMappers;
  readonly #validator: EntityValidator;
  readonly #writes = new Map<EntityClass, WriteFactory<object>>();

  constructor(mappers: EntityMappers, validator: EntityValidator) {
    this.#mappers = mappers;
    this.#validator = validator;
  }

  async insertMany<T extends object>(entities: Items<T>, options: BulkOptions = {}): Promise<BulkResult<T>> {
    return this.#bulk(entities, (writes, entity) => writes.whole(entity, { mode: 'insert' }), options);
  }

  async upsertMany<T extends object>(entities: Items<T>, given: BulkUpsertOptions = {}): Promise<BulkResult<T>> {
    const { mode = 'merge', ...options } = given;
    const known = upsertMode(mode);
    return this.#bulk(entities, (writes, entity) => writes.whole(entity, { mode: known }), options);
  }

  async deleteMany<T extends object>(entities: Items<T>, given: BulkDeleteOptions = {}): Promise<BulkResult<T>> {
    const { missing = 'throw', ...options } = given;
    return this.#bulk(entities, (writes, entity) => writes.delete(entity, undefined), options, ignoredOf(missing));
  }

  #bulk<T extends object>(
    entities: Items<T>,
    prepare: (writes: WriteFactory<object>, entity: T) => AnyWrite<object> | Promise<AnyWrite<object>>,
    options: BulkOptions,
    ignored?: IgnoredRefusal,
  ): Promise<BulkResult<T>> {
    const { signal, timeout } = options;
    const prepares = new Map<WriteFactory<object>, (entity: T) => EntityWrite<object> | Promise<EntityWrite<object>>>();
    const prepareOf = (writes: WriteFactory<object>) => {
      let own = prepares.get(writes);
      if (own === undefined)
        prepares.set(writes, (own = writes.bulk((entity: T) => prepare(writes, entity), { signal, timeout })));
      return own;
    };
    const task = {
      store: this.#mappers.store,
      prepare: (entity: T) => prepareOf(this.#writesOf(entity))(entity),
      ignored,
      ahead: READS_AHEAD,
    };
    return writeBulk(entities, task, options);
  }

  #writesOf(entity: unknown): WriteFactory<object> {
    const entityClass = classOfEntity('A bulk write', entity, 'Make one, e.g. by create({ … }) of its repository.');
    const known = this.#writes.get(entityClass);
    if (known !== undefined) return known;
    const writes = new WriteFactory(this.#mappers.of(entityClass), this.#validator);
    this.#writes.set(entityClass, writes);
    return writes;
  }
}
