import type { EdmType } from '../edm/edm-type.js';
import type { Guid } from '../edm/guid.js';

/** Index into the properties of a `RowShape`; the three negative slots name what every row has. */
export type Slot = number;

/** The slot of the partition key. */
export const PARTITION_KEY = -1;
/** The slot of the row key. */
export const ROW_KEY = -2;
/** The slot of the timestamp. */
export const TIMESTAMP = -3;

/** The stored properties one class declares; bound to a store once, then spoken of by slot. Frozen. */
export interface RowShape {
  /** By slot: the first is slot 0. */
  readonly properties: readonly { readonly name: string; readonly type: EdmType }[];
}

const SYSTEM_SLOTS: Readonly<Record<string, Slot>> = {
  PartitionKey: PARTITION_KEY,
  RowKey: ROW_KEY,
  Timestamp: TIMESTAMP,
};

/** The slot of a stored name, the keys and the timestamp included; `undefined` when the shape does not declare it. */
export function slotOf(shape: RowShape, storedName: string): Slot | undefined {
  if (Object.hasOwn(SYSTEM_SLOTS, storedName)) return SYSTEM_SLOTS[storedName];
  const slot = shape.properties.findIndex((property) => property.name === storedName);
  return slot < 0 ? undefined : slot;
}

/**
 * One stored row, in the store's own form. A flyweight: it stands on one row at a time and is valid only until the
 * `decode` or predicate it was passed to returns. Getters convert; they never check: ask `typeOf` first.
 */
export interface RowReader {
  /** The stored type, or `undefined` when absent. Cosmos DB may report an integral Double as Int32: it writes both alike. */
  typeOf(slot: Slot): EdmType | undefined;
  /** A String; the keys too. */
  string(slot: Slot): string;
  /** An Int32 or a Double. */
  number(slot: Slot): number;
  /** A Boolean. */
  boolean(slot: Slot): boolean;
  /** An Int64. */
  int64(slot: Slot): bigint;
  /** A DateTime, the timestamp too: milliseconds since 1970, floored. */
  milliseconds(slot: Slot): number;
  /** The 100 ns of a DateTime beyond its millisecond, 0…9999. */
  ticks(slot: Slot): number;
  /** A Guid. */
  guid(slot: Slot): Guid;
  /** A Binary: a copy the caller owns. */
  binary(slot: Slot): Uint8Array;
  /** `''` when the request left it out. */
  readonly etag: string;
  /** What the shape does not name, exactly as stored; only for a request with `undeclared: true`. */
  undeclared(): Iterable<readonly [name: string, value: UndeclaredValue]>;
  /** The row itself, to keep: reopened by `Rows.reopen`. Free where rows are objects, at most one copy where they are pages. */
  retain(): RetainedRow;
}

declare const retained: unique symbol;

/** A row that outlives its reader; only its own store can open it. */
export interface RetainedRow {
  /** For the compiler only. */
  readonly [retained]: true;
}

/** A property that no class declares: its type and its exact text as on the wire, or its bytes. */
export type UndeclaredValue =
  | { readonly type: Exclude<EdmType, 'Binary'>; readonly text: string }
  | { readonly type: 'Binary'; readonly bytes: Uint8Array };

/** Receives the properties of one write; each at most once, absent ones never. */
export interface RowWriter {
  /** A String. */
  string(slot: Slot, value: string): void;
  /** An Int32. */
  int32(slot: Slot, value: number): void;
  /** A Double. */
  double(slot: Slot, value: number): void;
  /** A Boolean. */
  boolean(slot: Slot, value: boolean): void;
  /** An Int64. */
  int64(slot: Slot, value: bigint): void;
  /** A DateTime: milliseconds since 1970, and the 100 ns beyond them, 0…9999. */
  dateTime(slot: Slot, milliseconds: number, ticks: number): void;
  /** A Guid, in lower case. */
  guid(slot: Slot, value: string): void;
  /** The bytes are copied or encoded before this returns. */
  binary(slot: Slot, value: Uint8Array): void;
  /** A property that the shape does not name, exactly as it was read. */
  undeclared(name: string, value: UndeclaredValue): void;
}
