import type { EdmValue, TypedValue } from '../edm/edm-type.js';
import type { EntitableTypeError, Unmarked, DataName } from '../metadata/key-types.js';
import { filterOf, type Filter } from './filter.js';
import { test, type Operator } from './condition.js';

/**
 * Returns a reference to a property, with a method for every operator. Whether an operator suits the property is
 * checked when the filter is used.
 */
function propertyReference<T>(name: string): StringRef<T, unknown> {
  const filter = (operator: Operator, operands: unknown): Filter<T> => filterOf<T>(test(name, operator, operands));
  return Object.freeze({
    eq: (value: unknown) => filter('eq', [value]),
    ne: (value: unknown) => filter('ne', [value]),
    gt: (value: unknown) => filter('gt', [value]),
    ge: (value: unknown) => filter('ge', [value]),
    lt: (value: unknown) => filter('lt', [value]),
    le: (value: unknown) => filter('le', [value]),
    in: (values: unknown) => filter('in', values),
    between: (from: unknown, to: unknown) => filter('between', [from, to]),
    startsWith: (prefix: string) => filter('startsWith', [prefix]),
    isPresent: () => filter('isPresent', []),
    isMissing: () => filter('isMissing', []),
  });
}

const REFERENCES: object = new Proxy(Object.freeze(Object.create(null) as object), {
  get: (_, name) => (typeof name === 'string' ? propertyReference(name) : undefined),
});

/** Returns references to the properties of any class. They only record names, so one object serves all classes. */
export function propertyReferences<T>(): PropertyRefs<T> {
  return REFERENCES as PropertyRefs<T>;
}

/** A stored property of any type: its presence can be tested. */
export interface PresenceRef<T> {
  /** Matches if the property has a value. It is sent as `(x eq v or x ne v)` with an arbitrary value `v`. */
  isPresent(): Filter<T>;
  /** Matches if the property has no value, or a value of a type other than the declared one. */
  isMissing(): Filter<T>;
}

/**
 * A property whose values are strings, numbers, bigints, dates, booleans, Guids or bytes: it can be tested for
 * equality.
 */
export interface EquatableRef<T, in V> extends PresenceRef<T> {
  /** Matches if the property has this value. */
  eq(value: V): Filter<T>;
  /**
   * Matches if the property has a different value. A row without the property does not match; use `not(x.eq(value))` to
   * include it.
   */
  ne(value: V): Filter<T>;
  /**
   * Matches if the property equals one of these values; an empty list matches nothing. For a union of literals, a list
   * of plain strings is accepted too.
   */
  in<const A extends readonly OneOf<V, A>[]>(values: A): Filter<T>;
}

/**
 * The elements of the list that `in` takes: values of the property's type. For a union of literals, a list of the wider
 * type is accepted too, because input from outside the program has the type `string`; a literal that is not in the
 * union is a compile error.
 */
export type OneOf<V, A> = A extends readonly (infer I)[] ? (Widened<V> extends I ? Widened<V> : V) : V;

type Widened<V> = V extends string ? string : V extends number ? number : V extends bigint ? bigint : V;

/** A property with an order: strings (by UTF-16 unit), numbers, bigints and dates. */
export interface ComparableRef<T, in V> extends EquatableRef<T, V> {
  /** Matches if the property is greater than the value. */
  gt(value: V): Filter<T>;
  /** Matches if the property is greater than or equal to the value. */
  ge(value: V): Filter<T>;
  /** Matches if the property is less than the value. */
  lt(value: V): Filter<T>;
  /** Matches if the property is less than or equal to the value. */
  le(value: V): Filter<T>;
  /** Matches if the property is in the range, both ends included. */
  between(from: V, to: V): Filter<T>;
}

/** A string property. */
export interface StringRef<T, in V> extends ComparableRef<T, V> {
  /** Matches if the property begins with these characters, case-sensitively. `''` is the same as `isPresent()`. */
  startsWith(prefix: string): Filter<T>;
}

/**
 * The operators of a property of type `V`. Not distributive, so that `boolean` and unions of literals are not split
 * into their members.
 */
export type PropertyRef<T, V> = [V] extends [string]
  ? StringRef<T, Unmarked<V>>
  : [V] extends [number | bigint | Date]
    ? ComparableRef<T, Unmarked<V>>
    : [V] extends [EdmValue]
      ? EquatableRef<T, Unmarked<V>>
      : PresenceRef<T>;

