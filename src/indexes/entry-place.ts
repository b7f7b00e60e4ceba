import { addressOfRow, type Address } from '../mapping/entity-address.js';
import { propertyReader } from '../mapping/property-reader.js';
import type { PropertyMetadata } from '../metadata/entity-metadata.js';
import { ENTITY_PARTITION, ENTITY_ROW } from '../metadata/indexes/index-metadata.js';
import { isKeyOf, type KeyTemplate } from '../metadata/key-template.js';
import { isKeyText, unescapeOrdered } from '../metadata/key-text.js';
import { keySize } from '../store/limits.js';
import type { RowReader, Slot } from '../store/row.js';
import type { Entry, EntryMaker, IndexedValues } from './index-entry.js';

/** The place of an entity, as an entry of an index tells it, with that entry. */
export interface EntryPlace extends Address {
  readonly entry: Entry;
}

const NONE: ReadonlySet<string> = new Set();

/** Finds the entities that the entries of one index stand for. */
export class EntryPlaces {
  /** The slots that are read of an entry, besides its keys. */
  readonly slots: readonly Slot[];
  readonly #maker: EntryMaker;
  readonly #row: Slot | undefined;
  readonly #partition: Slot | undefined;
  readonly #tested: readonly PropertyMetadata[];
  readonly #valuesOf: ((row: RowReader) => IndexedValues) | undefined;

  /** @param tested - The properties whose values an entity must still have as its entry holds them. */
  constructor(maker: EntryMaker, tested: ReadonlySet<string> = NONE) {
    const { className, properties } = maker.mapper.metadata;
    const slotOf = (name: string): Slot | undefined => properties.find((property) => property.name === name)?.slot;
    this.#maker = maker;
    this.#row = slotOf(ENTITY_ROW);
    this.#partition = slotOf(ENTITY_PARTITION);
    this.#tested = tested.size === 0 ? [] : properties.filter(({ name }) => tested.has(name));
    this.#valuesOf = this.#tested.length === 0 ? undefined : valuesReader(className, this.#tested);
    const places = [this.#row, this.#partition].filter((slot) => slot !== undefined);
    this.slots = Object.freeze([...places, ...this.#tested.map(({ slot }) => slot)]);
  }

  /** Returns the place of an entry's entity; `undefined` for a row that the index cannot have written. */
  of(row: RowReader): EntryPlace | undefined {
    const entry = { ...addressOfRow(row), values: this.#valuesOf?.(row) ?? NO_VALUES };
    const last = entry.rowKey.lastIndexOf(' ');
    const rowKey = this.#row === undefined ? partAfter(entry.rowKey, last) : storedText(row, this.#row);
    const partitionKey = this.#partitionKey(row, entry, last);
    if (rowKey === undefined || partitionKey === undefined) return undefined;
    return this.#isAddress(partitionKey, rowKey) ? { partitionKey, rowKey, entry } : undefined;
  }

  /** Returns whether an entity can have these keys. A read of others is refused, or finds a row of another class. */
  #isAddress(partition: string, row: string): boolean {
    const { metadata, store } = this.#maker.mapper;
    const { keyBytes } = store.traits.limits;
    const { partitionKey, rowKey } = metadata.entriesOf!;
    const isKey = (template: KeyTemplate, key: string, limit: number): boolean =>
      isKeyText(key) && keySize(key, store.traits.limits) <= limit && isKeyOf(template, key);
    return isKey(rowKey, row, keyBytes.row) && isKey(partitionKey, partition, keyBytes.partition);
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

  /** Returns whether an entity that was read has the entry that told its place. */
  hold({ entry }: EntryPlace, now: Entry): boolean {
    return (
      now.rowKey === entry.rowKey &&
      now.partitionKey === entry.partitionKey &&
      (this.#tested.length === 0 || this.#maker.areSame(entry, now, this.#tested))
    );
  }
}

const NO_VALUES: IndexedValues = Object.freeze({});

function valuesReader(className: string, properties: readonly PropertyMetadata[]): (row: RowReader) => IndexedValues {
  const reads = properties.map((property) => [property.name, propertyReader(className, property)] as const);
  return (row) => Object.fromEntries(reads.map(([name, read]) => [name, read(row)]));
}

/** Reads the part of a key that begins after a space; `undefined` if it has none, or one that no entry has. */
function partAfter(key: string, space: number): string | undefined {
  return unescapeOrdered(key, space + 1)?.text;
}

function storedText(row: RowReader, slot: Slot): string | undefined {
  return row.typeOf(slot) === 'String' ? row.string(slot) : undefined;
}
