import type { EdmValue, TypedValue } from '../edm/edm-type.js';
import type { EntitableTypeError, Unmarked, DataName } from '../metadata/key-types.js';
import { filterOf, type Filter } from './filter.js';
import { test, type Operator } from './condition.js';

/** Every operator on one property; which are right for it is checked where the filter is used. */
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

/** References to the properties of any class: they are symbols, so one object serves all. */
export function propertyReferences<T>(): PropertyRefs<T> {
  return REFERENCES as PropertyRefs<T>;
}

/** A property that can be asked for its presence: any stored one. */
export interface PresenceRef<T> {
  /** Has a value: `(x eq v or x ne v)`. */
  isPresent(): Filter<T>;
  /** Has no value, or one of another type than declared. */
  isMissing(): Filter<T>;
}

/** A property that can be tested for equality: every one that is stored as it is. */
export interface EquatableRef<T, in V> extends PresenceRef<T> {
  /** Has this value. */
  eq(value: V): Filter<T>;
  /** Has another value; a missing property has none, so it is not found: that is `not(x.eq(value))`. */
  ne(value: V): Filter<T>;
  /** Equals one of these; none finds nothing. Text that is no literal is taken where a union of literals is asked. */
  in<const A extends readonly OneOf<V, A>[]>(values: A): Filter<T>;
}

/**
 * What a list of `in` holds: values of the property's type. Where that is a union of literals, a list of wide type is taken too, since
 * what comes from outside is a `string`; a literal that is none of them is refused.
 */
export type OneOf<V, A> = A extends readonly (infer I)[] ? (Widened<V> extends I ? Widened<V> : V) : V;

type Widened<V> = V extends string ? string : V extends number ? number : V extends bigint ? bigint : V;

/** A property with an order: strings (by UTF-16 unit), numbers, bigints and dates. */
export interface ComparableRef<T, in V> extends EquatableRef<T, V> {
  /** Is greater. */
  gt(value: V): Filter<T>;
  /** Is greater, or equal. */
  ge(value: V): Filter<T>;
  /** Is less. */
  lt(value: V): Filter<T>;
  /** Is less, or equal. */
  le(value: V): Filter<T>;
  /** Both ends included. */
  between(from: V, to: V): Filter<T>;
}

/** A string. */
export interface StringRef<T, in V> extends ComparableRef<T, V> {
  /** Begins with these characters, case-sensitive; `''` is `isPresent()`. */
  startsWith(prefix: string): Filter<T>;
}

/** What can be asked of a property of type `V`. Not distributive: `boolean` and unions of literals stay in one piece. */
export type PropertyRef<T, V> = [V] extends [string]
  ? StringRef<T, Unmarked<V>>
  : [V] extends [number | bigint | Date]
    ? ComparableRef<T, Unmarked<V>>
    : [V] extends [EdmValue]
      ? EquatableRef<T, Unmarked<V>>
      : PresenceRef<T>;

/** What a `where` callback receives: one reference per stored property of `T`. */
export type PropertyRefs<T> = (T extends unknown ? { readonly of: Properties<T> } : never)['of'];

type Properties<T> = { readonly [K in DataName<T> & string]: PropertyRef<T, NonNullable<T[K]>> };

/** The operators of everything that is stored as it is. */
export type EqualityOperator = 'eq' | 'ne' | 'in';

/** The operators of what has an order. */
export type OrderOperator = EqualityOperator | 'gt' | 'ge' | 'lt' | 'le' | 'between';

/** The operators with an operand that `where(property, operator, value)` takes, by the property: the methods of {@link PropertyRef}. */
export type OperatorOf<T, K> = (T extends unknown ? { readonly of: OperatorFor<T[K & keyof T]> } : never)['of'];

type OperatorFor<V> = [V] extends [string | null | undefined]
  ? OrderOperator | 'startsWith'
  : [V] extends [number | bigint | Date | null | undefined]
    ? OrderOperator
    : [V] extends [EdmValue | null | undefined]
      ? EqualityOperator
      : never;

/** The operand that an operator takes, where `A` is given: several values for `in`, two for `between`. */
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
 * What `where` takes as one argument: a callback that makes a filter of the properties, an object of values that properties equal, or
 * `F`, a filter that was made before.
 */
export type ConditionOf<T, F> = (T extends unknown
  ? { readonly of: ((property: Properties<T>) => F) | F | { readonly [K in DataName<T> & string]?: EqualValue<T[K]> } }
  : never)['of'];

type EqualValue<V> = [V] extends [EdmValue | null | undefined]
  ? Unmarked<NonNullable<V>>
  : EntitableTypeError<'what a converter makes of an object is not compared: ask isPresent or isMissing'>;

/**
 * What a stored property is compared with where no class tells its type. A number says its EDM type, because a table tells
 * `{ type: 'Int32', value: 5 }` from `{ type: 'Double', value: 5 }`; other values are of the type they look like.
 */
export type StoredOperand = Exclude<EdmValue, number> | TypedValue;

/** A property by its stored name, of whatever type rows have it: a row whose property is missing, or of another type than the operand, does not pass. */
export interface StoredRef<T> {
  /** Has this value. */
  eq(value: StoredOperand): Filter<T>;
  /** Has another value of this type. */
  ne(value: StoredOperand): Filter<T>;
  /** Equals one of these; none finds nothing. */
  in(values: readonly StoredOperand[]): Filter<T>;
  /** Is greater. */
  gt(value: StoredOperand): Filter<T>;
  /** Is greater, or equal. */
  ge(value: StoredOperand): Filter<T>;
  /** Is less. */
  lt(value: StoredOperand): Filter<T>;
  /** Is less, or equal. */
  le(value: StoredOperand): Filter<T>;
  /** Both ends included. */
  between(from: StoredOperand, to: StoredOperand): Filter<T>;
  /** Begins with these characters, case-sensitive. */
  startsWith(prefix: string): Filter<T>;
}

/** Gives a reference to a property by its stored name; `PartitionKey`, `RowKey` and `Timestamp` are the row's own. */
export type StoredRefs<T> = (storedName: string) => StoredRef<T>;

/** References to stored properties, for a filter that no class checks. */
export function storedReferences<T>(): StoredRefs<T> {
  const references = propertyReferences<Readonly<Record<string, string>>>();
  return (storedName) => references[storedName] as unknown as StoredRef<T>;
}
