import { addressOfRow, type Address } from '../mapping/entity-address.js';
import { ENTITY_PARTITION, ENTITY_ROW } from '../metadata/indexes/index-metadata.js';
import { unescapeOrdered } from '../metadata/key-text.js';
import type { RowReader, Slot } from '../store/row.js';
import type { Entry, EntryMaker, IndexedValues } from './index-entry.js';

/** The place of an entity, as an entry of an index tells it, with the address of that entry. */
export interface EntryPlace extends Address {
  readonly entry: Address;
}

/** Finds the entities that the entries of one index stand for. */
export class EntryPlaces {
  /** The slots of an entry that tell its entity, besides the keys. */
  readonly slots: readonly Slot[];
  readonly #maker: EntryMaker;
  readonly #row: Slot | undefined;
  readonly #partition: Slot | undefined;

  constructor(maker: EntryMaker) {
    const { properties } = maker.mapper.metadata;
    const slotOf = (name: string): Slot | undefined => properties.find((property) => property.name === name)?.slot;
    this.#maker = maker;
    this.#row = slotOf(ENTITY_ROW);
    this.#partition = slotOf(ENTITY_PARTITION);
    this.slots = Object.freeze([this.#row, this.#partition].filter((slot) => slot !== undefined));
  }

  /** Returns the place of an entry's entity; `undefined` for a row that the index did not write. */
  of(row: RowReader): EntryPlace | undefined {
    const entry = addressOfRow(row);
    const last = entry.rowKey.lastIndexOf(' ');
    const rowKey = this.#row === undefined ? partAfter(entry.rowKey, last) : storedText(row, this.#row);
    const partitionKey = this.#partitionKey(row, entry, last);
    return rowKey === undefined || partitionKey === undefined ? undefined : { partitionKey, rowKey, entry };
  }

  #partitionKey(row: RowReader, entry: Address, last: number): string | undefined {
    if (this.#maker.index.partition === undefined) return entry.partitionKey;
    if (this.#partition !== undefined) return storedText(row, this.#partition);
    return last < 0 ? undefined : partAfter(entry.rowKey, entry.rowKey.lastIndexOf(' ', last - 1));
  }

  /** Returns the entry of a stored entity. An entity whose values no key can hold has none. */
  entryOf(entity: Address, values: IndexedValues): Entry | undefined {
    return this.#maker.storedEntryOf(entity, values);
  }
}

/** Reads the part of a key that begins after a space; `undefined` if it has none, or one that no entry has. */
function partAfter(key: string, space: number): string | undefined {
  return unescapeOrdered(key, space + 1)?.text;
}

function storedText(row: RowReader, slot: Slot): string | undefined {
  return row.typeOf(slot) === 'String' ? row.string(slot) : undefined;
}
