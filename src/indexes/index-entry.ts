import { EntitableError } from '../errors/entitable-error.js';
import { snapshot } from '../mapping/unassigned.js';
import { checkKeySize, type Address } from '../mapping/entity-address.js';
import type { EntityMapper } from '../mapping/entity-mapper.js';
import { isStoredAs } from '../mapping/property-difference.js';
import type { EntityMetadata, IndexMetadata } from '../metadata/entity-metadata.js';
import { textConverter } from '../metadata/indexes/index-text.js';
import { composeKey } from '../metadata/key-template.js';

/**
 * The values of one entity that its indexes need, by property, with its keys under the names `ENTITY_ROW` and
 * `ENTITY_PARTITION`. An absent property is missing, `undefined` or `null`.
 */
export type IndexedValues = Readonly<Record<string, unknown>>;

/** The entry of one entity in one index: its address, and the values of the entity, some of which it holds. */
export interface Entry extends Address {
  readonly values: IndexedValues;
}

/** Makes the entries of one index from the values of its entities. */
export class EntryMaker {
  readonly index: IndexMetadata;
  /** The mapper of the entries. */
  readonly mapper: EntityMapper<object>;
  /** The names of the properties that find entities; those of a unique index are unique together. */
  readonly names: readonly string[];
  readonly #of: EntityMetadata;
  readonly #conditions: readonly ((values: IndexedValues) => boolean)[];

  constructor(of: EntityMetadata, index: IndexMetadata, mapper: EntityMapper<object>) {
    this.#of = of;
    this.index = index;
    this.mapper = mapper;
    this.names = [...(index.partition ?? []), ...index.on];
    this.#conditions = Array.from(index.where, ([name, wanted]) => condition(of, name, wanted));
  }

  /**
   * Returns the entry of an entity; `undefined` if it lacks a value, or is not one that the index is of. Throws
   * `key.too-long`, `key.out-of-range`.
   */
  entryOf({ partitionKey }: Address, values: IndexedValues): Entry | undefined {
    for (const name of this.names) if (isMissing(values[name])) return undefined;
    for (const holds of this.#conditions) if (!holds(values)) return undefined;
    const { metadata, store } = this.mapper;
    const { limits } = store.traits;
    const rowKey = composeKey(metadata.rowKey, values);
    checkKeySize(metadata.rowKey, rowKey, limits, this.index.on);
    if (this.index.partition === undefined) return { partitionKey, rowKey, values };
    const own = composeKey(metadata.partitionKey, values);
    checkKeySize(metadata.partitionKey, own, limits, this.index.partition);
    return { partitionKey: own, rowKey, values };
  }

  /**
   * Returns the entry of an entity as it is stored. An entity whose values no key can hold has none: another program
   * wrote it, and the library must still be able to change or delete it.
   */
  storedEntryOf(address: Address, values: IndexedValues): Entry | undefined {
    try {
      return this.entryOf(address, values);
    } catch (error) {
      if (EntitableError.is(error, 'key.')) return undefined;
      throw error;
    }
  }

  /**
   * Returns the entry of an entity after a write. An entity whose values no key can hold has none if the write leaves
   * these values as another program wrote them. Throws `key.*` if it changes them, or makes the entity one that the
   * index is of.
   */
  entryAfter(address: Address, values: IndexedValues, before: IndexedValues | undefined): Entry | undefined {
    try {
      return this.entryOf(address, values);
    } catch (error) {
      if (before === undefined || !EntitableError.is(error, 'key.')) throw error;
      const own = this.#of.properties.filter(({ name }) => this.names.includes(name));
      const isOfOthers = this.areSame({ values: before }, { values }, own) && !this.#accepts(address, before);
      if (isOfOthers) return undefined;
      throw error;
    }
  }

  /** Returns whether the library would have written an entity with these values. */
  #accepts(address: Address, values: IndexedValues): boolean {
    try {
      this.entryOf(address, values);
      return true;
    } catch {
      return false;
    }
  }

  /** Returns whether two entries of one address hold the same, or the same values of some properties. */
  areSame(
    left: Pick<Entry, 'values'>,
    right: Pick<Entry, 'values'>,
    properties = this.mapper.metadata.properties,
  ): boolean {
    const { className } = this.mapper.metadata;
    return properties.every((property) => {
      const before = snapshot(property, left.values[property.name]);
      const value = right.values[property.name];
      const stored = snapshot(property, value);
      if (before === undefined || stored === undefined) return before === stored;
      return isStoredAs(className, property, { value, stored }, before);
    });
  }

  /** Returns the class that the index belongs to. */
  get className(): string {
    return this.#of.className;
  }
}

/** Returns whether a value is absent, so that an entity with it has no entry. */
export function isMissing(value: unknown): boolean {
  return value === undefined || value === null;
}

/** Creates the test of one property of `where`. It compares texts, which are equal for equal values. */
function condition(of: EntityMetadata, name: string, wanted: readonly unknown[]): (values: IndexedValues) => boolean {
  const converter = textConverter(of.members.get(name)!, undefined);
  const text = (value: unknown): unknown => (converter === undefined ? value : converter.toStored(value));
  const texts = new Set(wanted.map(text));
  return (values) => !isMissing(values[name]) && texts.has(text(values[name]));
}
