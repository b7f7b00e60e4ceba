import { EntitableError } from '../errors/entitable-error.js';
import type { Address } from '../mapping/entity-address.js';
import type { EntityMapper } from '../mapping/entity-mapper.js';
import type { Difference } from '../mapping/entity-properties.js';
import type { PropertyValue } from '../mapping/property-check.js';
import { propertyReader } from '../mapping/property-reader.js';
import type { EntityMetadata, IndexMetadata, PropertyMetadata } from '../metadata/entity-metadata.js';
import { ENTITY_PARTITION, ENTITY_ROW } from '../metadata/indexes/index-metadata.js';
import { parseKey } from '../metadata/key-template.js';
import { atOnce } from '../options/check-option.js';
import { PARTITION_KEY, ROW_KEY, type RetainedRow, type RowReader, type Slot } from '../store/row.js';
import type { ApartEntries, GroupRow, TableWrite } from '../writing/batch.js';
import { apartChange } from './apart-change.js';
import { ApartChanges } from './apart-entries.js';
import { EntryWrite, type EntryOf } from './entry-write.js';
import { EntryMaker, type Entry, type IndexedValues } from './index-entry.js';

/** A row that was read before a write of its entity: its ETag, the values that the indexes need, and the row itself. */
export interface KnownRow {
  readonly etag: string;
  readonly values: IndexedValues;
  readonly row: RetainedRow;
}

/**
 * Reads one property from a row. The property's default is not applied, because an index contains only stored values.
 */
type Read = (row: RowReader) => unknown;

/**
 * The indexes of one class. Extracts the values that they need from rows, and finds the entries that a write of an
 * entity changes.
 */
export class IndexRows {
  readonly makers: readonly EntryMaker[];
  /** The properties that any of the indexes needs. */
  readonly needs: ReadonlySet<string>;
  /** The slots of these properties, for requests that read only them. */
  readonly slots: readonly Slot[];
  readonly mapper: EntityMapper<object>;
  readonly #reads: ReadonlyMap<string, Read>;
  readonly #keyParts: readonly string[];
  readonly #hasApart: boolean;

