import { EntitableError } from '../errors/entitable-error.js';
import { addressOfRow, type Address } from '../mapping/entity-address.js';
import { TIMESTAMP, type RowReader } from '../store/row.js';
import type { OperationOptions } from '../options/operation-options.js';
import { placesOf } from './entry-place.js';
import type { IndexedRows } from './entry-write.js';
import type { Entry, EntryMaker } from './index-entry.js';

/** The index that an entry belongs to, and the entity that it is for. */
export interface ApartOf {
  readonly indexed: IndexedRows;
  readonly maker: EntryMaker;
  readonly entity: Address;
}

/** An entry as it is stored. */
export interface StoredEntry {
  readonly etag: string;
  /** The time of its last write, in milliseconds since 1970. */
  readonly written: number;
  /** The address of its entity; `undefined` for a row that the library cannot have written for this index. */
  readonly owner: Address | undefined;
}

/** Reads, writes and deletes one entry of an index with partitions of its own. Each operation is a separate request. */
export class ApartEntry {
  readonly of: ApartOf;
  readonly entry: Entry;

  /** With `isWritten`, throws `validation.*` for an entry that cannot be stored, before anything is sent. */
  constructor(of: ApartOf, entry: Entry, isWritten: boolean) {
    this.of = of;
    this.entry = entry;
    if (isWritten) this.#prepare('upsert-replace');
  }

  /** Writes the entry. Resolves to its new ETag. */
  async write(
    mode: 'insert' | 'replace' | 'upsert-replace',
    options: OperationOptions,
    ifMatch?: string,
  ): Promise<string | undefined> {
    const { store, table } = this.of.maker.mapper;
    const [receipt] = await store.submit(table, [this.#prepare(mode, ifMatch)], options);
    return receipt?.etag;
  }

  /** Deletes the entry, on condition that `ifMatch` is still its ETag. */
  async remove(ifMatch: string, options: OperationOptions): Promise<void> {
    const { mapper } = this.of.maker;
    const { partitionKey, rowKey } = this.entry;
    await mapper.store.submit(
      mapper.table,
      [mapper.prepare({ mode: 'delete', partitionKey, rowKey, ifMatch }, [])],
      options,
    );
  }

  /** Reads the entry; `undefined` if there is none. */
  async find(options: OperationOptions): Promise<StoredEntry | undefined> {
    const { partitionKey, rowKey } = this.entry;
    const decode = (row: RowReader): StoredEntry => {
      const place = placesOf(this.of.maker).of(row);
      const owner = place && { partitionKey: place.partitionKey, rowKey: place.rowKey };
      return { etag: row.etag, written: row.milliseconds(TIMESTAMP), owner };
    };
    return this.of.maker.mapper.rows.get(partitionKey, rowKey, decode, undefined, options);
  }

  /** Reads the entity at an address. Returns its entry in the index if that has the same address as this entry. */
  async entryOf({ partitionKey, rowKey }: Address, options: OperationOptions): Promise<Entry | undefined> {
    const { indexed, maker } = this.of;
    const decode = (row: RowReader): Entry | undefined => maker.storedEntryOf(addressOfRow(row), indexed.values(row));
    const select = { select: indexed.slots };
    const found = await indexed.mapper.rows.get(partitionKey, rowKey, decode, select, options);
    return found !== undefined && isAt(found, this.entry) ? found : undefined;
  }

  #prepare(mode: 'insert' | 'replace' | 'upsert-replace', ifMatch?: string) {
    const { partitionKey, rowKey, values } = this.entry;
    const condition = ifMatch === undefined ? {} : { ifMatch };
    return this.of.maker.mapper.prepareWhole({ mode, partitionKey, rowKey, ...condition }, values);
  }
}

/** Returns whether two addresses are the same. */
export function isAt(left: Address, right: Address): boolean {
  return left.partitionKey === right.partitionKey && left.rowKey === right.rowKey;
}

/** Returns whether an error has one of several codes. */
export function isAmong(error: unknown, ...codes: readonly EntitableError['code'][]): error is EntitableError {
  return EntitableError.is(error) && codes.includes(error.code);
}
