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
import type { Unsaid } from './unsaid.js';

/** What a write is to, and under which condition. */
export type WriteTarget = Omit<WriteOperation, 'write'>;

/** One class on one table of one store: rows become entities, entities become writes. Made once, frozen in behaviour, safe to share. */
export class EntityMapper<T extends object> implements EntityReader<T> {
  readonly metadata: EntityMetadata<T>;
  readonly store: TableStore;
  readonly table: string;
  /** What the store is told of the class: stored names and types, by slot. */
  readonly shape: RowShape;
  readonly rows: Rows;
  readonly queries: QuerySettings;
  readonly source: EntityOrigin;
  readonly decode: (row: RowReader) => T;
  readonly peek: (row: RowReader) => T;
  /** Reads a row into an entity that is there already. */
  readonly fill: (entity: object, row: RowReader) => void;
  readonly checkKeys: (row: RowReader) => void;
  readonly properties: EntityProperties;

  /** Throws `metadata.reserved-name` where the store keeps a name to itself, `metadata.invalid-property` for a default that it cannot take. */
  constructor(metadata: EntityMetadata<T>, store: TableStore, table: string, queries: QuerySettings = {}) {
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
  }

  project(names: readonly string[]): Projector {
    return projector(this.metadata, names);
  }

  /** A new entity of its values. Throws `key.*`, `validation.*`, `entity.*`, `metadata.not-constructible`. */
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

  /** Sets what a patch says on an entity. Throws `key.changed`, `validation.*`, `entity.*`. */
  assign(entity: T, patch: object): T {
    try {
      return assignPatch(this.metadata, entity, patch);
    } catch (error) {
      throw memberFailed(this.metadata.className, undefined, error);
    }
  }

  /** The stored keys of an entity, or of an object of its key properties. Throws `key.*`. */
  addressOf(entityOrKey: object): Address {
    const composed = addressOf(this.metadata, entityOrKey, this.store.traits.limits);
    const state = stateOf(entityOrKey);
    if (state?.kind !== 'stored' || !this.owns(state.source)) return composed;
    return refinedAddress(this.source.metadata, composed, addressOfRow(this.rows.reopen(state.row)));
  }

  /** The stored partition key that an object of its key properties stands for. Throws `key.*`. */
  partitionOf(partition: object): string {
    return partitionOf(this.metadata, partition, this.store.traits.limits);
  }

  /** What a patch sets, and what it removes by `null`. Throws `validation.*`, also for a name that is no stored property. */
  patchOf(patch: object): PatchDifference {
    return this.properties.patchOf(patch);
  }

  /** What an entity has changed since its row was read or written. Throws `validation.*` for what cannot be stored. */
  differenceOf(entity: object, remembered: Remembered): Difference {
    return this.properties.differenceOf(entity, this.rows.reopen(remembered.row), remembered);
  }

  /** The defaults that nobody gave an entity, and that it still has: an upsert that merges leaves what the row has. */
  unsaidDefaults(entity: object): Unsaid | undefined {
    const state = stateOf(entity);
    if (state === undefined || state.kind === 'deleted' || state.unsaid === undefined) return undefined;
    if (state.kind === 'stored' && !this.owns(state.source)) return undefined;
    return this.properties.unsaidDefaults(entity, state.unsaid);
  }

  /**
   * Encodes a write of all that an entity has but for what is left out, converted and checked; dates that were not changed since it was
   * read keep their 100 ns. Throws `validation.*`.
   */
  prepareWhole(operation: WriteTarget, entity: object, left?: Unsaid): PreparedWrite {
    let count = 0;
    const write = (writer: RowWriter): void => {
      const row = this.#readFrom(entity);
      count = this.properties.write(writer, entity, row, left);
    };
    const prepared = this.rows.prepare({ write, ...operation }); // in this order: the other takes V8 ten times as long
    checkLimits(this.metadata, count, prepared.entityBytes, this.store.traits.limits);
    return prepared;
  }

  /** Encodes a write of some properties; dates that were not changed since `entity` was read keep their 100 ns. Throws `validation.*`. */
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

  /** Whether a source is this table of this store. */
  owns(source: EntityOrigin): boolean {
    return source.store === this.source.store && source.table === this.source.table;
  }

  /**
   * Refuses, before anything is sent, an entity of a subclass whose properties would be lost, and one that could not receive its ETag
   * and timestamp. Throws `metadata.not-an-entity`, `entity.read-only`.
   */
  checkReceives(entity: object): void {
    checkClass(this.source.metadata, entity);
    checkReceivers(this.metadata, entity);
  }

  /** Makes an object that was never loaded an entity of a row that was read. */
  met(entity: object, { row, unsaid, ...others }: Omit<StoredState, 'kind' | 'source'>): void {
    const left = this.#adopt(entity, row, unsaid);
    stamp(entity, { kind: 'stored', source: this.source, row, unsaid: left, ...others });
  }

  /** The same before it is saved: what nobody said is no change, although the object has it from now on. */
  meet(entity: object, { row, unsaid, ...others }: Omit<StoredState, 'kind' | 'source'>): void {
    this.#adopt(entity, row, unsaid);
    const still = unsaid && this.properties.stillUnsaid(entity, unsaid);
    stamp(entity, { kind: 'stored', source: this.source, row, unsaid: still, ...others });
  }

  /** Makes an entity what was written: its ETag, its timestamp where the ETag tells it, and what it remembers. */
  written(entity: object, write: PreparedWrite, receipt: WriteReceipt, { before, unsaid }: Kept = {}): void {
    const { etag: etagName, timestamp: timestampName } = this.metadata;
    const etag = receipt.etag ?? '';
    const row = this.rows.written(write, receipt, before);
    const left = this.#adopt(entity, before, unsaid);
    stamp(entity, { kind: 'stored', source: this.source, etag, row, unsaid: left });
    const receiver = entity as Record<string, unknown>;
    if (etagName !== undefined) receiver[etagName] = etag;
    const instant = timestampName === undefined ? undefined : instantOfEtag(etag);
    if (timestampName !== undefined && instant !== undefined) receiver[timestampName] = new Date(instant.milliseconds);
  }

  /** Makes an entity one that was deleted: saving it inserts it again. */
  deleted(entity: object): void {
    stamp(entity, { kind: 'deleted', source: this.source });
  }

  /** Sets what an entity says nothing of to what its row has, as far as that is known; gives what is left. */
  #adopt(entity: object, row: RetainedRow | undefined, unsaid: Unsaid | undefined): Unsaid | undefined {
    if (row === undefined || unsaid === undefined) return unsaid;
    return this.properties.adopt(entity, this.rows.reopen(row), unsaid);
  }

  /** The row an entity was read from, also from another table or store, where the slots are this class's. */
  #readFrom(entity: object): RowReader | undefined {
    const state = stateOf(entity);
    if (state?.kind !== 'stored') return undefined;
    if (this.owns(state.source)) return this.rows.reopen(state.row);
    return state.source.metadata === this.source.metadata ? state.source.rows.reopen(state.row) : undefined;
  }
}

/** What an entity is compared with. */
export type Remembered = Pick<StoredState, 'row' | 'unsaid' | 'computed'>;

/** What a write leaves as it is. */
export interface Kept {
  /** What the row is known to hold before the write, where the write leaves some of it. */
  readonly before?: RetainedRow | undefined;
  /** What the entity says nothing of. */
  readonly unsaid?: Unsaid | undefined;
}
