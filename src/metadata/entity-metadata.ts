import type { EdmType } from '../edm/edm-type.js';
import type { AnyConverter } from './converter.js';
import type { EntityClass } from './key-types.js';
import type { KeyTemplate } from './key-template.js';
import type { StandardSchema } from './standard-schema.js';

/** A stored property of a class, resolved. */
export interface PropertyMetadata {
  /** The name in the class. */
  readonly name: string;
  /** The name in the table. */
  readonly storedName: string;
  /** The stored type: the converter's, where there is one. */
  readonly type: EdmType;
  /** What stands between the property and its stored value. */
  readonly converter?: AnyConverter | undefined;
  /** What an absent property becomes when it is read, and what a new entity has: a value, or a function that makes one. */
  readonly default?: unknown;
  /** Whether an entity without it is refused when it is written. */
  readonly required: boolean;
  /** Its index among the stored properties of the class. */
  readonly slot: number;
  /** A key part that is stored as a property as well: written from the key, never read back. */
  readonly copiesKey: boolean;
}

/** What a name of the class stands for. */
export type Member =
  | { readonly kind: 'property'; readonly name: string; readonly property: PropertyMetadata }
  | {
      readonly kind: 'key';
      readonly name: string;
      readonly template: KeyTemplate;
      /** Its place among the parts of the template. */
      readonly index: number;
      /** The property that stores the part as well, where one does. */
      readonly copy?: PropertyMetadata | undefined;
    }
  | { readonly kind: 'etag' | 'timestamp'; readonly name: string };

/** Everything known about an entity class: resolved once, frozen. */
export interface EntityMetadata<T extends object = object> {
  /** The class itself. */
  readonly entityClass: EntityClass<T>;
  /** For messages only: class names do not survive minifiers. */
  readonly className: string;
  /** The table's name, before `tableName` of a data source maps it. */
  readonly table: string;
  /** How the partition key is composed. */
  readonly partitionKey: KeyTemplate;
  /** How the row key is composed. */
  readonly rowKey: KeyTemplate;
  /** The stored properties, by slot. */
  readonly properties: readonly PropertyMetadata[];
  /** Everything the class declares, by its name in the class. */
  readonly members: ReadonlyMap<string, Member>;
  /** The name of the `@ETag` property. */
  readonly etag?: string | undefined;
  /** The name of the `@Timestamp` property. */
  readonly timestamp?: string | undefined;
  /** What entities are checked with before they are written. */
  readonly schema?: StandardSchema | undefined;
  /** Whether {@link create} needs the values of the entity: the class has a `create` of its own. */
  readonly takesValues: boolean;
  /** Makes an entity; the values are to be set on it, where its own `create` has not done so. Throws `metadata.not-constructible`. */
  create(values: Readonly<Record<string, unknown>>): T;
}
