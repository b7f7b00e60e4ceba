import type { Items } from '../async/item-reader.js';
import type { EntityMapper } from '../mapping/entity-mapper.js';
import type { KeyOf } from '../metadata/key-types.js';
import type {
  BulkDeleteOptions,
  BulkOptions,
  BulkResult,
  BulkUpsertOptions,
  MergeItem,
} from '../writing/bulk-options.js';
import type { IgnoredRefusal } from '../writing/bulk-transaction.js';
import { ignoredOf, writeBulk } from '../writing/bulk-write.js';
import { upsertMode, type AnyWrite, type WriteFactory } from './write-factory.js';

/** The bulk verbs of one class. See `EntityOperations`. */
export class EntityBulk<T extends object> {
  readonly #mapper: EntityMapper<T>;
  readonly #writes: WriteFactory<T>;

  constructor(mapper: EntityMapper<T>, writes: WriteFactory<T>) {
    this.#mapper = mapper;
    this.#writes = writes;
  }

  async insertMany(entities: Items<T>, options: BulkOptions = {}): Promise<BulkResult<T>> {
    return this.#bulk(entities, (entity) => this.#writes.whole(entity, { mode: 'insert' }), options);
  }

  async upsertMany(entities: Items<T>, { mode = 'merge', ...options }: BulkUpsertOptions = {}): Promise<BulkResult<T>> {
    return this.#bulk(entities, (entity) => this.#writes.whole(entity, { mode: upsertMode(mode) }), options);
  }

  async mergeMany(changes: Items<MergeItem<T>>, options: BulkOptions = {}): Promise<BulkResult<MergeItem<T>>> {
    return this.#bulk(changes, ({ key, patch, etag }) => this.#writes.merge(key, patch, etag), options);
  }

  async deleteMany(
    entitiesOrKeys: Items<T | KeyOf<T>>,
    { missing = 'throw', ...options }: BulkDeleteOptions = {},
  ): Promise<BulkResult<T | KeyOf<T>>> {
    const ignored = ignoredOf(missing);
    return this.#bulk(entitiesOrKeys, (entityOrKey) => this.#writes.delete(entityOrKey, undefined), options, ignored);
  }

  async #bulk<I>(
    items: Items<I>,
    prepare: (item: I) => AnyWrite<T> | Promise<AnyWrite<T>>,
    options: BulkOptions,
    ignored?: IgnoredRefusal,
  ): Promise<BulkResult<I>> {
    const { store } = this.#mapper;
    const { signal, timeout } = options;
    const task = {
      store,
      prepare: this.#writes.bulk(prepare, { signal, timeout }),
      ignored,
      ahead: this.#writes.ahead,
    };
    return writeBulk(items, task, options);
  }
}
