import type { EntitableTypeError, EntityClass, CheckKeys } from '../src/metadata/key-types.js';
import type { EntityValues } from '../src/metadata/create-types.js';
import type { CheckIndexes } from '../src/metadata/indexes/index-types.js';
import type { EntityDefinition } from '../src/metadata/registry.js';
import type { StandardSchema } from '../src/metadata/standard-schema.js';
import { recordClass } from './record.js';

/** The options of `@Entity`. */
export interface EntityOptions<
  P extends string | undefined = string | undefined,
  R extends string | undefined = string | undefined,
  V = Readonly<Record<string, unknown>>,
> {
  /**
   * The name of the table: 3 to 63 letters and digits, starting with a letter. Required, because class names do not
   * survive minification.
   */
  readonly table: string;
  /**
   * The template that composes the partition key, e.g. `'TENANT|{tenantId}'`. By default, the key is the unchanged text
   * of the `@PartitionKey()` property.
   */
  readonly partitionKey?: P;
  /**
   * The template that composes the row key, e.g. `'{year}|{orderId}'`. By default, the key is the unchanged text of the
   * `@RowKey()` property.
   */
  readonly rowKey?: R;
  /**
   * Creates an entity from the values of its row, or from those that were passed to a repository's `create`. Needed for
   * classes whose constructor takes the values. Declare the type of the parameter:
   * `(values: EntityValues<Order>) => new Order(values)`.
   */
  readonly create?: (values: V) => object;
  /**
   * A schema of zod, valibot or any other library that implements Standard Schema. Entities are validated against it
   * before every write, in addition to class-validator's constraints. Transformations in the schema do not affect the
   * stored values.
   */
  readonly schema?: StandardSchema;
}

/** Checks that the class has the members that its `create` function takes. */
type CheckCreate<T, V> =
  EntityValues<T> extends V
    ? unknown
    : EntitableTypeError<'create takes what the class does not have: let it take EntityValues of the class'>;

/**
 * Marks a class as stored in a table.
 *
 * A key template composes one key from several properties and fixed text. The parts are escaped, so that they can hold
 * any text and can be read back; `docs/keys.md` describes the stored format. A template that does not fit the class
 * does not compile, nor does an index that names what the class does not have.
 *
 * @example
 * ```ts
 * @Entity({ table: 'Events', partitionKey: 'TENANT|{tenantId}', rowKey: '{at}|{eventId}' })
 * class Event {
 *   @PartitionKey() tenantId!: PartitionKey;
 *   @RowKey({ converter: newestFirst }) at!: RowKey<Date>;
 *   @RowKey() eventId!: RowKey;
 * }
 * ```
 */
export function Entity<
  const P extends string | undefined = undefined,
  const R extends string | undefined = undefined,
  V = Readonly<Record<string, unknown>>,
>(
  options: EntityOptions<P, R, V>,
): <T extends object, C>(
  target: C & EntityClass<T> & CheckKeys<T, P, R> & CheckCreate<T, V> & CheckIndexes<C, T>,
  context?: ClassDecoratorContext<EntityClass<T>>,
) => void {
  return (target, context) => recordClass(target, context, options as EntityDefinition);
}
