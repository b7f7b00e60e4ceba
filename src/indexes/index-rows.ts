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
import type { ApartEntries, GroupRow } from '../writing/batch.js';
import { apartChange } from './apart-change.js';
import { ApartChanges } from './apart-entries.js';
import { EntryWrite, type EntryOf } from './entry-write.js';
import { EntryMaker, type Entry, type IndexedValues } from './index-entry.js';

/** A row as it was read: what a write of its entity must know of it. */
export interface KnownRow {
  readonly etag: string;
  readonly values: IndexedValues;
  readonly row: RetainedRow;
}

/** Reads one property from a row, without its default: an index follows what is stored. */
type Read = (row: RowReader) => unknown;

/**
 * The indexes of one class: what they need to know of its rows, and which of their entries a write of an entity
 * changes.
 */
export class IndexRows {
  readonly makers: readonly EntryMaker[];
  /** The properties that any of the indexes needs. */
  readonly needs: ReadonlySet<string>;
  /** The slots that hold them, for requests that read nothing else. */
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

  /** Returns what the indexes need of a stored row. */
  values(row: RowReader): IndexedValues {
    const values: Record<string, unknown> = this.#keyValues({
      partitionKey: row.string(PARTITION_KEY),
      rowKey: row.string(ROW_KEY),
    });
    for (const [name, read] of this.#reads) values[name] = read(row);
    return values;
  }

  /** Returns what the indexes need of a row that was retained. */
  retained(row: RetainedRow): IndexedValues {
    return this.values(this.mapper.rows.reopen(row));
  }

  /** Returns a row as a write must know it. */
  known(row: RowReader): KnownRow {
    return { etag: row.etag, values: this.values(row), row: row.retain() };
  }

  /**
   * Returns the values after a write of a whole entity, from the stored values that it writes: a converter may store
   * less than the entity has. `before` has those of the row if the write keeps what it does not contain.
   */
  afterWhole(address: Address, written: readonly PropertyValue[], before?: IndexedValues): IndexedValues {
    const values: Record<string, unknown> = this.#keyValues(address);
    for (const name of this.#reads.keys()) values[name] = before?.[name];
    this.#take(values, written);
    return values;
  }

  /** Returns the values of a row after a merge of some properties. */
  afterMerge(before: IndexedValues, { changed, removed }: Difference): IndexedValues {
    const values: Record<string, unknown> = { ...before };
    this.#take(values, changed);
    for (const name of this.#namesOf(removed)) values[name] = undefined;
    return values;
  }

  /**
   * Returns the rows that a write of an entity changes in the indexes of its partition. Absent `before` or `after`
   * stand for no entity.
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
   * Returns the entries that a write of an entity changes in indexes with partitions of their own, which are written
   * before and after it. Absent `before` or `after` stand for no entity.
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

  /** Adds the values that a write stores, as they will be read. */
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

  /** Returns the names of needed properties, given by their stored names. */
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
 * Reads a value that another program stored in another type, or that the converter cannot read, as absent: the entity
 * has no entry, and the library must still be able to change or delete it.
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

/** Turns a stored value back into that of the entity. One that cannot be read is absent, as in `lenient`. */
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
