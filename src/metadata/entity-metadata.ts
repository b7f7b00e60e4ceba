import type { EdmType } from '../edm/edm-type.js';
import type { AnyConverter } from './converter.js';
import type { EntityClass } from './key-types.js';
import type { Index } from './indexes/declaration.js';
import type { KeyTemplate } from './key-template.js';
import type { StandardSchema } from './standard-schema.js';

/** A stored property of a class, fully resolved. */
export interface PropertyMetadata {
  /** The name in the class. */
  readonly name: string;
  /** The name in the table. */
  readonly storedName: string;
  /** The stored type; if there is a converter, the type it stores. */
  readonly type: EdmType;
  /** Converts between the value in the class and the stored value. */
  readonly converter?: AnyConverter | undefined;
  /**
   * The value of the property in a new entity, and in one whose row lacks it: a value, or a function that returns one.
   */
  readonly default?: unknown;
  /** If true, an entity without a value is rejected when it is written. */
  readonly required: boolean;
  /** The index among the stored properties of the class. */
  readonly slot: number;
  /** True for a key part that is also stored as a property: it is written from the key and never read back. */
  readonly copiesKey: boolean;
}

/** The role of one member of a class: a stored property, a part of a key, the ETag or the timestamp. */
export type Member =
  | { readonly kind: 'property'; readonly name: string; readonly property: PropertyMetadata }
  | {
      readonly kind: 'key';
      readonly name: string;
      readonly template: KeyTemplate;
      /** The index of the part in the template. */
      readonly index: number;
      /** The property that also stores the part, if there is one. */
      readonly copy?: PropertyMetadata | undefined;
    }
  | { readonly kind: 'etag' | 'timestamp'; readonly name: string };

/** Everything known about an entity class, resolved once and frozen. */
export interface EntityMetadata<T extends object = object> {
  /** The class itself. */
  readonly entityClass: EntityClass<T>;
  /** The name of the class, for messages only: minifiers change it. */
  readonly className: string;
  /** The name of the table, before the data source's `tableName` maps it. */
  readonly table: string;
  /** The template of the partition key. */
  readonly partitionKey: KeyTemplate;
  /** The template of the row key. */
  readonly rowKey: KeyTemplate;
  /** The stored properties, by slot. */
  readonly properties: readonly PropertyMetadata[];
  /** All declared members, by their names in the class. */
  readonly members: ReadonlyMap<string, Member>;
  /** The name of the `@ETag` property. */
  readonly etag?: string | undefined;
  /** The name of the `@Timestamp` property. */
  readonly timestamp?: string | undefined;
  /** The schema that validates entities before they are written. */
  readonly schema?: StandardSchema | undefined;
  /** The indexes that the class declares. */
  readonly indexes: readonly IndexMetadata[];
  /** The class whose index these rows are the entries of; absent for an entity class. */
  readonly entriesOf?: EntityMetadata | undefined;
  /** True if {@link create} needs the values of the entity, because the class has its own `create`. */
  readonly takesValues: boolean;
  /**
   * Creates an entity. The caller then sets the values on it, unless the class's own `create` has done so. Throws
   * `metadata.not-constructible`.
   */
  create(values: Readonly<Record<string, unknown>>): T;
}

/** An index of an entity class, fully resolved. Its entries are rows with keys and properties of their own. */
export interface IndexMetadata {
  /** The stored name. */
  readonly name: string;
  /** The index as the class declares it. */
  readonly declared: Index;
  /** True if no two entities may have the same values. */
  readonly unique: boolean;
  /** True if queries do not use the index yet. */
  readonly building: boolean;
  /** The names of the properties that form the partitions of the index; absent if it uses those of its entities. */
  readonly partition?: readonly string[] | undefined;
  /** The names of the properties that its entries are sorted by. */
  readonly on: readonly string[];
  /** The names of the further properties that its entries hold. */
  readonly project: readonly string[];
  /** The values that an entity must have to be in the index, by property. */
  readonly where: ReadonlyMap<string, readonly unknown[]>;
  /** The names of all properties that determine whether an entity has an entry, and what it holds. */
  readonly needs: readonly string[];
  /** The names of the properties that can be read from the entries alone. */
  readonly covered: ReadonlySet<string>;
  /** Milliseconds for which a reserved value stays reserved without its entity. */
  readonly grace: number;
  /** The mapping of the entries. */
  readonly entries: EntityMetadata;
}
