import { EntitableError } from '../errors/entitable-error.js';
import type { Address } from '../mapping/entity-address.js';
import type { Difference, EntityMapper } from '../mapping/entity-mapper.js';
import { stateOf } from '../mapping/stamp.js';
import type { KeyOf, PartitionKeyOf } from '../metadata/brands.js';
import type { PatchOf } from '../metadata/entity-types.js';
import { checkCount } from '../query/check-option.js';
import { matchWrites, type MatchWrites } from '../query/match-writes.js';
import { partitionQuery, tableQuery } from '../query/query-factory.js';
import type { Query } from '../query/query.js';
import type { RetainedRow } from '../store/row.js';
import type { OperationOptions, PreparedWrite, WriteReceipt } from '../store/table-store.js';
import type { EntityValidator } from '../validation/entity-validator.js';
import { checkKeyUnchanged, conditionOf, ownState, statedEtag } from './entity-condition.js';
import { mapConcurrently } from './map-concurrently.js';
import { modify } from './modify.js';
import { inWordsOf, rowError } from './row-error.js';
import type {
  ConditionOptions,
  DeleteOptions,
  EntitySession,
  GetManyOptions,
  ModifyOptions,
  UpsertOptions,
} from './session.js';

/** The verbs of one class, each carried out at once. */
export class DirectEntitySession<T extends object> implements EntitySession<T> {
  readonly #mapper: EntityMapper<T>;
  readonly #validator: EntityValidator;

  constructor(mapper: EntityMapper<T>, validator: EntityValidator) {
    this.#mapper = mapper;
    this.#validator = validator;
  }

  async get(key: KeyOf<T>, options?: OperationOptions): Promise<T | undefined> {
    const { partitionKey, rowKey } = this.#mapper.addressOf(key);
    return this.#mapper.rows.get(partitionKey, rowKey, this.#mapper.decode, undefined, options);
  }

