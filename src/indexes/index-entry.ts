import { EntitableError } from '../errors/entitable-error.js';
import { snapshot } from '../mapping/unassigned.js';
import { checkKeySize, type Address } from '../mapping/entity-address.js';
import type { EntityMapper } from '../mapping/entity-mapper.js';
import { isStoredAs } from '../mapping/property-difference.js';
import type { EntityMetadata, IndexMetadata } from '../metadata/entity-metadata.js';
import { ENTITY_PARTITION, ENTITY_ROW } from '../metadata/indexes/index-metadata.js';
import { textConverter } from '../metadata/indexes/index-text.js';
import { composeKey } from '../metadata/key-template.js';

/** The values of one entity that its indexes need, by property. An absent property is missing or `undefined`. */
export type IndexedValues = Readonly<Record<string, unknown>>;

/** The entry of one entity in one index: its address, and the values of its properties. */
export interface Entry extends Address {
  readonly values: IndexedValues;
}

/** Makes the entries of one index from the values of its entities. */
export class EntryMaker {
  readonly index: IndexMetadata;
  /** The mapper of the entries. */
  readonly mapper: EntityMapper<object>;
  readonly #of: EntityMetadata;
  readonly #conditions: readonly ((values: IndexedValues) => boolean)[];

  constructor(of: EntityMetadata, index: IndexMetadata, mapper: EntityMapper<object>) {
    this.#of = of;
    this.index = index;
    this.mapper = mapper;
    this.#conditions = Array.from(index.where, ([name, wanted]) => condition(of, name, wanted));
  }

  /**
   * Returns the entry of an entity; `undefined` if it lacks a value, or is not one that the index is of. Throws
   * `key.too-long`, `key.out-of-range`.
   */
  entryOf({ partitionKey, rowKey }: Address, values: IndexedValues): Entry | undefined {
    const { on, partition = [], project } = this.index;
    if ([...partition, ...on].some((name) => isMissing(values[name]))) return undefined;
    if (!this.#conditions.every((holds) => holds(values))) return undefined;
    const own = { [ENTITY_ROW]: rowKey, [ENTITY_PARTITION]: partitionKey };
    const source = { ...values, ...own };
    const { metadata, store } = this.mapper;
    const isApart = this.index.partition !== undefined;
    const address = {
      partitionKey: isApart ? composeKey(metadata.partitionKey, source) : partitionKey,
      rowKey: composeKey(metadata.rowKey, source),
    };
    if (isApart) checkKeySize(metadata.partitionKey, address.partitionKey, store.traits.limits);
    checkKeySize(metadata.rowKey, address.rowKey, store.traits.limits);
    const held = Object.fromEntries(project.map((name) => [name, values[name] ?? undefined]));
    return { ...address, values: { ...held, ...own } };
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

  /** Returns whether two entries of one address hold the same. */
  areSame(left: Entry, right: Entry): boolean {
    const { className, properties } = this.mapper.metadata;
    return properties.every((property) => {
      const before = snapshot(property, left.values[property.name]);
      const value = right.values[property.name];
      const stored = snapshot(property, value);
      if (before === undefined || stored === undefined) return before === stored;
      return isStoredAs(className, property, { value, stored }, before);
    });
  }

  /** Returns the names of the properties that must be unique together. */
  get uniqueNames(): readonly string[] {
    return [...(this.index.partition ?? []), ...this.index.on];
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
