import type { EntitableTypeError, EntityClass, CheckKeys } from '../src/metadata/key-types.js';
import type { EntityValues } from '../src/metadata/create-types.js';
import type { EntityDefinition } from '../src/metadata/registry.js';
import type { StandardSchema } from '../src/metadata/standard-schema.js';
import { recordClass } from './record.js';

/** What `@Entity` says about a class. */
export interface EntityOptions<
  P extends string | undefined = string | undefined,
  R extends string | undefined = string | undefined,
  V = Readonly<Record<string, unknown>>,
> {
  /** The table: 3 to 63 letters and digits, a letter first. Required, because class names do not survive minifiers. */
  readonly table: string;
  /** How the partition key is composed, e.g. `'TENANT|{tenantId}'`; by default it is the `@PartitionKey()` property as it is. */
  readonly partitionKey?: P;
  /** How the row key is composed, e.g. `'{year}|{orderId}'`; by default it is the `@RowKey()` property as it is. */
  readonly rowKey?: R;
  /**
   * Makes an entity of the values of its row, or of those that `create` of a repository was given: for classes whose constructor needs
   * them. Say their type: `(values: EntityValues<Order>) => new Order(values)`.
   */
  readonly create?: (values: V) => object;
  /** Checked before every write, like class-validator's constraints: a schema of zod, valibot or any other Standard Schema. It judges and does not transform. */
  readonly schema?: StandardSchema;
}

/** What `create` takes is something that the class has. */
type CheckCreate<T, V> =
  EntityValues<T> extends V
    ? unknown
    : EntitableTypeError<'create takes what the class does not have: let it take EntityValues of the class'>;

/**
 * Marks a class as stored in a table.
 *
 * Key templates put several properties, or fixed text, into one key. Their parts are escaped, so that any text can stand in them
 * and be read back; `docs/keys.md` has the stored format. A template that does not fit the class does not compile.
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
): <T extends object>(
  target: EntityClass<T> & CheckKeys<T, P, R> & CheckCreate<T, V>,
  context?: ClassDecoratorContext<EntityClass<T>>,
) => void {
  return (target, context) => recordClass(target, context, options as EntityDefinition);
}