  async getMany(
    keys: Iterable<KeyOf<T>>,
    { concurrency = 16, ...options }: GetManyOptions = {},
  ): Promise<(T | undefined)[]> {
    checkCount('concurrency', concurrency, 1);
    // Every key is checked before the first request.
    const addresses = Array.from(keys, (key) => this.#mapper.addressOf(key));
    return mapConcurrently(addresses, concurrency, ({ partitionKey, rowKey }) =>
      this.#mapper.rows.get(partitionKey, rowKey, this.#mapper.decode, undefined, options),
    );
  }

  async exists(key: KeyOf<T>, options?: OperationOptions): Promise<boolean> {
    const { partitionKey, rowKey } = this.#mapper.addressOf(key);
    const keysOnly = { select: [], etag: false };
    return (await this.#mapper.rows.get(partitionKey, rowKey, () => true, keysOnly, options)) ?? false;
  }

  async refresh(entity: T, options?: OperationOptions): Promise<T> {
    const address = this.#mapper.addressOf(entity);
    const fill = this.#mapper.fill;
    const found = await this.#mapper.rows.get(
      address.partitionKey,
      address.rowKey,
      (row) => (fill(entity, row), true),
      undefined,
      options,
    );
    if (found === undefined) throw rowError(this.#mapper, address, 'store.not-found');
    return entity;
  }

  query(partition: PartitionKeyOf<T> | readonly PartitionKeyOf<T>[]): Query<T> {
    const partitions: readonly object[] = Array.isArray(partition) ? partition : [partition];
    return partitionQuery(
      this.#mapper,
      partitions.map((key) => this.#mapper.partitionOf(key)),
      this.#matchWrites(),
    );
  }

  scan(): Query<T> {
    return tableQuery(this.#mapper, this.#matchWrites());
  }

  async insert(entity: T, options?: OperationOptions): Promise<T> {
    return this.#writeWhole(entity, { mode: 'insert' }, options);
  }

  async upsert(entity: T, { mode = 'merge', ...options }: UpsertOptions = {}): Promise<T> {
    return this.#writeWhole(entity, { mode: upsertMode(mode) }, options);
  }

  async replace(entity: T, { etag, ...options }: ConditionOptions = {}): Promise<T> {
    const ifMatch = conditionOf(this.#mapper, entity, this.#mapper.addressOf(entity), etag);
    return this.#writeWhole(entity, { mode: 'replace', ifMatch }, options);
  }

  async save(entity: T, options?: OperationOptions): Promise<T> {
    const composed = this.#mapper.addressOf(entity);
    const state = ownState(this.#mapper, entity);
    if (state !== undefined) {
      const address = checkKeyUnchanged(this.#mapper, state, composed);
      return this.#mergeDifference(entity, address, statedEtag(this.#mapper, entity) ?? state.etag, state.row, options);
    }
    const etag = stateOf(entity) === undefined ? statedEtag(this.#mapper, entity) : undefined;
    if (etag === undefined) return this.insert(entity, options);
    await this.#validate(entity);
    const row = await this.#readUnder(etag, composed, options);
    return this.#mergeDifference(entity, composed, etag, row, options);
  }

  async merge(
    key: KeyOf<T>,
    patch: PatchOf<T>,
    { etag = '*', ...options }: ConditionOptions = {},
  ): Promise<WriteReceipt> {
    const address = this.#mapper.addressOf(key);
    const { changed, removed } = this.#mapper.patchOf(patch);
    await this.#validator.validate(patch, this.#mapper.metadata.entityClass, Object.keys(patch));
    const write = this.#mapper.prepare(
      { mode: 'merge', ...address, ifMatch: etag, ...(removed.length > 0 && { remove: removed }) },
      changed,
    );
    return this.#submit(write, options);
  }

  async delete(
    entityOrKey: T | KeyOf<T>,
    { etag, missing = 'throw', ...options }: DeleteOptions = {},
  ): Promise<boolean> {
    const address = this.#mapper.addressOf(entityOrKey);
    const isEntity = this.#isEntity(entityOrKey);
    const ifMatch = isEntity
      ? conditionOf(this.#mapper, entityOrKey, address, etag)
      : (etag ?? statedEtag(this.#mapper, entityOrKey) ?? '*');
    try {
      await this.#submit(this.#mapper.prepare({ mode: 'delete', ...address, ifMatch }, []), options);
    } catch (error) {
      if (missing === 'ignore' && EntitableError.is(error, 'store.not-found')) return false;
      throw error;
    }
    if (isEntity) this.#mapper.deleted(entityOrKey);
    return true;
  }

  async modify(key: KeyOf<T>, change: (entity: T) => unknown, options: ModifyOptions = {}): Promise<T> {
    return modify(
      async () =>
        (await this.get(key, options)) ??
        Promise.reject(rowError(this.#mapper, this.#mapper.addressOf(key), 'store.not-found')),
      change,
      (entity) => this.save(entity, options),
      options,
    );
  }

  /** Writes everything that an entity has. */
  async #writeWhole(
    entity: T,
    operation: { readonly mode: 'insert' | 'replace' | 'upsert-merge' | 'upsert-replace'; readonly ifMatch?: string },
    options: OperationOptions | undefined,
  ): Promise<T> {
    const address = this.#mapper.addressOf(entity);
    this.#mapper.checkReceives(entity);
    await this.#validate(entity);
    const write = this.#mapper.prepare({ ...operation, ...address }, this.#mapper.valuesOf(entity), entity);
    const receipt = await this.#submit(write, options);
    this.#mapper.written(entity, write, receipt, operation.mode === 'upsert-merge' ? this.#ownRow(entity) : undefined);
    return entity;
  }

  async #mergeDifference(
    entity: T,
    address: Address,
    ifMatch: string,
    row: RetainedRow,
    options: OperationOptions | undefined,
  ): Promise<T> {
    this.#mapper.checkReceives(entity);
    const difference: Difference = this.#mapper.differenceOf(entity, row);
    if (difference.changed.length === 0 && difference.removed.length === 0) return entity;
    await this.#validate(entity);
    const { changed, removed } = difference;
    const write = this.#mapper.prepare(
      { mode: 'merge', ...address, ifMatch, ...(removed.length > 0 && { remove: removed }) },
      changed,
      entity,
    );
    const receipt = await this.#submit(write, options);
    this.#mapper.written(entity, write, receipt, row);
    return entity;
  }

  async #readUnder(etag: string, address: Address, options: OperationOptions | undefined): Promise<RetainedRow> {
    const found = await this.#mapper.rows.get(
      address.partitionKey,
      address.rowKey,
      (row) => ({ etag: row.etag, row: row.retain() }),
      undefined,
      options,
    );
    if (found === undefined) throw rowError(this.#mapper, address, 'store.not-found');
    if (found.etag === etag || etag === '*') return found.row;
    throw rowError(this.#mapper, address, 'store.precondition-failed');
  }

  async #submit(write: PreparedWrite, options: OperationOptions | undefined): Promise<WriteReceipt> {
    try {
      const [receipt] = await this.#mapper.store.submit(this.#mapper.table, [write], options);
      return receipt ?? {};
    } catch (error) {
      throw inWordsOf(this.#mapper, write, error);
    }
  }

  #matchWrites(): MatchWrites {
    return matchWrites(this.#mapper, (patch) =>
      this.#validator.validate(patch, this.#mapper.metadata.entityClass, Object.keys(patch)),
    );
  }

  async #validate(entity: object): Promise<void> {
    await this.#validator.validate(entity, this.#mapper.metadata.entityClass);
  }

  /** An entity is an instance of its class, or any object that was loaded or written; all else is a key. */
  #isEntity(entityOrKey: object): boolean {
    return entityOrKey instanceof this.#mapper.metadata.entityClass || stateOf(entityOrKey) !== undefined;
  }

  #ownRow(entity: object): RetainedRow | undefined {
    const state = stateOf(entity);
    return state?.kind === 'stored' && this.#mapper.owns(state.source) ? state.row : undefined;
  }
}

const UPSERT_MODES = { merge: 'upsert-merge', replace: 'upsert-replace' } as const;

function upsertMode(mode: NonNullable<UpsertOptions['mode']>): 'upsert-merge' | 'upsert-replace' {
  if (Object.hasOwn(UPSERT_MODES, mode)) return UPSERT_MODES[mode];
  throw new EntitableError('validation.invalid-option', "The mode of an upsert is 'merge' or 'replace'.", {
    option: 'mode',
    expected: "'merge' or 'replace'",
    found: typeof mode,
  });
}
