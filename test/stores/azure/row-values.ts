import type { EdmType } from '../../../src/edm/edm-type.js';
import type { RowReader, RowShape, RowWriter, Slot } from '../../../src/store/row.js';

/** Creates a shape of properties by name. */
export function shapeOf(types: Readonly<Record<string, EdmType>>): RowShape {
  return { properties: Object.entries(types).map(([name, type]) => ({ name, type })) };
}

/** Returns a decoder for all properties of a row, with their types, in plain values. */
export function valuesOf(shape: RowShape): (row: RowReader) => Readonly<Record<string, readonly [EdmType, unknown]>> {
  return (row) => {
    const values = shape.properties.flatMap(({ name }, slot) => {
      const type = row.typeOf(slot);
      return type === undefined ? [] : [[name, [type, READ[type](row, slot)]] as const];
    });
    return Object.fromEntries(values);
  };
}

/** Returns a function that writes plain values with the types of a shape. */
export function writerOf(shape: RowShape, values: Readonly<Record<string, unknown>>): (writer: RowWriter) => void {
  return (writer) => {
    shape.properties.forEach(({ name, type }, slot) => {
      if (Object.hasOwn(values, name)) WRITE[type](writer, slot, values[name]);
    });
  };
}

const READ: Readonly<Record<EdmType, (row: RowReader, slot: Slot) => unknown>> = {
  Binary: (row, slot) => [...row.binary(slot)],
  Boolean: (row, slot) => row.boolean(slot),
  DateTime: (row, slot) => [row.milliseconds(slot), row.ticks(slot)],
  Double: (row, slot) => row.number(slot),
  Guid: (row, slot) => row.guid(slot).toString(),
  Int32: (row, slot) => row.number(slot),
  Int64: (row, slot) => row.int64(slot),
  String: (row, slot) => row.string(slot),
};

const WRITE: Readonly<Record<EdmType, (writer: RowWriter, slot: Slot, value: unknown) => void>> = {
  Binary: (writer, slot, value) => writer.binary(slot, Uint8Array.from(value as number[])),
  Boolean: (writer, slot, value) => writer.boolean(slot, value as boolean),
  DateTime: (writer, slot, value) => writer.dateTime(slot, ...(value as [number, number])),
  Double: (writer, slot, value) => writer.double(slot, value as number),
  Guid: (writer, slot, value) => writer.guid(slot, value as string),
  Int32: (writer, slot, value) => writer.int32(slot, value as number),
  Int64: (writer, slot, value) => writer.int64(slot, value as bigint),
  String: (writer, slot, value) => writer.string(slot, value as string),
};
