import { formatDateTime, parseDateTime } from '../../edm/date-time.js';
import type { EdmType, TypedValue } from '../../edm/edm-type.js';
import { Guid } from '../../edm/guid.js';
import { doubleText } from '../../edm/literal.js';
import type { RowReader, RowWriter, Slot, UndeclaredValue } from '../../store/row.js';

/** A value in the notation of the tests: its EDM type, a space, its text (`Int32 5`, `String a b`, `Binary 0aff`). */
export type TypedText = `${EdmType} ${string}`;

/** Splits a value into its EDM type and its text. */
export function split(value: TypedText): { readonly type: EdmType; readonly text: string } {
  const space = value.indexOf(' ');
  return { type: value.slice(0, space) as EdmType, text: value.slice(space + 1) };
}

/** Converts a value to the operand of a comparison. */
export function typedValue(value: TypedText): TypedValue {
  const { type, text } = split(value);
  switch (type) {
    case 'Binary':
      return { type, value: Buffer.from(text, 'hex') };
    case 'Boolean':
      return { type, value: text === 'true' };
    case 'DateTime':
      return { type, value: new Date(text) };
    case 'Double':
    case 'Int32':
      return { type, value: Number(text) };
    case 'Guid':
      return { type, value: Guid.parse(text) };
    case 'Int64':
      return { type, value: BigInt(text) };
    case 'String':
      return { type, value: text };
    default:
      return type satisfies never;
  }
}

const WRITE: Readonly<Record<EdmType, (writer: RowWriter, slot: Slot, text: string) => void>> = {
  Binary: (writer, slot, text) => writer.binary(slot, Buffer.from(text, 'hex')),
  Boolean: (writer, slot, text) => writer.boolean(slot, text === 'true'),
  DateTime: (writer, slot, text) => {
    const { milliseconds, ticks } = parseDateTime(text)!;
    writer.dateTime(slot, milliseconds, ticks);
  },
  Double: (writer, slot, text) => writer.double(slot, Number(text)),
  Guid: (writer, slot, text) => writer.guid(slot, text),
  Int32: (writer, slot, text) => writer.int32(slot, Number(text)),
  Int64: (writer, slot, text) => writer.int64(slot, BigInt(text)),
  String: (writer, slot, text) => writer.string(slot, text),
};

/** Writes a declared property. */
export function writeDeclared(writer: RowWriter, slot: Slot, value: TypedText): void {
  const { type, text } = split(value);
  WRITE[type](writer, slot, text);
}

/**
 * Reads a declared property. An Int32 in a property that is declared as a Double is returned as a Double, since the
 * wire format cannot tell them apart.
 */
export function readDeclared(row: RowReader, slot: Slot, declared: EdmType): TypedText | undefined {
  const found = row.typeOf(slot);
  const type = found === 'Int32' && declared === 'Double' ? 'Double' : found;
  switch (type) {
    case undefined:
      return undefined;
    case 'Binary':
      return `Binary ${Buffer.from(row.binary(slot)).toString('hex')}`;
    case 'Boolean':
      return `Boolean ${row.boolean(slot)}`;
    case 'DateTime':
      return `DateTime ${formatDateTime(row.milliseconds(slot), row.ticks(slot))}`;
    case 'Double':
      return `Double ${doubleText(row.number(slot))}`;
    case 'Guid':
      return `Guid ${row.guid(slot).toString()}`;
    case 'Int32':
      return `Int32 ${row.number(slot)}`;
    case 'Int64':
      return `Int64 ${row.int64(slot)}`;
    case 'String':
      return `String ${row.string(slot)}`;
    default:
      return type satisfies never;
  }
}

/** Converts a value to the form of a property that no row shape declares. */
export function undeclaredOf(value: TypedText): UndeclaredValue {
  const { type, text } = split(value);
  return type === 'Binary' ? { type, bytes: Buffer.from(text, 'hex') } : { type, text };
}

/** Converts a property that no row shape declares to the notation of the tests. */
export function textOfUndeclared(value: UndeclaredValue): TypedText {
  return value.type === 'Binary' ? `Binary ${Buffer.from(value.bytes).toString('hex')}` : `${value.type} ${value.text}`;
}
