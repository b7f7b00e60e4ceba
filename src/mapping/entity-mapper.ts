import { instantOfEtag } from '../edm/date-time.js';
import { EntitableError } from '../errors/entitable-error.js';
import type { EntityMetadata, PropertyMetadata } from '../metadata/entity-metadata.js';
import type { PreparedWrite, Rows, TableStore, WriteOperation, WriteReceipt } from '../store/table-store.js';
import type { RetainedRow, RowReader, RowWriter } from '../store/row.js';
import { addressOf, partitionOf, requireObject, type Address } from './entity-address.js';
import { entityFiller, keyChecker } from './entity-decoder.js';
import type { EntityRows, Projector, QuerySettings } from './entity-rows.js';
import { checkClass, checkLimits, checkNames, checkReceivers } from './entity-check.js';
import { getMember } from './member-access.js';
import { saidBy } from './patch.js';
import { projector } from './projector.js';
import { differs, isAbsentDefault } from './property-difference.js';
import { storedValueOf } from './property-check.js';
import { propertyReader } from './property-reader.js';
import { pushProperty, type PropertyValue } from './property-writer.js';
import { addressOfRow, refinedAddress } from './stored-address.js';
import { stamp, stateOf, type EntitySource } from './stamp.js';

/** What a write is to, and under which condition. */
export type WriteTarget = Omit<WriteOperation, 'write'>;

/** What changed between a row and an entity. */
export interface Difference {
  readonly changed: readonly PropertyValue[];
  /** Stored names of properties that the row has and the entity has no longer. */
  readonly removed: readonly string[];
}

/** One class on one table of one store: rows become entities, entities become writes. Made once, frozen in behaviour, safe to share. */
export class EntityMapper<T extends object> implements EntityRows<T> {
  readonly metadata: EntityMetadata<T>;
  readonly store: TableStore;
  readonly table: string;
  readonly rows: Rows;
  readonly queries: QuerySettings;
  readonly source: EntitySource;
  readonly decode: (row: RowReader) => T;
  /** Reads a row into an entity that is there already. */
  readonly fill: (entity: object, row: RowReader) => void;
  readonly checkKeys: (row: RowReader) => void;
  /** By slot. Not frozen, as the metadata are: V8 takes several times as long to go through a frozen list. */
  readonly #steps: readonly PropertyStep[];

