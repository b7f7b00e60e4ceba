import { instantOfEtag } from '../edm/date-time.js';
import { memberFailed } from '../errors/member-failed.js';
import type { EntityMetadata } from '../metadata/entity-metadata.js';
import type { PreparedWrite, Rows, TableStore, WriteOperation, WriteReceipt } from '../store/table-store.js';
import type { RetainedRow, RowReader, RowShape, RowWriter } from '../store/row.js';
import { addressOf, partitionOf, addressOfRow, refinedAddress, type Address } from './entity-address.js';
import { entityDecoder, keyChecker, projector } from './entity-decoder.js';
import type { EntityReader, Projector, QuerySettings } from './entity-reader.js';
import { checkClass, checkDefaults, checkLimits, checkMemberNames, checkReceivers } from './entity-check.js';
import { EntityProperties, type Difference, type PatchDifference } from './entity-properties.js';
import { createEntity } from './make-entity.js';
import { assignPatch } from './patch.js';
import { pushProperty, type PropertyValue } from './property-check.js';
import { stamp, stateOf, type EntityOrigin, type StoredState } from './stamp.js';
import type { Unassigned } from './unassigned.js';

/** The address, mode and condition of a write, without its content. */
export type WriteTarget = Omit<WriteOperation, 'write'>;

/** Maps between the entities and the rows of one class, in one table of one store. Immutable and safe to share. */
export class EntityMapper<T extends object> implements EntityReader<T> {
  readonly metadata: EntityMetadata<T>;
  readonly store: TableStore;
  readonly table: string;
  /** The stored names and types of the properties, passed to the store. The index of a property is its slot. */
  readonly shape: RowShape;
  readonly rows: Rows;
  readonly queries: QuerySettings;
  readonly source: EntityOrigin;
  readonly decode: (row: RowReader) => T;
  readonly peek: (row: RowReader) => T;
  /** Reads a row into an existing entity. */
  readonly fill: (entity: object, row: RowReader) => void;
  readonly checkKeys: (row: RowReader) => void;
  readonly properties: EntityProperties;
  /** The mappers of the entries of the class's indexes, in the order of `metadata.indexes`. */
  readonly entries: readonly EntityMapper<object>[];

  /**
   * Throws `metadata.reserved-name` for a property name that the store reserves, and `metadata.invalid-property` for a
   * default that it cannot store.
   */
  constructor(
    metadata: EntityMetadata<T>,
    store: TableStore,
    tableName: (name: string) => string = (name) => name,
    queries: QuerySettings = {},
  ) {
    const table = tableName(metadata.table);
    const { limits, identity } = store.traits;
    checkMemberNames(metadata, limits);
    checkDefaults(metadata, limits);
    this.metadata = metadata;
    this.store = store;
    this.table = table;
    this.queries = queries;
    this.shape = Object.freeze({
      properties: metadata.properties.map(({ storedName: name, type }) => ({ name, type })),
    });
    this.rows = store.rows(table, this.shape);
    this.source = Object.freeze({
      store: identity,
      table: limits.tableNamesIgnoreCase ? table.toLowerCase() : table,
      metadata,
      rows: this.rows,
    });
    const { decode, fill } = entityDecoder(metadata, this.source);
    this.decode = decode;
    this.fill = fill;
    this.peek = decode;
    this.checkKeys = keyChecker(this.source.metadata);
    this.properties = new EntityProperties(metadata, limits);
    this.entries = metadata.indexes.map(({ entries }) => new EntityMapper(entries, store, tableName, queries));
  }

  project(names: readonly string[]): Projector {
    return projector(this.metadata, names);
  }

  /** Creates a new entity from its values. Throws `key.*`, `validation.*`, `entity.*`, `metadata.not-constructible`. */
  create(values: object): T {
    try {
      const entity = createEntity(this.metadata, values);
      this.addressOf(entity);
      this.properties.checkRequired(entity);
      return entity;
    } catch (error) {
      throw memberFailed(this.metadata.className, undefined, error);
    }
  }

