import { isDate } from 'node:util/types';
import { isBytes } from '../../edm/bytes.js';
import { exactTicks } from '../../edm/date-time.js';
import { EntitableError } from '../../errors/entitable-error.js';
import { placesOf, type EntryPlaces } from '../../indexes/entry-place.js';
import type { Entry, EntryMaker, IndexedValues } from '../../indexes/index-entry.js';
import { indexesOf, type IndexRows } from '../../indexes/index-rows.js';
import { addressOfRow, type Address } from '../../mapping/entity-address.js';
import type { EntityMapper } from '../../mapping/entity-mapper.js';
import { propertyReader } from '../../mapping/property-reader.js';
import { snapshot } from '../../mapping/unassigned.js';
import { ENTRY_HEAD } from '../../metadata/indexes/index-metadata.js';
import { invalidOption } from '../../options/check-option.js';
import type { OperationOptions } from '../../options/operation-options.js';
import type { Chunk } from '../../query/execute-plan.js';
import { scopeOf } from '../../query/planning/plan.js';
import { TIMESTAMP, type RowReader } from '../../store/row.js';
import type { Rows } from '../../store/table-store.js';
import { readRows, type TablePlace } from '../table-place.js';
import type { DigestedEntry } from './digest-table.js';

/** An entity with the values that its indexes need, and with the entries that it must have. */
export interface ReadEntity extends Address {
  readonly etag: string;
  readonly values: IndexedValues;
  readonly entries: ReadonlyMap<EntryMaker, Entry>;
  /** The reasons why the entity cannot have an entry although it has the values for one. */
  readonly refusals: readonly Refusal[];
}

/** A row in the range of keys of the class, with the values that the indexes need. */
export interface IndexedRow extends Address {
  readonly etag: string;
  /** The values; `undefined` if the keys of the row do not fit the class. */
  readonly values: IndexedValues | undefined;
}

/** The reason why an entity cannot have an entry in an index. */
export interface Refusal {
  readonly index: string;
  readonly error: EntitableError;
}

/** An entry as it is stored. */
export interface ReadEntry extends Address {
  readonly maker: EntryMaker;
  readonly etag: string;
  /** The time at which the entry was last written, in milliseconds since 1970. */
  readonly writtenAt: number;
  /** The address of the entity; `undefined` if the row does not have the keys of an entry. */
  readonly entity: Address | undefined;
  /** The values of the projected properties; `undefined` if one of them cannot be read. */
  readonly values: IndexedValues | undefined;
}

/** Reads the entities of one class and the entries of some of its indexes for administration. */
export class IndexedClass {
  readonly mapper: EntityMapper<object>;
  readonly indexes: IndexRows;
  readonly makers: readonly EntryMaker[];
  readonly #place: TablePlace;
  readonly #entities: Rows;
  readonly #readers: ReadonlyMap<EntryMaker, EntryReader>;

  /**
   * @param name - The name of the only index to be read; by default all of them. Throws `validation.invalid-option` for
   *   a class without indexes, and for an index that the class does not declare.
   */
  constructor(place: TablePlace, mapper: EntityMapper<object>, name: string | undefined) {
    const { className } = mapper.metadata;
    const indexes = indexesOf(mapper);
    const names = mapper.metadata.indexes.map((index) => index.name);
    if (indexes === undefined) throw invalidOption('indexes', 'a class with indexes', `${className}, which has none`);
    if (name !== undefined && !names.includes(name)) {
      throw invalidOption('index', `the name of an index of ${className} (${names.join(', ')})`, 'another value');
    }
    const { strict } = place.tables;
    this.mapper = mapper;
    this.indexes = indexes;
    this.makers = indexes.makers.filter(({ index }) => name === undefined || index.name === name);
    this.#place = place;
    this.#entities = strict.rows(mapper.table, mapper.shape);
    this.#readers = new Map(this.makers.map((maker) => [maker, new EntryReader(maker, place)]));
  }

