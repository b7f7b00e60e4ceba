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

/** One index of a class, and where its entries and its entities are read. */
export interface IndexSource<T extends object> {
  readonly indexed: IndexRows;
  readonly maker: EntryMaker;
  /** The rows of the entries. */
  readonly entries: Rows;
  readonly entities: EntityReader<T>;
  /** Returns whether the entity at an address is left out. A unit of work leaves out those that it deletes. */
  readonly isLeftOut?: ((entity: Address) => boolean) | undefined;
}

/** A reading of entities, which a sieve may leave out. */
export interface EntityReading<out R> {
  readonly reading: RowReading<R>;
  readonly sieve?: Sieve | undefined;
}

/** The number of entities that are read at the same time. */
const CONCURRENCY = 16;

/** An entity that was read: its result, and its entry as it is now. */
interface Found<out R> {
  readonly result: R;
  readonly entry: Entry;
}

/** Reads the entities that the entries of an index stand for. */
export class IndexReader<T extends object> {
  /** The class, and the index. */
  readonly of: IndexOf;
  /** The mapping of the entries. */
  readonly metadata: EntityMetadata;
  readonly table: string;
  readonly rows: Rows;
  readonly places: EntryPlaces;
  /** Reads from each entry the place of its entity. */
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
   * are no longer those of their entry. Throws as `bindToEntries`.
   */
  where(condition: Condition): { readonly index: IndexReader<T>; readonly bound: BoundFilter } {
    const bound = bindToEntries(this.of, condition);
    const names = namesIn(condition);
    return { index: new IndexReader(this.#source, new Set([...(this.#tested ?? []), ...names])), bound };
  }

  /** Returns the rows of the entries for a reading of them alone. */
  get alone(): Rows {
    const { isLeftOut = () => false } = this.#source;
    return entryRows(this.rows, this.places, isLeftOut);
  }

  /** Returns whether the entries hold all of these properties. */
  covers(names: readonly string[]): boolean {
    return names.every((name) => this.of.index.covered.has(name));
  }

  /** Returns a reading of properties that the entries hold. */
  project(names: readonly string[]): RowReading<object> {
    return coveredReading(this.of, this.places, names);
  }

  /**
   * Returns a reading that counts entries; `undefined` if they do not stand for their entities at all times, because
   * they are not written in the same transaction.
   */
  get counting(): RowReading<void> | undefined {
    if (this.of.index.partition !== undefined) return undefined;
    return { ...this.reading, entityOf: (row) => this.places.of(row)!, decode: () => undefined };
  }

  /**
   * Returns the function that reads the entities of entries: at most {@link CONCURRENCY} at once, in the order of the
   * entries. It leaves out entities that are gone, or that have another entry now, and those that the sieve leaves out.
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

  /** Reads one entity, if it still has the entry that told its place. */
  entity<R>(
    place: EntryPlace,
    how: EntityReading<R>,
    options: OperationOptions | undefined,
  ): Promise<Found<R> | undefined> {
    return this.#read(place, how, options, (now) => this.places.hold(place, now));
  }

  /** Reads one entity with its entry as it is now, if it has one. */
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

  /** Reads the place of an entry at an address, with its ETag. */
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

  /** Adds to a request what tells whether the entry still holds. A sieve sees the whole entity. */
  #knowing({ select, ...others }: ReadRequest, sieve: Sieve | undefined): ReadRequest {
    if (sieve !== undefined) return { ...others, etag: true };
    if (select === undefined) return others;
    return { ...others, select: [...new Set([...select, ...this.#source.indexed.slots])] };
  }
}
