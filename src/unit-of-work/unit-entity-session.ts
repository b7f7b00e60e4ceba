import { isList, checkCount } from '../options/check-option.js';
import type { EntityMapper } from '../mapping/entity-mapper.js';
import type { KeyOf, PartitionsOf, PatchOf } from '../metadata/key-types.js';
import type { Index } from '../metadata/indexes/declaration.js';
import type { IndexKeysOf, UniqueKeyOf } from '../metadata/indexes/index-types.js';
import type { AssignOf, CreateOf } from '../metadata/create-types.js';
import { checkItems, type BulkResult } from '../writing/bulk-options.js';
import { getByIndex, queryByIndex, type IndexReading } from '../query/indexes/by-index.js';
import { partitionQuery, tableQuery } from '../query/query-factory.js';
import type { Query, ReadOptions } from '../query/query.js';
import type { Items } from '../async/item-reader.js';
import { ownState, statedEtag, wasNeverStored, readUnder } from '../repository/entity-etag.js';
import { mapConcurrently } from '../async/map-concurrently.js';
import { rowError } from '../repository/row-error.js';
import { withLinkedSignal } from '../async/linked-signal.js';
import { upsertMode } from '../repository/write-factory.js';
import type {
  ConditionOptions,
  DeleteOptions,
  EntityOperations,
  GetManyOptions,
  UpsertOptions,
} from '../repository/entity-operations.js';
import type { Rows, WriteReceipt } from '../store/table-store.js';
import type { OperationOptions } from '../options/operation-options.js';
import { indexesOf } from '../indexes/index-rows.js';
import { UnitKnowledge } from './unit-knowledge.js';
import { PendingWrites } from './pending-writes.js';
import type { SeenRows } from './seen-rows.js';
import { TrackedReads, unitRows } from './tracked-reads.js';
import type { IdentityMap } from './identity-map.js';
import { EntitableError } from '../errors/entitable-error.js';
import type { MatchWrites } from '../query/matched-writes.js';

/**
 * The operations on the entities of one class in a unit of work: reads return tracked entities, and writes are pending
 * until the commit.
 */
export class UnitEntitySession<T extends object> implements EntityOperations<T> {
  readonly writes: PendingWrites<T>;
  readonly #mapper: EntityMapper<T>;
  readonly #rows: IdentityMap;
  readonly #reads: TrackedReads<T>;

  /**
   * Reads the rows whose values determine which index entries a write changes; `undefined` for a class without indexes.
   */
  readonly #known: UnitKnowledge<T> | undefined;
  /** The rows of the store, whose reads are recorded in {@link SeenRows}. */
  readonly #stored: Rows;
  readonly #watch: (mapper: EntityMapper<object>) => Rows;

  constructor(mapper: EntityMapper<T>, { rows, seen }: { readonly rows: IdentityMap; readonly seen: SeenRows }) {
    this.writes = new PendingWrites(mapper, rows);
    this.#mapper = mapper;
    this.#rows = rows;
    this.#watch = (of) => seen.watch(of.rows, of.source.table, of.store.traits.ordered);
    this.#stored = this.#watch(mapper);
    this.#reads = new TrackedReads(mapper, rows, this.#stored);
    const indexes = indexesOf(mapper);
    this.#known = indexes && new UnitKnowledge(mapper, indexes, rows, this.#stored);
  }

  create(values: CreateOf<T>): T {
    return this.#mapper.create(values);
  }

  assign(entity: T, patch: AssignOf<T>): T {
    const assigned = this.#mapper.assign(entity, patch);
    this.writes.saved(assigned);
    return assigned;
  }

  async get(key: KeyOf<T>, { refresh = false, ...options }: ReadOptions = {}): Promise<T | undefined> {
    return this.#reads.get(this.#mapper.addressOf(key), refresh, options);
  }

  async getMany(
    keys: Items<KeyOf<T>>,
    { concurrency = 16, ...options }: GetManyOptions = {},
  ): Promise<(T | undefined)[]> {
    const most = checkCount('concurrency', concurrency, 1);
    checkItems('getMany', keys);
    return withLinkedSignal(options.signal, (signal) =>
      mapConcurrently(keys, most, (key) => this.get(key, { ...options, signal })),
    );
  }