  /**
   * Reads all entities, page by page. Rows that are no entities of the class appear as `undefined`. Throws
   * `store.table-not-found`.
   */
  entities(options: OperationOptions): AsyncGenerator<Chunk<ReadEntity | undefined>, void, undefined> {
    const decode = (row: RowReader): ReadEntity | undefined => this.#entityOf(row);
    const request = { select: this.indexes.slots, etag: true };
    return readRows(this.#place, true, { rows: this.#entities, request, decode }, options);
  }

  /**
   * Reads all rows in the range of keys of the class, page by page, with the values that its indexes need. Rows whose
   * keys do not fit the class are included without values.
   */
  rows(options: OperationOptions): AsyncGenerator<Chunk<IndexedRow>, void, undefined> {
    const decode = (row: RowReader): IndexedRow => this.#rowOf(row);
    const request = { select: this.indexes.slots, etag: true };
    return readRows(this.#place, true, { rows: this.#entities, request, decode }, options);
  }

  /** Reads a row as it is now. */
  rowAt({ partitionKey, rowKey }: Address, options: OperationOptions): Promise<IndexedRow | undefined> {
    const request = { select: this.indexes.slots, etag: true };
    return this.#entities.get(partitionKey, rowKey, (row) => this.#rowOf(row), request, options);
  }

  /** Reads an entity as it is now. */
  entityAt({ partitionKey, rowKey }: Address, options: OperationOptions): Promise<ReadEntity | undefined> {
    const request = { select: this.indexes.slots, etag: true };
    return this.#entities.get(partitionKey, rowKey, (row) => this.#entityOf(row), request, options);
  }

  /** Reads all entries of an index, page by page. */
  entries(maker: EntryMaker, options: OperationOptions): AsyncGenerator<readonly ReadEntry[], void, undefined> {
    return this.#readers.get(maker)!.all(options);
  }

  /** Reads an entry as it is now. */
  entryAt(maker: EntryMaker, address: Address, options: OperationOptions): Promise<ReadEntry | undefined> {
    return this.#readers.get(maker)!.at(address, options);
  }

  #rowOf(row: RowReader): IndexedRow {
    const values = this.#isOfClass(row) ? this.indexes.values(row) : undefined;
    return { ...addressOfRow(row), etag: row.etag, values };
  }

  #entityOf(row: RowReader): ReadEntity | undefined {
    const address = addressOfRow(row);
    if (address.rowKey.startsWith(ENTRY_HEAD) || !this.#isOfClass(row)) return undefined;
    const { etag } = row;
    const entries = new Map<EntryMaker, Entry>();
    const refusals: Refusal[] = [];
    const values = this.indexes.values(row);
    for (const maker of this.makers) {
      try {
        const entry = maker.entryOf(address, values);
        if (entry !== undefined) entries.set(maker, entry);
      } catch (error) {
        if (!EntitableError.is(error, 'key.')) throw error;
        refusals.push({ index: maker.index.name, error });
      }
    }
    return { ...address, etag, values, entries, refusals };
  }

  /** Returns whether the keys of a row fit the class. Another class of the table may have written the row. */
  #isOfClass(row: RowReader): boolean {
    try {
      this.mapper.checkKeys(row);
      return true;
    } catch (error) {
      if (EntitableError.is(error, 'key.unparsable')) return false;
      throw error;
    }
  }
}

/** Reads the entries of one index. */
class EntryReader {
  readonly #maker: EntryMaker;
  readonly #places: EntryPlaces;
  readonly #rows: Rows;
  readonly #place: TablePlace;
  readonly #reads: readonly (readonly [name: string, read: (row: RowReader) => unknown])[];

  constructor(maker: EntryMaker, { tables }: TablePlace) {
    const { metadata, table, shape } = maker.mapper;
    this.#maker = maker;
    this.#places = placesOf(maker);
    this.#place = { tables, table, scope: scopeOf(metadata, undefined) };
    this.#rows = tables.strict.rows(table, shape);
    const projected = metadata.properties.filter(({ name }) => maker.index.project.includes(name));
    this.#reads = projected.map((property) => [property.name, propertyReader(metadata.className, property)]);
  }

  async *all(options: OperationOptions): AsyncGenerator<readonly ReadEntry[], void, undefined> {
    const decode = (row: RowReader): ReadEntry => this.#entryOf(row);
    const select = [TIMESTAMP, ...this.#maker.mapper.metadata.properties.map(({ slot }) => slot)];
    const reading = { rows: this.#rows, request: { select, etag: true }, decode };
    try {
      for await (const { rows } of readRows(this.#place, true, reading, options)) yield rows;
    } catch (error) {
      if (!this.#isMissingTable(error)) throw error;
    }
  }

  async at({ partitionKey, rowKey }: Address, options: OperationOptions): Promise<ReadEntry | undefined> {
    try {
      return await this.#rows.get(partitionKey, rowKey, (row) => this.#entryOf(row), undefined, options);
    } catch (error) {
      if (this.#isMissingTable(error)) return undefined;
      throw error;
    }
  }

  /**
   * Returns whether an error means that the own table of an index does not exist yet, so that it has no entries. The
   * first write of an entry creates it.
   */
  #isMissingTable(error: unknown): boolean {
    return this.#maker.index.partition !== undefined && EntitableError.is(error, 'store.table-not-found');
  }

  #entryOf(row: RowReader): ReadEntry {
    const place = this.#places.of(row);
    return {
      ...addressOfRow(row),
      maker: this.#maker,
      etag: row.etag,
      writtenAt: row.milliseconds(TIMESTAMP),
      entity: place && { partitionKey: place.partitionKey, rowKey: place.rowKey },
      values: this.#valuesOf(row),
    };
  }

  #valuesOf(row: RowReader): IndexedValues | undefined {
    try {
      return Object.fromEntries(this.#reads.map(([name, read]) => [name, read(row)]));
    } catch (error) {
      if (EntitableError.is(error)) return undefined; // another program wrote the entry
      throw error;
    }
  }
}

/** Returns the texts by which an entry that an entity must have is compared with one that was read. */
export function digested(
  { index, mapper }: EntryMaker,
  entry: Address,
  entity: Address,
  values: IndexedValues,
): DigestedEntry {
  const projected = mapper.metadata.properties.filter(({ name }) => index.project.includes(name));
  return {
    place: JSON.stringify([index.name, entry.partitionKey, entry.rowKey, entity.partitionKey, entity.rowKey]),
    content: projected.map((property) => contentText(snapshot(property, values[property.name]))).join(),
  };
}

/** Returns a text that is equal for equal stored values. */
function contentText(stored: unknown): string {
  if (isDate(stored)) return `date ${stored.getTime()} ${exactTicks(stored) ?? 0}`;
  if (isBytes(stored)) return `bytes ${Buffer.from(stored).toString('base64')}`;
  return `${typeof stored} ${Object.is(stored, -0) ? '-0' : JSON.stringify(String(stored))}`;
}
