import type { defaulted, DefaultedMark, KeyName, Unmarked, DataKey, PatchOf } from './key-types.js';

/**
 * Marks the type of a property that has a value from the start, through a `default` or an initialiser, so that `create`
 * may leave it out.
 *
 * TypeScript does not accept a marked union of literals as an index, nor does it check a `switch` on it for
 * completeness: both work with bare literals only. Assign it to a variable of the plain type first:
 * `const status: Unmarked<Order['status']> = order.status`.
 *
 * @example
 * ```ts
 * @Property({ type: 'String', default: 'open' }) status!: Defaulted<'open' | 'shipped'>;
 * ```
 */
export type Defaulted<V> = V & DefaultedMark<V>;

/** The names of the properties that a new `T` requires. */
type RequiredName<T> = NeededName<T, DataKey<T> & keyof T> & string;

/**
 * The names in `K` that a new `T` requires. Distributes over the names, because the compiler checks a large class
 * fastest that way.
 */
type NeededName<T, K extends keyof T> =
  K extends KeyName<T>
    ? K
    : [undefined] extends [T[K]]
      ? never
      : [null] extends [T[K]]
        ? never
        : typeof defaulted extends keyof T[K]
          ? never
          : IsReadonly<Pick<T, K>> extends true
            ? never
            : K;

/**
 * Resolves to `true` for an object type whose property is `readonly`: the compiler treats two types as identical only
 * if their modifiers are the same.
 */
type IsReadonly<P> =
  (<X>() => X extends P ? 1 : 2) extends <X>() => X extends { -readonly [K in keyof P]: P[K] } ? 1 : 2 ? false : true;

/**
 * The argument of `repository.create`: the stored properties of a new `T`. Optional properties and properties with a
 * default (`Defaulted`) may be left out. So may `readonly` properties that are not keys, because the compiler cannot
 * distinguish them from getters.
 */
export type CreateOf<T> = { readonly [K in RequiredName<T>]: Unmarked<T[K]> } & {
  readonly [K in Exclude<DataKey<T>, RequiredName<T>>]?: T[K] | null | undefined;
};

/** The argument of `repository.assign`: a patch, which may also contain the entity's own key. */
export type AssignOf<T> = (T extends unknown ? { readonly of: EntityAssignment<T> } : never)['of'];

type EntityAssignment<T> = PatchOf<T> & { readonly [K in KeyName<T>]?: Unmarked<T[K]> | undefined };

/**
 * The values that `create` of an entity class receives, by their names in the class: those read from the row, or those
 * passed to `create` of a repository. Getters that are not stored have no value.
 */
export type EntityValues<T> = { readonly [K in ValueName<T>]: T[K] };

type ValueName<T, K extends keyof T = keyof T> = K extends string ? (T[K] extends Method ? never : K) : never;
type Method = (...args: never) => unknown;
