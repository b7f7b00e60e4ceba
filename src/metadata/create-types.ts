import type { defaulted, DefaultedMark, KeyName, Unmarked, DataKey, PatchOf } from './key-types.js';

/**
 * Marks, on its type, a property that has a value where none is given, by a `default` or by an initialiser: `create` may leave it out.
 *
 * A marked union of literals is no index and makes no `switch` complete (TypeScript knows only bare literals there). Read it into a
 * variable of the plain type first: `const status: Unmarked<Order['status']> = order.status`.
 *
 * @example
 * ```ts
 * @Property({ type: 'String', default: 'open' }) status!: Defaulted<'open' | 'shipped'>;
 * ```
 */
export type Defaulted<V> = V & DefaultedMark<V>;

/** The names of the properties that a new `T` needs. */
type RequiredName<T> = NeededName<T, DataKey<T> & keyof T> & string;

/** Distributes over the names, which is the cheapest way through a large class. */
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

/** The compiler takes two types for the same only where their modifiers are. */
type IsReadonly<P> =
  (<X>() => X extends P ? 1 : 2) extends <X>() => X extends { -readonly [K in keyof P]: P[K] } ? 1 : 2 ? false : true;

/**
 * What `repository.create` takes: the stored properties of a new `T`. Those may be left out that are optional, that have a default
 * (`Defaulted`), or that are `readonly` and no keys, which the compiler cannot tell from getters.
 */
export type CreateOf<T> = { readonly [K in RequiredName<T>]: Unmarked<T[K]> } & {
  readonly [K in Exclude<DataKey<T>, RequiredName<T>>]?: T[K] | null | undefined;
};

/** What `repository.assign` takes: a patch, which may name the entity's own key as well. */
export type AssignOf<T> = (T extends unknown ? { readonly of: EntityAssignment<T> } : never)['of'];

type EntityAssignment<T> = PatchOf<T> & { readonly [K in KeyName<T>]?: Unmarked<T[K]> | undefined };

/**
 * What an entity is made of: the values of its row, or those that `create` of a repository was given, by the names of the class. A
 * getter that is not stored has none.
 */
export type EntityValues<T> = { readonly [K in ValueName<T>]: T[K] };

type ValueName<T, K extends keyof T = keyof T> = K extends string ? (T[K] extends Method ? never : K) : never;
type Method = (...args: never) => unknown;
