import { Deadline } from '../../async/deadline.js';
import { withLinkedSignal } from '../../async/linked-signal.js';
import { mapConcurrently } from '../../async/map-concurrently.js';
import type { BoundFilter } from '../../filter/bind.js';
import type { Condition } from '../../filter/condition.js';
import { EntryPlaces, type EntryPlace } from '../../indexes/entry-place.js';
import type { Entry, EntryMaker } from '../../indexes/index-entry.js';
import type { IndexRows } from '../../indexes/index-rows.js';
import type { Address } from '../../mapping/entity-address.js';
import type { EntityReader } from '../../mapping/entity-reader.js';
import type { EntityMetadata } from '../../metadata/entity-metadata.js';
import type { OperationOptions } from '../../options/operation-options.js';
import type { RowReader } from '../../store/row.js';
import type { ReadRequest, Rows } from '../../store/table-store.js';
import { LEFT_OUT, type Sieve } from '../client-filter.js';
import type { RowReading } from '../merge-rows.js';
import { bindToEntries, coveredReading, entryRows, namesIn, type IndexOf } from './covered.js';

/** One index of a class, and the sources from which its entries and its entities are read. */
export interface IndexSource<T extends object> {
  readonly indexed: IndexRows;
  readonly maker: EntryMaker;
  /** The rows of the entries. */
  readonly entries: Rows;
  readonly entities: EntityReader<T>;
  /**
   * Returns whether the entity at an address is left out of the results. A unit of work leaves out those that it
   * deletes.
   */
  readonly isLeftOut?: ((entity: Address) => boolean) | undefined;
}

/** A reading of entities and, if set, a sieve: a client-side filter that leaves out entities that do not match. */
export interface EntityReading<out R> {
  readonly reading: RowReading<R>;
  readonly sieve?: Sieve | undefined;
}

/** The maximum number of entities that are read at the same time. */
const CONCURRENCY = 16;

/** An entity that was read: the decoded result, and the index entry that belongs to its current values. */
interface Found<out R> {
  readonly result: R;
  readonly entry: Entry;
}

/** Reads the entities to which the entries of an index refer. */
export class IndexReader<T extends object> {
  /** The metadata of the class and of the index. */
  readonly of: IndexOf;
  /** The metadata of the entries, which are mapped like entities. */
  readonly metadata: EntityMetadata;
  readonly table: string;
  readonly rows: Rows;
  readonly places: EntryPlaces;
  /** Reads from each entry the place of its entity, i.e. the entity's address together with the entry. */
  readonly reading: RowReading<EntryPlace | undefined>;
  readonly #source: IndexSource<T>;
  readonly #tested: ReadonlySet<string> | undefined;

  /** @param tested - The properties that the filters of the query test. */
  constructor(source: IndexSource<T>, tested?: ReadonlySet<string>) {
    const { mapper } = source.maker;
    const places = new EntryPlaces(source.maker, tested);
    this.#tested = tested;
    this.#source = source;
    this.of = { metadata: source.entities.metadata, index: source.maker.index };
    this.metadata = mapper.metadata;
    this.table = mapper.table;
    this.rows = source.entries;
    this.places = places;
    this.reading = Object.freeze({
      request: Object.freeze({ select: places.slots, etag: false }),
      decode: (row: RowReader) => places.of(row),
    });
  }