  /** Applies a patch to an entity. Throws `key.changed`, `validation.*`, `entity.*`. */
  assign(entity: T, patch: object): T {
    try {
      return assignPatch(this.metadata, entity, patch);
    } catch (error) {
      throw memberFailed(this.metadata.className, undefined, error);
    }
  }

  /** Returns the stored keys of an entity, or of an object with its key properties. Throws `key.*`. */
  addressOf(entityOrKey: object): Address {
    const composed = addressOf(this.metadata, entityOrKey, this.store.traits.limits);
    const state = stateOf(entityOrKey);
    if (state?.kind !== 'stored' || !this.owns(state.source)) return composed;
    return refinedAddress(this.source.metadata, composed, addressOfRow(this.rows.reopen(state.row)));
  }

  /** Returns the stored partition key for an object with its key properties. Throws `key.*`. */
  partitionOf(partition: object): string {
    return partitionOf(this.metadata, partition, this.store.traits.limits);
  }

  /**
   * Returns the properties that a patch sets, and those that it removes with `null`. Throws `validation.*`, also for a
   * name that is not a stored property.
   */
  patchOf(patch: object): PatchDifference {
    return this.properties.patchOf(patch);
  }

  /**
   * Returns the changes of an entity since its row was read or written. Throws `validation.*` for values that cannot be
   * stored.
   */
  differenceOf(entity: object, remembered: Remembered): Difference {
    return this.properties.differenceOf(entity, this.rows.reopen(remembered.row), remembered);
  }

  /**
   * Returns the properties that still have their default and that the caller never assigned. An upsert that merges
   * leaves these properties of the row as they are.
   */
  unassignedDefaults(entity: object): Unassigned | undefined {
    const state = stateOf(entity);
    if (state === undefined || state.kind === 'deleted' || state.unassigned === undefined) return undefined;
    if (state.kind === 'stored' && !this.owns(state.source)) return undefined;
    return this.properties.unassignedDefaults(entity, state.unassigned);
  }

  /**
   * Encodes a write of the whole entity without the properties in `left`. Converts and validates each value, and adds
   * it to `written` if that is given. A date that has not changed since the entity was read keeps its 100 ns precision,
   * which a JavaScript `Date` cannot hold. Throws `validation.*`.
   */
  prepareWhole(operation: WriteTarget, entity: object, left?: Unassigned, written?: PropertyValue[]): PreparedWrite {
    let count = 0;
    const write = (writer: RowWriter): void => {
      const row = this.#readFrom(entity);
      count = this.properties.write(writer, entity, row, left, written);
    };
    const prepared = this.rows.prepare({ write, ...operation }); // V8 is ten times slower with { ...operation, write }
    checkLimits(this.metadata, count, prepared.entityBytes, this.store.traits.limits);
    return prepared;
  }

  /**
   * Encodes a write of some properties. A date that has not changed since `entity` was read keeps its 100 ns precision,
   * as in `prepareWhole`. Throws `validation.*`.
   */
  prepare(operation: WriteTarget, values: readonly PropertyValue[], entity?: object): PreparedWrite {
    if (operation.mode === 'delete') return this.rows.prepare(operation);
    const write = (writer: RowWriter): void => {
      const row = entity && this.#readFrom(entity);
      for (const { property, stored } of values) pushProperty(writer, property, stored, row);
    };
    const prepared = this.rows.prepare({ write, ...operation });
    checkLimits(this.metadata, values.length, prepared.entityBytes, this.store.traits.limits);
    return prepared;
  }

  /** Returns whether an origin is the table and store of this mapper. */
  owns(source: EntityOrigin): boolean {
    return source.store === this.source.store && source.table === this.source.table;
  }

  /**
   * Rejects, before anything is sent, an entity of a subclass whose properties would be lost, and an entity whose ETag
   * or timestamp could not be set. Throws `metadata.not-an-entity`, `entity.read-only`.
   */
  checkReceives(entity: object): void {
    checkClass(this.source.metadata, entity);
    checkReceivers(this.metadata, entity);
  }