  /** Throws `metadata.reserved-name` where the store keeps a name to itself. */
  constructor(metadata: EntityMetadata<T>, store: TableStore, table: string, queries: QuerySettings = {}) {
    const { className, properties } = metadata;
    const { limits, identity } = store.traits;
    checkNames(metadata, limits);
    this.metadata = metadata;
    this.store = store;
    this.table = table;
    this.queries = queries;
    this.rows = store.rows(
      table,
      Object.freeze({ properties: properties.map(({ storedName: name, type }) => ({ name, type })) }),
    );
    this.source = Object.freeze({
      store: identity,
      table: limits.tableNamesIgnoreCase ? table.toLowerCase() : table,
      metadata,
      rows: this.rows,
    });
    this.fill = entityFiller(this.source.metadata, this.source);
    this.decode = (row) => {
      const entity = metadata.create();
      this.fill(entity, row);
      return entity;
    };
    this.checkKeys = keyChecker(this.source.metadata);
    this.#steps = properties.map((property) => ({
      property,
      store: storedValueOf(className, property, limits),
      isInherited: property.name in Object.prototype,
    }));
  }

  project(names: readonly string[]): Projector {
    return projector(this.metadata, names);
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
  patchOf(patch: object): Difference {
    const { className, members, properties } = this.metadata;
    requireObject(className, 'A patch', patch, () => properties.slice(0, 3).map(({ name }) => name));
    const changed: PropertyValue[] = [];
    const removed: string[] = [];
    for (const [name, value] of Object.entries(saidBy(patch))) {
      const member = members.get(name);
      if (member?.kind !== 'property') throw notPatchable(className, name, member?.kind);
      if (value === null) removed.push(member.property.storedName);
      else changed.push({ property: member.property, stored: this.#steps[member.property.slot]!.store(value) });
    }
    return { changed, removed };
  }

  /** What an entity has changed since its row was read or written. Throws `validation.*` for what cannot be stored. */
  differenceOf(entity: object, row: RetainedRow): Difference {
    const { className } = this.metadata;
    const before = this.rows.reopen(row);
    const changed: PropertyValue[] = [];
    const removed: string[] = [];
    for (const step of this.#steps) {
      const { property, store } = step;
      if (property.copiesKey) continue; // the key did not change, or there would be no difference to tell
      const value = valueOf(entity, step);
      const stands = before.typeOf(property.slot) !== undefined;
      if (isAbsent(value)) {
        // A converter may read a stored value as absent: then nobody took it away.
        if (stands && !isAbsent(propertyReader(className, property)(before))) removed.push(property.storedName);
        continue;
      }
      const stored = store(value);
      const unchanged = stands
        ? !differs(className, property, { value, stored }, before)
        : isAbsentDefault(property, stored, store);
      if (!unchanged) changed.push({ property, stored });
    }
    return { changed, removed };
  }

  /**
   * Encodes a write of all that an entity has, converted and checked; dates that were not changed since it was read keep their 100 ns.
   * Throws `validation.*`.
   */
  prepareWhole(operation: WriteTarget, entity: object): PreparedWrite {
    let count = 0;
    const write = (writer: RowWriter): void => {
      const row = this.#readFrom(entity);
      count = 0;
      for (const step of this.#steps) {
        const value = valueOf(entity, step);
        if (isAbsent(value)) continue;
        pushProperty(writer, step.property, step.store(value), row);
        count++;
      }
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
  owns(source: EntitySource): boolean {
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

  /** Makes an entity what was written: its ETag, its timestamp where the ETag tells it, and what it remembers. */
  written(entity: object, write: PreparedWrite, receipt: WriteReceipt, before?: RetainedRow): void {
    const { etag: etagName, timestamp: timestampName } = this.metadata;
    const etag = receipt.etag ?? '';
    stamp(entity, { kind: 'stored', source: this.source, etag, row: this.rows.written(write, receipt, before) });
    const receiver = entity as Record<string, unknown>;
    if (etagName !== undefined) receiver[etagName] = etag;
    const instant = timestampName === undefined ? undefined : instantOfEtag(etag);
    if (timestampName !== undefined && instant !== undefined) receiver[timestampName] = new Date(instant.milliseconds);
  }

  /** Makes an entity one that was deleted: saving it inserts it again. */
  deleted(entity: object): void {
    stamp(entity, { kind: 'deleted', source: this.source });
  }

  /** The row an entity was read from, also from another table or store, where the slots are this class's. */
  #readFrom(entity: object): RowReader | undefined {
    const state = stateOf(entity);
    if (state?.kind !== 'stored') return undefined;
    if (this.owns(state.source)) return this.rows.reopen(state.row);
    return state.source.metadata === this.source.metadata ? state.source.rows.reopen(state.row) : undefined;
  }
}

/** How one property is written. */
interface PropertyStep {
  readonly property: PropertyMetadata;
  /** Converts and checks a value. */
  readonly store: (value: unknown) => unknown;
  /** Whether every object has something under the property's name. */
  readonly isInherited: boolean;
}

/** What an entity has under a name; what every object inherits, such as `constructor`, is nothing that an entity has. */
function valueOf(entity: object, { property: { name, slot }, isInherited }: PropertyStep): unknown {
  return isInherited && !Object.hasOwn(entity, name)
    ? undefined
    : getMember(entity as Record<string, unknown>, slot, name);
}

function notPatchable(
  className: string,
  property: string,
  kind: 'key' | 'etag' | 'timestamp' | 'property' | undefined,
): EntitableError {
  const reason =
    kind === 'key'
      ? 'is part of its key, which never changes'
      : kind === undefined
        ? 'is no stored property'
        : `is its ${kind}`;
  return new EntitableError(
    'validation.unknown-property',
    `A patch of ${className} names ${property}, which ${reason}. Leave it out${kind === 'etag' ? ', and pass { etag } as an option' : ''}.`,
    { className, property },
  );
}

function isAbsent(value: unknown): boolean {
  return value === undefined || value === null;
}
