import type { EdmValue } from '../edm/edm-type.js';
import type { Unmarked } from '../metadata/brands.js';
import type { Filter } from './filter.js';

/** A property that can be asked for its presence: any stored one. */
export interface PresenceRef<T> {
  /** Has a value: `(x eq v or x ne v)`. */
  isPresent(): Filter<T>;
  /** Has no value, or one of another type than declared. */
  isMissing(): Filter<T>;
}

/** A property that can be tested for equality: every one that is stored as it is. */
export interface EquatableRef<T, in V> extends PresenceRef<T> {
  eq(value: V): Filter<T>;
  /** Has another value; a missing property has none, so it is not found: that is `not(x.eq(value))`. */
  ne(value: V): Filter<T>;
  /** Equals one of these. */
  in(values: readonly [V, ...V[]]): Filter<T>;
}

/** A property with an order: strings (by UTF-16 unit), numbers, bigints and dates. */
export interface ComparableRef<T, in V> extends EquatableRef<T, V> {
  gt(value: V): Filter<T>;
  ge(value: V): Filter<T>;
  lt(value: V): Filter<T>;
  le(value: V): Filter<T>;
  /** Both ends included. */
  between(from: V, to: V): Filter<T>;
}

/** A string. */
export interface StringRef<T, in V> extends ComparableRef<T, V> {
  /** Begins with these characters, case-sensitive; `''` is `isPresent()`. */
  startsWith(prefix: string): Filter<T>;
}

type Method = (...args: never) => unknown;

/** What can be asked of a property of type `V`, which may be absent. Not distributive: unions stay in one piece. */
export type PropertyRef<T, V> = [V] extends [string | null | undefined]
  ? StringRef<T, Operand<V>>
  : [V] extends [number | bigint | Date | null | undefined]
    ? ComparableRef<T, Operand<V>>
    : [V] extends [EdmValue | null | undefined]
      ? EquatableRef<T, Operand<V>>
      : [V] extends [Method | undefined]
        ? never
        : PresenceRef<T>;

/** What a `where` callback receives: one reference per stored property of `T`. A method has none of its operators. */
export type PropertyRefs<T> = { readonly [K in keyof T & string]-?: PropertyRef<T, T[K]> };

type Operand<V> = Unmarked<NonNullable<V>>;

/** What follows the name of a property of type `V` in `where(name, operator, operand)`. */
export type PropertyTest<V> = [V] extends [string | null | undefined]
  ? StringTest<NonNullable<V>>
  : [V] extends [number | bigint | Date | null | undefined]
    ? OrderTest<NonNullable<V>>
    : [V] extends [EdmValue | null | undefined]
      ? EqualityTest<NonNullable<V>>
      : [V] extends [Method | undefined]
        ? never
        : PresenceTest;

type PresenceTest = readonly [operator: 'isPresent' | 'isMissing'];

type EqualityTest<V> =
  PresenceTest | readonly [operator: 'eq' | 'ne', value: V] | readonly [operator: 'in', values: readonly [V, ...V[]]];

type OrderTest<V> =
  | EqualityTest<V>
  | readonly [operator: 'gt' | 'ge' | 'lt' | 'le', value: V]
  | readonly [operator: 'between', ends: readonly [from: V, to: V]];

type StringTest<V> = OrderTest<V> | readonly [operator: 'startsWith', prefix: string];