/** The argument of a `where` callback: one reference per stored property of `T`. */
export type PropertyRefs<T> = (T extends unknown ? { readonly of: Properties<T> } : never)['of'];

type Properties<T> = { readonly [K in DataName<T> & string]: PropertyRef<T, NonNullable<T[K]>> };

/** The operators of properties whose values are strings, numbers, bigints, dates, booleans, Guids or bytes. */
export type EqualityOperator = 'eq' | 'ne' | 'in';

/** The operators of properties with an order. */
export type OrderOperator = EqualityOperator | 'gt' | 'ge' | 'lt' | 'le' | 'between';

/**
 * The operators that `where(property, operator, value)` accepts for a property: the methods of {@link PropertyRef} that
 * take an operand.
 */
export type OperatorOf<T, K> = (T extends unknown ? { readonly of: OperatorFor<T[K & keyof T]> } : never)['of'];

type OperatorFor<V> = [V] extends [string | null | undefined]
  ? OrderOperator | 'startsWith'
  : [V] extends [number | bigint | Date | null | undefined]
    ? OrderOperator
    : [V] extends [EdmValue | null | undefined]
      ? EqualityOperator
      : never;

/** The operand of an operator, where `A` is the type passed: several values for `in`, two for `between`. */
export type OperandOf<T, K, O, A> = (T extends unknown
  ? { readonly of: Operand<Unmarked<NonNullable<T[K & keyof T]>>, O, A> }
  : never)['of'];

type Operand<V, O, A> = O extends 'in'
  ? readonly OneOf<V, A>[]
  : O extends 'between'
    ? readonly [from: V, to: V]
    : O extends 'startsWith'
      ? string
      : V;

/**
 * The single argument of `where`: a callback that builds a filter from the properties, an object of values that
 * properties must equal, or `F`, an existing filter.
 */
export type ConditionOf<T, F> = (T extends unknown
  ? { readonly of: ((property: Properties<T>) => F) | F | { readonly [K in DataName<T> & string]?: EqualValue<T[K]> } }
  : never)['of'];

type EqualValue<V> = [V] extends [EdmValue | null | undefined]
  ? Unmarked<NonNullable<V>>
  : EntitableTypeError<'what a converter makes of an object is not compared: ask isPresent or isMissing'>;

/**
 * A value that a stored property is compared with when no class defines its type. Numbers need their EDM type, because
 * a table distinguishes `{ type: 'Int32', value: 5 }` from `{ type: 'Double', value: 5 }`; the type of other values
 * follows from the value.
 */
export type StoredOperand = Exclude<EdmValue, number> | TypedValue;

/**
 * A reference to a property by its stored name. The property's type may differ from row to row; a row does not match if
 * it lacks the property, or if the type of the property is not that of the operand.
 */
export interface StoredRef<T> {
  /** Matches if the property has this value. */
  eq(value: StoredOperand): Filter<T>;
  /** Matches if the property has a different value of the same type. */
  ne(value: StoredOperand): Filter<T>;
  /** Matches if the property equals one of these values; an empty list matches nothing. */
  in(values: readonly StoredOperand[]): Filter<T>;
  /** Matches if the property is greater than the value. */
  gt(value: StoredOperand): Filter<T>;
  /** Matches if the property is greater than or equal to the value. */
  ge(value: StoredOperand): Filter<T>;
  /** Matches if the property is less than the value. */
  lt(value: StoredOperand): Filter<T>;
  /** Matches if the property is less than or equal to the value. */
  le(value: StoredOperand): Filter<T>;
  /** Matches if the property is in the range, both ends included. */
  between(from: StoredOperand, to: StoredOperand): Filter<T>;
  /** Matches if the property begins with these characters, case-sensitively. */
  startsWith(prefix: string): Filter<T>;
}

/**
 * Returns a reference to a property by its stored name. `PartitionKey`, `RowKey` and `Timestamp` are the system
 * properties of every row.
 */
export type StoredRefs<T> = (storedName: string) => StoredRef<T>;

/** Returns references to stored properties, for a filter without a class. */
export function storedReferences<T>(): StoredRefs<T> {
  const references = propertyReferences<Readonly<Record<string, string>>>();
  return (storedName) => references[storedName] as unknown as StoredRef<T>;
}