  /**
   * Binds a condition to the entries. The reader that is returned with it leaves out entities whose tested properties
   * no longer have the values that their entry holds. Throws as `bindToEntries`.
   */
  where(condition: Condition): { readonly index: IndexReader<T>; readonly bound: BoundFilter } {
    const bound = bindToEntries(this.of, condition);
    const names = namesIn(condition);
    return { index: new IndexReader(this.#source, new Set([...(this.#tested ?? []), ...names])), bound };
  }

  /** Returns the rows of the entries for a query that reads only entries, not their entities. */
  get alone(): Rows {
    const { isLeftOut = () => false } = this.#source;
    return entryRows(this.rows, this.places, isLeftOut);
  }

  /** Returns whether the entries hold all of these properties. */
  covers(names: readonly string[]): boolean {
    return names.every((name) => this.of.index.covered.has(name));
  }

  /** Returns a reading that takes these properties from the entries, without reading the entities. */
  project(names: readonly string[]): RowReading<object> {
    return coveredReading(this.of, this.places, names);
  }

  /**
   * Returns a reading that counts entries instead of entities; `undefined` if the numbers may differ, because entries
   * and entities are not written in the same transaction.
   */
  get counting(): RowReading<void> | undefined {
    if (this.of.index.partition !== undefined) return undefined;
    return { ...this.reading, entityOf: (row) => this.places.of(row)!, decode: () => undefined };
  }

  /**
   * Returns the function that reads the entities of entries, at most {@link CONCURRENCY} at once, and returns them in
   * the order of the entries. It leaves out entities that no longer exist, those whose current values belong to another
   * entry, and those that the sieve rejects.
   */
  resolver<R>(
    how: EntityReading<R>,
  ): (places: readonly (EntryPlace | undefined)[], options?: OperationOptions) => Promise<readonly R[]> {
    return async (places, options = {}) => {
      const deadline = new Deadline({ signal: options.signal, timeout: options.timeout });
      const found = await withLinkedSignal(options.signal, (signal) =>
        mapConcurrently(places, CONCURRENCY, async (place) => {
          if (place === undefined) return undefined;
          deadline.check();
          const { timeout } = deadline.rest;
          return this.entity(place, how, { ...options, timeout, signal });
        }),
      );
      return found.flatMap((one) => (one === undefined ? [] : [one.result]));
    };
  }

  /**
   * Reads one entity. Resolves to `undefined` if its values no longer belong to the entry through which it was found,
   * or if the sieve rejects it.
   */
  entity<R>(
    place: EntryPlace,
    how: EntityReading<R>,
    options: OperationOptions | undefined,
  ): Promise<Found<R> | undefined> {
    return this.#read(place, how, options, (now) => this.places.hold(place, now));
  }

  /**
   * Reads one entity and the entry that belongs to its current values. Resolves to `undefined` if either does not
   * exist, or if the sieve rejects the entity.
   */
  current<R>(
    address: Address,
    how: EntityReading<R>,
    options: OperationOptions | undefined,
  ): Promise<Found<R> | undefined> {
    return this.#read(address, how, options, () => true);
  }

  #read<R>(
    { partitionKey, rowKey }: Address,
    { reading: { request, decode }, sieve }: EntityReading<R>,
    options: OperationOptions | undefined,
    holds: (now: Entry) => boolean,
  ): Promise<Found<R> | undefined> {
    const { indexed, maker, entities } = this.#source;
    const passing = sieve === undefined ? decode : sieve(decode, options);
    const read = (row: RowReader): Found<R> | undefined => {
      const entry = maker.storedEntryOf({ partitionKey, rowKey }, indexed.values(row));
      if (entry === undefined || !holds(entry)) return undefined;
      const result = passing(row);
      return result === LEFT_OUT ? undefined : { result, entry };
    };
    return entities.rows.get(partitionKey, rowKey, read, this.#knowing(request, sieve), options);
  }

  /** Reads the entry at an address. Resolves to the place of its entity and the ETag of the entry. */
  entry(
    { partitionKey, rowKey }: Address,
    options: OperationOptions | undefined,
  ): Promise<{ readonly place: EntryPlace | undefined; readonly etag: string } | undefined> {
    const read = (row: RowReader): { place: EntryPlace | undefined; etag: string } => ({
      place: this.places.of(row),
      etag: row.etag,
    });
    return this.rows.get(partitionKey, rowKey, read, { select: this.places.slots, etag: true }, options);
  }

  /**
   * Adds to the `select` of a request the properties that show whether the entity still has the values of its entry. If
   * there is a sieve (a client-side filter), all properties are read, because it is passed the whole entity.
   */
  #knowing({ select, ...others }: ReadRequest, sieve: Sieve | undefined): ReadRequest {
    if (sieve !== undefined) return { ...others, etag: true };
    if (select === undefined) return others;
    return { ...others, select: [...new Set([...select, ...this.#source.indexed.slots])] };
  }
}
