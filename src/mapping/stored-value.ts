import { preciseDate } from '../edm/date-time.js';
import type { EdmType } from '../edm/edm-type.js';
import { Guid } from '../edm/guid.js';
import type { RowReader, Slot } from '../store/row.js';

type Read = (row: RowReader, slot: Slot) => unknown;

/** Reads a property of exactly its declared type. A switch, because every property of every row comes by: a table of functions would cost a call. */
export function readExact(type: EdmType, row: RowReader, slot: Slot): unknown {
  switch (type) {
    case 'String':
      return row.string(slot);
    case 'Int32':
    case 'Double':
      return row.number(slot);
    case 'Boolean':
      return row.boolean(slot);
    case 'DateTime':
      return new Date(row.milliseconds(slot));
    case 'Int64':
      return row.int64(slot);
    case 'Guid':
      return row.guid(slot);
    case 'Binary':
      return row.binary(slot);
    default:
      return type satisfies never;
  }
}

/** Reads a property of exactly its declared type for a converter, which gets the 100 ns of a DateTime as well. */
export function readPrecise(type: EdmType, row: RowReader, slot: Slot): unknown {
  return type === 'DateTime' ? preciseDate(row.milliseconds(slot), row.ticks(slot)) : readExact(type, row, slot);
}

const INT32 = 2 ** 31;

/**
 * What a declared type makes of a stored one that differs from it: the same value, or `undefined` where something would be lost.
 * A program that wrote `20` where a Double is declared stored an Int32, for example.
 */
const DRIFTED: Readonly<Record<EdmType, Partial<Record<EdmType, Read>>>> = {
  Binary: {},
  Boolean: {},
  DateTime: {},
  Double: {
    Int32: (row, slot) => row.number(slot),
    Int64: (row, slot) => exactly(Number(row.int64(slot)), (value) => BigInt(value) === row.int64(slot)),
  },
  Guid: { String: (row, slot) => (Guid.isText(row.string(slot)) ? Guid.parse(row.string(slot)) : undefined) },
  Int32: {
    Double: (row, slot) =>
      exactly(row.number(slot), (value) => Number.isInteger(value) && value >= -INT32 && value < INT32),
    Int64: (row, slot) => exactly(Number(row.int64(slot)), (value) => value >= -INT32 && value < INT32),
  },
  Int64: {
    Int32: (row, slot) => BigInt(row.number(slot)),
    Double: (row, slot) => (Number.isSafeInteger(row.number(slot)) ? BigInt(row.number(slot)) : undefined),
  },
  String: { Guid: (row, slot) => row.guid(slot).toString() },
};

function exactly(value: number, holds: (value: number) => boolean): number | undefined {
  return holds(value) && !Object.is(value, -0) ? value : undefined;
}

/** Reads a property that is stored as another type than it is declared; `undefined` where something would be lost. */
export function readDrifted(declared: EdmType, found: EdmType, row: RowReader, slot: Slot): unknown {
  return DRIFTED[declared][found]?.(row, slot);
}
