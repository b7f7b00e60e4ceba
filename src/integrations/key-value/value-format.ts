import type { FilterNode, ServiceLimits, UndeclaredValue } from '../../index.js';
import type { MemberComparison } from './member-tests.js';

/** One stored property of a value. */
export type Column = readonly [name: string, value: UndeclaredValue];

/** What a value is written for: named in errors, and limited by its store. */
export interface ValueContext {
  readonly collection: string;
  readonly limits: ServiceLimits;
}

/** How collections, keys and values are stored. Pure; reading gives what was written. */
export interface ValueFormat {
  /** The table of a collection. */
  tableName(collection: string): string;
  /** The row key of a key. */
  toRowKey(key: string): string;
  fromRowKey(rowKey: string): string;
  /** The properties of a value. Throws `validation.*` for one that this format cannot hold. */
  encode(value: unknown, context: ValueContext): readonly Column[];
  /** What the store can filter by: nothing, or what every value that passes the comparison passes. */
  filter?(comparison: MemberComparison, context: ValueContext): FilterNode | undefined;
  /** The value of the properties of a row. Throws anything for what no value has. */
  decode(columns: Iterable<Column>): unknown;
}
