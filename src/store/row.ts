import type { EdmType } from '../edm/edm-type.js';
import type { Guid } from '../edm/guid.js';

/**
 * An index into the properties of a `RowShape`. Three negative slots refer to what every row has: its two keys and its
 * timestamp.
 */
export type Slot = number;

/** The slot of the partition key. */
export const PARTITION_KEY = -1;
/** The slot of the row key. */
export const ROW_KEY = -2;
/** The slot of the timestamp. */
export const TIMESTAMP = -3;

/**
 * The stored properties that a class declares. `TableStore.rows` binds a shape to a table once; from then on, the
 * properties are addressed by slot, so that no read or write has to look up their names. Frozen.
 */
export interface RowShape {
  /** The properties in the order of their slots: the first has slot 0. */
  readonly properties: readonly { readonly name: string; readonly type: EdmType }[];
}

const SYSTEM_SLOTS: Readonly<Record<string, Slot>> = {
  PartitionKey: PARTITION_KEY,
  RowKey: ROW_KEY,
  Timestamp: TIMESTAMP,
};

/**
 * Returns the slot of a stored name, including the keys and the timestamp. `undefined` if the shape does not declare
 * the name.
 */
export function slotOf(shape: RowShape, storedName: string): Slot | undefined {
  if (Object.hasOwn(SYSTEM_SLOTS, storedName)) return SYSTEM_SLOTS[storedName];
  const slot = shape.properties.findIndex((property) => property.name === storedName);
  return slot < 0 ? undefined : slot;
}

/**
 * Reads the properties of one row directly from the form in which the store keeps or receives it. A store reuses one
 * reader for many rows, so a reader is valid only until the `decode` function or predicate that received it returns.
 * The methods that return a value convert it without checking the property's type: call `typeOf` first.
 */
export interface RowReader {
  /**
   * Returns the stored type, or `undefined` if the row lacks the property. For a row from Cosmos DB, this may be Int32
   * for an integral Double, because a response of Cosmos DB writes both in the same way.
   */
  typeOf(slot: Slot): EdmType | undefined;
  /** Reads a String, or a key. */
  string(slot: Slot): string;
  /** Reads an Int32 or a Double. */
  number(slot: Slot): number;
  /** Reads a Boolean. */
  boolean(slot: Slot): boolean;
  /** Reads an Int64. */
  int64(slot: Slot): bigint;
  /** Reads a DateTime, or the timestamp, as milliseconds since 1970, rounded down. */
  milliseconds(slot: Slot): number;
  /** Reads the part of a DateTime that is smaller than a millisecond, in units of 100 ns: 0…9999. */
  ticks(slot: Slot): number;
  /** Reads a Guid. */
  guid(slot: Slot): Guid;
  /** Reads a Binary into a copy that the caller owns. */
  binary(slot: Slot): Uint8Array;
  /** The ETag of the row; `''` if the request did not ask for it. */
  readonly etag: string;
  /**
   * Iterates over the properties that the shape does not declare, exactly as they are stored. Only for a request with
   * `undeclared: true`.
   */
  undeclared(): Iterable<readonly [name: string, value: UndeclaredValue]>;
  /**
   * Returns the row in a form that outlives the reader; `Rows.reopen` opens it again. Costs nothing in stores that keep
   * rows as objects, and at most one copy of the row in stores whose reader reads it from a larger buffer.
   */
  retain(): RetainedRow;
}

declare const retained: unique symbol;

/** A row that outlives its reader. Only the store that returned it can open it. */
export interface RetainedRow {
  /** A brand for the compiler only; no such member exists at run time. */
  readonly [retained]: true;
}

/**
 * The value of a property that the shape does not declare: its type and its text exactly as it is stored, or, for a
 * Binary, its bytes.
 */
export type UndeclaredValue =
  | { readonly type: Exclude<EdmType, 'Binary'>; readonly text: string }
  | { readonly type: 'Binary'; readonly bytes: Uint8Array };

/** Receives the properties of one write, each at most once. A property without a value is not passed at all. */
export interface RowWriter {
  /** Writes a String. */
  string(slot: Slot, value: string): void;
  /** Writes an Int32. */
  int32(slot: Slot, value: number): void;
  /** Writes a Double. */
  double(slot: Slot, value: number): void;
  /** Writes a Boolean. */
  boolean(slot: Slot, value: boolean): void;
  /** Writes an Int64. */
  int64(slot: Slot, value: bigint): void;
  /**
   * Writes a DateTime: the milliseconds since 1970, and in `ticks` the part that is smaller than a millisecond, in
   * units of 100 ns: 0…9999.
   */
  dateTime(slot: Slot, milliseconds: number, ticks: number): void;
  /** Writes a Guid, given in lower case. */
  guid(slot: Slot, value: string): void;
  /** Writes a Binary. The bytes are copied or encoded before the method returns. */
  binary(slot: Slot, value: Uint8Array): void;
  /** Writes a property that the shape does not declare, exactly as it was read. */
  undeclared(name: string, value: UndeclaredValue): void;
}
