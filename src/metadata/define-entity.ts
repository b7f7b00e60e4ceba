import type { EdmType, EdmTypeMap } from '../edm/edm-type.js';
import { typeName } from '../errors/type-name.js';
import { EntitableError } from '../errors/entitable-error.js';
import { checkNames, invalidOption, type OptionNames } from '../options/check-option.js';
import type { Converter } from './converter.js';
import type { EntityValues } from './create-types.js';
import type { EntityClass, MemberKey, CheckKeys } from './key-types.js';
import { notAnEntity } from './not-an-entity.js';
import type { Index } from './indexes/declaration.js';
import type { CheckIndexes } from './indexes/index-types.js';
import type { StandardSchema } from './standard-schema.js';
import {
  recordOf,
  type CreateEntity,
  type EntityDefinition,
  type PropertyDefinition,
  type PropertyRole,
} from './registry.js';

/** The EDM types that can store a `V`. */
export type EdmTypeFor<V> = {
  [E in EdmType]: [NonNullable<V>] extends [EdmTypeMap[E]] ? E : never;
}[EdmType];

/**
 * Describes how one property is stored: a string that names its EDM type or its role in the row, or an object with
 * further options.
 */
export type PropertySchema<V> =
  | EdmTypeFor<V>
  | 'PartitionKey'
  | 'RowKey'
  | 'ETag'
  | 'Timestamp'
  | {
      readonly type: EdmTypeFor<V>;
      readonly name?: string;
      readonly default?: NonNullable<V> | (() => NonNullable<V>);
      readonly required?: boolean;
    }
  | {
      readonly converter: Converter<NonNullable<V>> | Converter<V>;
      readonly name?: string;
      readonly default?: NonNullable<V> | (() => NonNullable<V>);
      readonly required?: boolean;
    }
  | {
      readonly key: 'PartitionKey' | 'RowKey';
      readonly converter?: Converter<NonNullable<V>, 'String'>;
      readonly name?: string;
      readonly type?: EdmTypeFor<V>;
    };

/** The description of an entity class without decorators, passed to `defineEntity`. */
export interface EntitySchema<
  T extends object,
  P extends string | undefined = string | undefined,
  R extends string | undefined = string | undefined,
> {
  /** The name of the table: 3 to 63 letters and digits, starting with a letter. */
  readonly table: string;
  /** The template of the partition key, e.g. `'TENANT|{tenantId}'`. */
  readonly partitionKey?: P;
  /** The template of the row key, e.g. `'{year}|{orderId}'`. */
  readonly rowKey?: R;
  /**
   * Creates an entity from the values of its row, or from those passed to `create` of a repository. For classes whose
   * constructor needs the values.
   */
  readonly create?: (values: EntityValues<T>) => T;
  /**
   * A schema of zod, valibot or any other library that implements Standard Schema. It validates every entity before it
   * is written, as class-validator's constraints do. It only validates; the values it returns are not used.
   */
  readonly schema?: StandardSchema;
  /** The indexes of the class, by name; see `index`. */
  readonly indexes?: Readonly<Record<string, Index>>;
  /** The stored properties. A property that is not listed is not stored. */
  readonly properties: { readonly [K in MemberKey<T>]?: PropertySchema<T[K]> };
}

/** The options of an entity class, for the check against misspelt names. */
export const ENTITY_NAMES: OptionNames<Omit<EntityDefinition, 'indexes'>> = {
  table: true,
  partitionKey: true,
  rowKey: true,
  create: true,
  schema: true,
};

const SCHEMA_NAMES = Object.freeze({
  key: true,
  name: true,
  type: true,
  converter: true,
  default: true,
  required: true,
});

const ROLES: Readonly<Record<string, PropertyRole>> = {
  PartitionKey: 'partition',
  RowKey: 'row',
  ETag: 'etag',
  Timestamp: 'timestamp',
};