  constructor(mapper: EntityMapper<object>) {
    const { metadata } = mapper;
    this.mapper = mapper;
    this.makers = metadata.indexes.map((index, at) => new EntryMaker(metadata, index, mapper.entries[at]!));
    this.#hasApart = metadata.indexes.some(({ partition }) => partition !== undefined);
    this.needs = new Set(metadata.indexes.flatMap(({ needs }) => needs));
    this.#reads = readsOf(metadata, this.needs);
    this.slots = metadata.properties.filter(({ name }) => this.#reads.has(name)).map(({ slot }) => slot);
    this.#keyParts = [...this.needs].filter((name) => metadata.members.get(name)?.kind === 'key');
  }

  /** Returns the entry maker of an index; `undefined` for an index of another class. */
  of(index: IndexMetadata): EntryMaker | undefined {
    return this.makers.find((maker) => maker.index === index);
  }

  /** Returns whether a difference contains a property that takes part in an index. */
  concerns({ changed, removed }: Difference): boolean {
    return changed.some(({ property }) => this.#reads.has(property.name)) || this.#namesOf(removed).length > 0;
  }

  /** Returns the values of a stored row that the indexes need. */
  values(row: RowReader): IndexedValues {
    const values: Record<string, unknown> = this.#keyValues({
      partitionKey: row.string(PARTITION_KEY),
      rowKey: row.string(ROW_KEY),
    });
    for (const [name, read] of this.#reads) values[name] = read(row);
    return values;
  }

  /** Returns the values of a retained row that the indexes need. */
  retained(row: RetainedRow): IndexedValues {
    return this.values(this.mapper.rows.reopen(row));
  }

  /** Returns the data of a row that a write of its entity needs. */
  known(row: RowReader): KnownRow {
    return { etag: row.etag, values: this.values(row), row: row.retain() };
  }

  /**
   * Returns the values that the indexes need after a write of a whole entity. They are taken from the stored values,
   * not from the entity, because a converter may store less than the entity has. `before` contains the values of the
   * stored row if properties that are not written keep their values.
   */
  afterWhole(address: Address, written: readonly PropertyValue[], before?: IndexedValues): IndexedValues {
    const values: Record<string, unknown> = this.#keyValues(address);
    for (const name of this.#reads.keys()) values[name] = before?.[name];
    this.#take(values, written);
    return values;
  }

  /**
   * Returns the values that the indexes need after some properties were merged into a row that had the values `before`.
   */
  afterMerge(before: IndexedValues, { changed, removed }: Difference): IndexedValues {
    const values: Record<string, unknown> = { ...before };
    this.#take(values, changed);
    for (const name of this.#namesOf(removed)) values[name] = undefined;
    return values;
  }

  /** Returns the changes that a write of an entity makes to its entries, as {@link group} and {@link apart} do. */
  entries(
    address: Address,
    before: IndexedValues | undefined,
    after: IndexedValues | undefined,
  ): Pick<TableWrite, 'others' | 'apart'> {
    return { others: this.group(address, before, after), apart: this.apart(address, before, after) };
  }

  /**
   * Returns the changes that a write of an entity makes to its entries in the entity's own partition, as rows for the
   * same transaction; `undefined` if there are none. `before` is `undefined` if the entity is not stored yet, and
   * `after` if the write deletes it.
   */
  group(
    address: Address,
    before: IndexedValues | undefined,
    after: IndexedValues | undefined,
  ): readonly GroupRow[] | undefined {
    const rows: GroupRow[] = [];
    for (const maker of this.makers) {
      if (maker.index.partition === undefined) rows.push(...this.#changes(maker, address, before, after));
    }
    return rows.length > 0 ? rows : undefined;
  }

  /**
   * Returns the changes that a write of an entity makes to its entries in indexes with partitions of their own, which
   * are written before the row or deleted after it; `undefined` if there are none. `before` is `undefined` if the
   * entity is not stored yet, and `after` if the write deletes it.
   */
  apart(
    address: Address,
    before: IndexedValues | undefined,
    after: IndexedValues | undefined,
  ): ApartEntries | undefined {
    if (!this.#hasApart) return undefined;
    const changes = this.makers
      .filter(({ index }) => index.partition !== undefined)
      .map((maker) => apartChange({ indexed: this, maker, entity: address }, before, after))
      .filter((change) => change !== undefined);
    return changes.length > 0 ? new ApartChanges(changes) : undefined;
  }

  /** Adds the values that a write stores, converted to those that a read of the row will return. */
  #take(values: Record<string, unknown>, written: readonly PropertyValue[]): void {
    for (const { property, stored } of written) {
      if (this.#reads.has(property.name)) values[property.name] = valueOf(property, stored);
    }
  }

  #changes(
    maker: EntryMaker,
    address: Address,
    before: IndexedValues | undefined,
    after: IndexedValues | undefined,
  ): readonly GroupRow[] {
    const old = before && maker.storedEntryOf(address, before);
    const next = after && maker.entryAfter(address, after, before);
    const rows: GroupRow[] = [];
    const isSameRow = old?.rowKey === next?.rowKey;
    const of = (entry: Entry): EntryOf => ({ indexed: this, maker, entity: address, entry });
    if (old !== undefined && !isSameRow) rows.push(new EntryWrite(of(old), 'delete'));
    if (next !== undefined && !(isSameRow && maker.areSame(old!, next))) {
      rows.push(new EntryWrite(of(next), maker.index.unique && !isSameRow ? 'insert' : 'upsert-replace'));
    }
    return rows;
  }

  /** Returns the names of the properties that have the given stored names and that an index needs. */
  #namesOf(storedNames: readonly string[]): readonly string[] {
    if (storedNames.length === 0) return [];
    const { properties } = this.mapper.metadata;
    return properties
      .filter(({ name, storedName }) => this.#reads.has(name) && storedNames.includes(storedName))
      .map(({ name }) => name);
  }

  #keyValues({ partitionKey, rowKey }: Address): Record<string, unknown> {
    const values: Record<string, unknown> = { [ENTITY_ROW]: rowKey, [ENTITY_PARTITION]: partitionKey };
    if (this.#keyParts.length === 0) return values;
    const { metadata } = this.mapper;
    for (const [template, key] of [
      [metadata.partitionKey, partitionKey],
      [metadata.rowKey, rowKey],
    ] as const) {
      const parts = parseKey(template, key);
      template.parts.forEach(({ name }, at) => (values[name] = parts[at]));
    }
    return values;
  }
}

function readsOf({ className, properties }: EntityMetadata, needs: ReadonlySet<string>): ReadonlyMap<string, Read> {
  const needed = properties.filter(({ name, copiesKey }) => needs.has(name) && !copiesKey);
  return new Map(
    needed.map((property) => [property.name, lenient(propertyReader(className, { ...property, default: undefined }))]),
  );
}

/**
 * Wraps a reader so that it returns `undefined` for a value that cannot be read, because another program stored it with
 * the wrong type or in a form that the converter rejects. The entity then has no entry, but the library can still
 * change or delete it.
 */
function lenient(read: Read): Read {
  return (row) => {
    try {
      return read(row);
    } catch (error) {
      if (EntitableError.is(error, 'entity.')) return undefined;
      throw error;
    }
  };
}

/** Converts a stored value back to the entity's value; `undefined` if it cannot be read, as in `lenient`. */
function valueOf({ converter }: PropertyMetadata, stored: unknown): unknown {
  if (converter === undefined) return stored;
  try {
    return atOnce(converter.fromStored(stored), 'fromStored');
  } catch {
    return undefined;
  }
}

const INDEXES = new WeakMap<object, IndexRows>();

/** Returns the indexes of a mapper's class; `undefined` for a class that declares none, which most do. */
export function indexesOf<T extends object>(mapper: EntityMapper<T>): IndexRows | undefined {
  if (mapper.metadata.indexes.length === 0) return undefined;
  let indexes = INDEXES.get(mapper);
  if (indexes === undefined) INDEXES.set(mapper, (indexes = new IndexRows(mapper)));
  return indexes;
}
