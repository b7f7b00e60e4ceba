import type { EdmValue, TypedValue } from '../edm/edm-type.js';
import { propertyReferences } from './property-reference.js';
import type { Filter } from './filter.js';

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