/**
 * Describes an entity class without decorators. It does the same as `@Entity`, `@PartitionKey`, `@RowKey`, `@Property`,
 * `@ETag` and `@Timestamp`, for JavaScript, for compilers without decorators, and for classes you don't own.
 *
 * @throws EntitableError `metadata.already-defined` if the class is already an entity class. Mistakes in the
 * description are reported when the class is first used, as with decorators.
 * @example
 * ```ts
 * class Order { customerId!: PartitionKey; orderId!: RowKey; total!: number }
 * defineEntity(Order, {
 *   table: 'Orders',
 *   properties: { customerId: 'PartitionKey', orderId: 'RowKey', total: 'Double' },
 * });
 * ```
 */
export function defineEntity<
  T extends object,
  const P extends string | undefined = undefined,
  const R extends string | undefined = undefined,
  C = unknown,
  const I extends Readonly<Record<string, Index>> = Readonly<Record<string, Index>>,
>(
  entityClass: C & EntityClass<T> & CheckKeys<T, P, R> & CheckIndexes<C, T>,
  schema: EntitySchema<T, P, R> & { readonly indexes?: I & CheckIndexes<I, T> },
): void {
  if (typeof schema !== 'object' || schema === null) throw invalidOption('defineEntity', 'a schema', typeName(schema));
  checkNames(schema, { ...ENTITY_NAMES, indexes: true, properties: true }, 'the schema of defineEntity');
  const { properties, create, ...entity } = schema;
  if (typeof properties !== 'object' || properties === null)
    throw invalidOption('properties', 'an object of property schemas', typeName(properties));
  recordEntity(entityClass, { ...entity, create: create as CreateEntity | undefined });
  const record = recordOf(entityClass);
  for (const [name, property] of Object.entries(properties)) {
    record.properties.push(definitionOf(name, property as PropertySchema<unknown>));
  }
}

/** Records the options of `@Entity` or `defineEntity`. Throws if the class already has some. */
export function recordEntity(entityClass: EntityClass, entity: EntityDefinition): void {
  if (typeof entityClass !== 'function') throw notAnEntity(entityClass);
  const record = recordOf(entityClass);
  if (record.entity !== undefined) {
    const className = entityClass.name;
    throw new EntitableError(
      'metadata.already-defined',
      `${className} is an entity class already: use @Entity or defineEntity once. To store it in another table as well, describe a subclass.`,
      { className },
    );
  }
  record.entity = Object.freeze({ ...entity });
}

/**
 * Records the options of a property's decorator. Throws if the class is already in use, because its metadata can then
 * no longer change.
 */
export function recordProperty(entityClass: EntityClass, definition: PropertyDefinition): void {
  const record = recordOf(entityClass);
  if (record.metadata !== undefined) {
    const className = entityClass.name;
    throw new EntitableError(
      'metadata.already-defined',
      `${className} is in use already, so ${definition.name} can no longer be declared. Decorate a class before its repository is made.`,
      { className },
    );
  }
  record.properties.push(definition);
}

function definitionOf(name: string, schema: PropertySchema<unknown>): PropertyDefinition {
  if (typeof schema === 'string') {
    const role = Object.hasOwn(ROLES, schema) ? ROLES[schema] : undefined;
    return Object.freeze(role === undefined ? { name, role: 'property', type: schema as EdmType } : { name, role });
  }
  if (typeof schema !== 'object' || schema === null)
    throw invalidOption(name, 'an EDM type, a role or an object', typeName(schema));
  checkNames(schema, SCHEMA_NAMES, `the schema of ${name}`);
  const {
    key,
    name: storedName,
    ...rest
  } = schema as {
    readonly key?: string;
    readonly name?: string;
  } & Pick<PropertyDefinition, 'type' | 'converter' | 'default' | 'required'>;
  const role = key !== undefined && Object.hasOwn(ROLES, key) ? ROLES[key] : undefined;
  return Object.freeze({ name, role: role ?? 'property', storedName, ...rest });
}
