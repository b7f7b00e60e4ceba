import { addressOfRow, type Address } from '../mapping/entity-address.js';
import { propertyReader } from '../mapping/property-reader.js';
import type { PropertyMetadata } from '../metadata/entity-metadata.js';
import { ENTITY_PARTITION, ENTITY_ROW } from '../metadata/indexes/index-metadata.js';
import { isKeyOf, type KeyTemplate } from '../metadata/key-template.js';
import { isKeyText, unescapeOrdered } from '../metadata/key-text.js';
import { keySize } from '../store/limits.js';
import type { RowReader, Slot } from '../store/row.js';
import type { Entry, EntryMaker, IndexedValues } from './index-entry.js';

/** The address of an entity, as it was read from an entry of an index, together with that entry. */
export interface EntryPlace extends Address {
  readonly entry: Entry;
}

const NONE: ReadonlySet<string> = new Set();

/** Finds the addresses of the entities to which the entries of one index belong. */
export class EntryPlaces {
  /** The slots to read from an entry, in addition to its keys. */
  readonly slots: readonly Slot[];
  readonly #maker: EntryMaker;
  readonly #row: Slot | undefined;
  readonly #partition: Slot | undefined;
  readonly #tested: readonly PropertyMetadata[];
  readonly #valuesOf: ((row: RowReader) => IndexedValues) | undefined;

  /** @param tested - The properties for which `hold` compares the value in the entry with the value of the entity. */
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

  /**
   * Returns the address of an entry's entity, together with the entry; `undefined` for a row that the index cannot have
   * written.
   */
  of(row: RowReader): EntryPlace | undefined {
    const entry = { ...addressOfRow(row), values: this.#valuesOf?.(row) ?? NO_VALUES };
    const last = entry.rowKey.lastIndexOf(' ');
    const rowKey = this.#row === undefined ? partAfter(entry.rowKey, last) : storedText(row, this.#row);
    const partitionKey = this.#partitionKey(row, entry, last);
    if (rowKey === undefined || partitionKey === undefined) return undefined;
    return this.#isAddress(partitionKey, rowKey) ? { partitionKey, rowKey, entry } : undefined;
  }

  /**
   * Returns whether an entity of the class can have these keys. A read with any other keys would be refused, or would
   * find a row of another class.
   */
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

  /**
   * Returns whether the entry from which an entity's address was read still belongs to the entity. `now` is the entry
   * that the entity has according to its own row.
   */
  hold({ entry }: EntryPlace, now: Entry): boolean {
    return (
      now.rowKey === entry.rowKey &&
      now.partitionKey === entry.partitionKey &&
      (this.#tested.length === 0 || this.#maker.areSame(entry, now, this.#tested))
    );
  }
}

const PLACES = new WeakMap<EntryMaker, EntryPlaces>();

/** Returns what finds the entities of the entries of one index, without a comparison of properties. */
export function placesOf(maker: EntryMaker): EntryPlaces {
  let places = PLACES.get(maker);
  if (places === undefined) PLACES.set(maker, (places = new EntryPlaces(maker)));
  return places;
}

const NO_VALUES: IndexedValues = Object.freeze({});

function valuesReader(className: string, properties: readonly PropertyMetadata[]): (row: RowReader) => IndexedValues {
  const reads = properties.map((property) => [property.name, propertyReader(className, property)] as const);
  return (row) => Object.fromEntries(reads.map(([name, read]) => [name, read(row)]));
}

/**
 * Decodes the part of an entry's key that begins after the space at index `space`; `undefined` if there is no valid
 * part.
 */
function partAfter(key: string, space: number): string | undefined {
  return unescapeOrdered(key, space + 1)?.text;
}

function storedText(row: RowReader, slot: Slot): string | undefined {
  return row.typeOf(slot) === 'String' ? row.string(slot) : undefined;
}