  async exists(key: KeyOf<T>, options?: OperationOptions): Promise<boolean> {
    const address = this.#mapper.addressOf(key);
    const known = this.#rows.at(this.#mapper, address);
    if (known?.held.kind === 'delete') return false;
    if (known?.entity !== undefined) return true;
    const keysOnly = { select: [], etag: false };
    const { partitionKey, rowKey } = address;
    return (await this.#stored.get(partitionKey, rowKey, () => true, keysOnly, options)) ?? false;
  }

  async refresh(entity: T, options?: OperationOptions): Promise<T> {
    if (this.#rows.of(entity) === undefined && ownState(this.#mapper, entity) !== undefined) this.writes.track(entity);
    const address = this.#rows.of(entity)?.address ?? this.#mapper.addressOf(entity);
    const found = await this.#reads.get(address, true, options);
    if (found === undefined) throw rowError(this.#mapper, address, 'store.not-found');
    return found;
  }

  query(partition: PartitionsOf<T>): Query<T> {
    const partitions: readonly object[] = isList(partition) ? partition : [partition];
    const keys = partitions.map((key) => this.#mapper.partitionOf(key));
    return partitionQuery(unitRows(this.#mapper, this.#stored, this.#reads), keys, NO_WRITES);
  }

  by<const I extends Index>(index: I, key: IndexKeysOf<T, I>): Query<T> {
    return queryByIndex(this.#indexed, index, key, NO_WRITES);
  }

  getBy<const I extends Index>(index: I, key: UniqueKeyOf<T, I>, options?: ReadOptions): Promise<T | undefined> {
    return getByIndex(this.#indexed, index, key, options);
  }

  get #indexed(): IndexReading<T> {
    const mapper = this.#mapper;
    return {
      mapper,
      entities: unitRows(mapper, this.#stored, this.#reads),
      entriesOf: this.#watch,
      isLeftOut: (address) => this.#rows.at(mapper, address)?.held.kind === 'delete',
    };
  }

  scan(): Query<T> {
    return tableQuery(unitRows(this.#mapper, this.#stored, this.#reads), NO_WRITES);
  }

  async insert(entity: T): Promise<T> {
    this.writes.insert(entity);
    return entity;
  }

  async save(entity: T, options?: OperationOptions): Promise<T> {
    if (this.#rows.of(entity) === undefined && wasNeverStored(entity)) await this.#meet(entity, options);
    this.writes.save(entity);
    return entity;
  }

  async merge(key: KeyOf<T>, patch: PatchOf<T>, { etag, ...options }: ConditionOptions = {}): Promise<WriteReceipt> {
    this.writes.merge(key, patch, etag, await this.#known?.forMerge(key, patch, etag, options));
    return {};
  }

  async replace(entity: T, { etag, ...options }: ConditionOptions = {}): Promise<T> {
    this.writes.replace(entity, etag, await this.#known?.forReplace(entity, etag, options));
    return entity;
  }

  async upsert(entity: T, { mode = 'merge', ...options }: UpsertOptions = {}): Promise<T> {
    const known = upsertMode(mode);
    this.writes.upsert(entity, known, await this.#known?.forUpsert(entity, options));
    return entity;
  }

  async delete(
    entityOrKey: T | KeyOf<T>,
    { etag, missing = 'throw', ...options }: DeleteOptions = {},
  ): Promise<boolean> {
    const known = await this.#known?.forDelete(entityOrKey, etag, options);
    if (known !== 'missing') return this.writes.delete(entityOrKey, etag, missing, known);
    if (missing === 'ignore') return false;
    throw rowError(this.#mapper, this.#mapper.addressOf(entityOrKey), 'store.not-found');
  }

  async modify(): Promise<T> {
    throw notInUnit('modify()');
  }

  async insertMany(): Promise<BulkResult<never>> {
    throw notInUnit('insertMany()');
  }

  async upsertMany(): Promise<BulkResult<never>> {
    throw notInUnit('upsertMany()');
  }

  async mergeMany(): Promise<BulkResult<never>> {
    throw notInUnit('mergeMany()');
  }

  async deleteMany(): Promise<BulkResult<never>> {
    throw notInUnit('deleteMany()');
  }

  /**
   * Reads the row of an entity that was never loaded from the table but has its `@ETag` property set, so that the
   * commit can send the properties that differ from the row. Does nothing without an ETag.
   */
  async #meet(entity: T, options: OperationOptions | undefined): Promise<void> {
    const address = this.#mapper.addressOf(entity);
    const etag = statedEtag(this.#mapper, entity);
    if (etag === undefined) return;
    const unassigned = this.#mapper.properties.unassignedBy(entity);
    const read = await readUnder(this.#mapper, etag, address, options);
    this.#mapper.meet(entity, { ...read, unassigned });
  }
}

/** Creates the error for an operation that writes at once, which a unit of work does not support. */
export function notInUnit(verb: string): EntitableError {
  return new EntitableError(
    'commit.not-in-unit',
    `${verb} writes at once and cannot be held until a commit. Use it on a repository of the data source, outside the unit of work.`,
    { verb },
  );
}

/** The writes by filter of a query in a unit of work, which all throw. */
const NO_WRITES: MatchWrites = Object.freeze({
  delete: () => {
    throw notInUnit('query.delete()');
  },
  merge: () => Promise.reject(notInUnit('query.merge()')),
  mergeEach: () => {
    throw notInUnit('query.merge()');
  },
});
