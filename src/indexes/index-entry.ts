import { EntitableError } from '../errors/entitable-error.js';
import { snapshot } from '../mapping/unassigned.js';
import { checkKeySize, type Address } from '../mapping/entity-address.js';
import type { EntityMapper } from '../mapping/entity-mapper.js';
import { isStoredAs } from '../mapping/property-difference.js';
import type { EntityMetadata, IndexMetadata } from '../metadata/entity-metadata.js';
import { textConverter } from '../metadata/indexes/index-text.js';
import { composeKey } from '../metadata/key-template.js';

/**
 * The values of one entity that its indexes need, by property name. The entity's row key and partition key have the
 * names `ENTITY_ROW` and `ENTITY_PARTITION`. A value that the entity lacks is left out, `undefined` or `null`.
 */
export type IndexedValues = Readonly<Record<string, unknown>>;

/**
 * The entry of one entity in one index: its address, and the values of the entity, some of which are stored in the
 * entry.
 */
export interface Entry extends Address {
  readonly values: IndexedValues;
}

/** Makes the entries of one index from the values of its entities. */
export class EntryMaker {
  readonly index: IndexMetadata;
  /** Converts entries to rows and rows to entries. */
  readonly mapper: EntityMapper<object>;
  /**
   * The names of the properties by which the index finds entities. In a unique index, the combination of their values
   * is unique.
   */
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
   * Returns the entry of an entity; `undefined` if the entity lacks a value of the key, or does not meet the conditions
   * of the index's `where`. Throws `key.too-long`, `key.out-of-range`.
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
   * Returns the entry of an entity with the values that it has in the store; `undefined` if no key can hold these
   * values. Then another program wrote the entity, and the library must still be able to change or delete it.
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
   * Returns the entry that an entity has after a write. If no key can hold the entity's values, returns `undefined` if
   * the write leaves them as another program stored them; throws `key.*` if the write changes them, or makes the entity
   * meet the conditions of the index's `where`.
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

  /** Returns whether the library could have written an entity with these values. */
  #accepts(address: Address, values: IndexedValues): boolean {
    try {
      this.entryOf(address, values);
      return true;
    } catch {
      return false;
    }
  }

  /**
   * Returns whether two entries with the same address have equal values for some properties, by default for all
   * properties of an entry.
   */
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

/**
 * Creates the function that tests one property of an index's `where`. It compares values by their texts: equal values
 * have equal texts, although e.g. two equal dates are different objects.
 */
function condition(of: EntityMetadata, name: string, wanted: readonly unknown[]): (values: IndexedValues) => boolean {
  const converter = textConverter(of.members.get(name)!, undefined);
  const text = (value: unknown): unknown => (converter === undefined ? value : converter.toStored(value));
  const texts = new Set(wanted.map(text));
  return (values) => !isMissing(values[name]) && texts.has(text(values[name]));
}
