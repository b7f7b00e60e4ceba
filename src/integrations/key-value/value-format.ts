import type { FilterNode, ServiceLimits, UndeclaredValue } from '../../index.js';
import type { MemberComparison } from './member-tests.js';

/** One stored property of a value: its name and its EDM value. */
export type Column = readonly [name: string, value: UndeclaredValue];

/** The name of the collection, for error messages, and the limits of the store in which a value will be stored. */
export interface ValueContext {
  readonly collection: string;
  readonly limits: ServiceLimits;
}

/**
 * A format in which collections, keys and values are stored. Implementations are pure functions, and decoding returns
 * the value that was encoded.
 */
export interface ValueFormat {
  /** Returns the name of a collection's table. */
  tableName(collection: string): string;
  /** Returns the row key under which a key is stored. */
  toRowKey(key: string): string;
  fromRowKey(rowKey: string): string;
  /** Encodes a value as stored properties. Throws `validation.*` for a value that this format cannot represent. */
  encode(value: unknown, context: ValueContext): readonly Column[];
  /**
   * Translates a comparison into a filter for the store, or returns `undefined` if that is not possible. The filter
   * must match every value that passes the comparison; it may match more.
   */
  filter?(comparison: MemberComparison, context: ValueContext): FilterNode | undefined;
  /** Decodes a row's properties. Throws if they do not form a value; the error may be of any type. */
  decode(columns: Iterable<Column>): unknown;
}