  /**
   * Turns a detached object (one that was not loaded) into the entity of a row that was read. Properties that the
   * caller never assigned get the row's values.
   */
  met(entity: object, { row, unassigned, ...others }: Omit<StoredState, 'kind' | 'source'>): void {
    const left = this.#adopt(entity, row, unassigned);
    stamp(entity, { kind: 'stored', source: this.source, row, unassigned: left, ...others });
  }

  /**
   * Does the same as `met`, but for an object that has yet to be saved. Properties that the caller never assigned do
   * not count as changes, although the object now has the row's values for them.
   */
  meet(entity: object, { row, unassigned, ...others }: Omit<StoredState, 'kind' | 'source'>): void {
    this.#adopt(entity, row, unassigned);
    const still = unassigned && this.properties.stillUnassigned(entity, unassigned);
    stamp(entity, { kind: 'stored', source: this.source, row, unassigned: still, ...others });
  }

  /**
   * Updates an entity after a write: its ETag, its timestamp if the ETag contains one, and the state attached to it.
   */
  written(entity: object, write: PreparedWrite, receipt: WriteReceipt, kept: Kept = {}): void {
    const { before, unassigned } = kept;
    const { etag: etagName, timestamp: timestampName } = this.metadata;
    const etag = receipt.etag ?? '';
    const row = this.rows.written(write, receipt, before);
    const left = this.#adopt(entity, before, unassigned);
    const state: StoredState = { kind: 'stored', source: this.source, etag, row, unassigned: left };
    stamp(
      entity,
      this.metadata.indexes.length > 0 && isUncertain(write, kept) ? { ...state, isUncertain: true } : state,
    );
    const receiver = entity as Record<string, unknown>;
    if (etagName !== undefined) receiver[etagName] = etag;
    const instant = timestampName === undefined ? undefined : instantOfEtag(etag);
    if (timestampName !== undefined && instant !== undefined) receiver[timestampName] = new Date(instant.milliseconds);
  }

  /** Marks an entity as deleted. Saving it inserts it again. */
  deleted(entity: object): void {
    stamp(entity, { kind: 'deleted', source: this.source });
  }

  /**
   * Sets the unassigned properties of an entity to the values of its row, if the row is known. Returns those that
   * remain unassigned.
   */
  #adopt(entity: object, row: RetainedRow | undefined, unassigned: Unassigned | undefined): Unassigned | undefined {
    if (row === undefined || unassigned === undefined) return unassigned;
    return this.properties.adopt(entity, this.rows.reopen(row), unassigned);
  }

  /**
   * Returns the row that an entity was read from. A row of another table or store is used if it has the same class, and
   * so the same slots.
   */
  #readFrom(entity: object): RowReader | undefined {
    const state = stateOf(entity);
    if (state?.kind !== 'stored') return undefined;
    if (this.owns(state.source)) return this.rows.reopen(state.row);
    return state.source.metadata === this.source.metadata ? state.source.rows.reopen(state.row) : undefined;
  }
}

/** The state that an entity is compared with to find its changes. */
export type Remembered = Pick<StoredState, 'row' | 'unassigned' | 'computed' | 'isUncertain'>;

/** Information about the parts of a row that a write does not change. */
export interface Kept {
  /** The row before the write, if it is known and the write keeps some of its properties. */
  readonly before?: RetainedRow | undefined;
  /** True if the write did not require the row to be as `before`, so that other properties of it may have changed. */
  readonly isBeforeUncertain?: boolean | undefined;
  /** The properties that the caller never assigned. */
  readonly unassigned?: Unassigned | undefined;
}

/** Returns whether the row after a write may have properties that are not known. Only merges keep any. */
function isUncertain({ mode, isReadBack }: PreparedWrite, { before, isBeforeUncertain }: Kept): boolean {
  if (mode !== 'merge' && mode !== 'upsert-merge') return false;
  return before === undefined || isBeforeUncertain === true || isReadBack === true;
}
