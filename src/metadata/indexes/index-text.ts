import type { EdmType } from '../../edm/edm-type.js';
import { exactTicks, preciseDate } from '../../edm/date-time.js';
import type { Guid } from '../../edm/guid.js';
import { typeName } from '../../errors/type-name.js';
import { atOnce } from '../../options/check-option.js';
import { outOfRange, wrongType, type AnyConverter } from '../converter.js';
import { oldestFirst } from '../converters/date-keys.js';
import { ascendingBigInt, ascendingInteger, guidKey } from '../converters/integer-keys.js';
import type { Member, PropertyMetadata } from '../entity-metadata.js';
import type { IndexText } from './declaration.js';

/** A conversion between a stored value and its text in the keys of an index. The texts are a stored format. */
interface StoredText {
  readonly write: (stored: never) => string;
  readonly read: (text: string) => unknown;
  /** True if the texts sort in the order of the values. */
  readonly sorts: boolean;
}

/** The text of each stored type. Binary has none. String is its own text. */
const TEXTS: Readonly<Record<Exclude<EdmType, 'Binary' | 'String'>, StoredText>> = {
  Boolean: {
    write: (value: boolean) => (value ? '1' : '0'),
    read: (text) => choose(text, { '0': false, '1': true }),
    sorts: false,
  },
  DateTime: { write: dateText, read: dateOf, sorts: true },
  Double: { write: doubleText, read: doubleOf, sorts: true },
  Guid: { write: (value: Guid) => guidKey.toStored(value), read: (text) => guidKey.fromStored(text), sorts: false },
  Int32: {
    write: (value: number) => ascendingInteger.toStored(value),
    read: (text) => ascendingInteger.fromStored(text),
    sorts: true,
  },
  Int64: {
    write: (value: bigint) => ascendingBigInt.toStored(value),
    read: (text) => ascendingBigInt.fromStored(text),
    sorts: true,
  },
};

/**
 * Returns the converter between the values of a member and their texts in the keys of an index; `undefined` if a value
 * is its own text.
 */
export function textConverter(member: Member, text: IndexText | undefined): AnyConverter | undefined {
  if (text !== undefined) return ownText(text);
  if (member.kind === 'key') return member.template.parts[member.index]!.converter;
  return member.kind === 'property' ? propertyText(member.property) : undefined;
}

/** Returns whether a text can be converted back to its value. */
export function isReadable(text: IndexText | undefined): boolean {
  return text === undefined || text.fromStored !== undefined;
}

function ownText(text: IndexText): AnyConverter {
  return {
    type: 'String',
    order: text.order ?? 'none',
    toStored(value) {
      const made: unknown = atOnce(text.toStored(value as never), 'toStored');
      if (typeof made === 'string') return made;
      throw wrongType(`its text in the index must be a string, not ${typeName(made)}`);
    },
    fromStored: (stored) => text.fromStored?.(stored as string) ?? stored,
  };
}

function propertyText({ type, converter }: PropertyMetadata): AnyConverter | undefined {
  if (type === 'Binary') return undefined;
  if (type === 'String') return converter;
  const { write, read, sorts } = TEXTS[type];
  // Without a converter, a date is formatted to the millisecond, because the entity's `Date` is no more precise.
  const text =
    type === 'DateTime' && converter === undefined
      ? { write: oldestFirst.toStored.bind(oldestFirst), read: oldestFirst.fromStored.bind(oldestFirst) }
      : { write, read };
  return {
    type: 'String',
    order: sorts ? (converter === undefined ? 'preserved' : converter.order) : 'none',
    toStored: (value) => text.write((converter === undefined ? value : converter.toStored(value)) as never),
    fromStored(stored) {
      const value = text.read(stored as string);
      return converter === undefined ? value : converter.fromStored(value);
    },
  };
}

const TICK_DIGITS = 4;

/**
 * Formats a DateTime as ISO 8601 with seven fractional digits, for a property with a converter, which may use all of
 * them.
 */
function dateText(date: Date): string {
  const text = oldestFirst.toStored(date);
  return `${text.slice(0, -1)}${String(exactTicks(date) ?? 0).padStart(TICK_DIGITS, '0')}Z`;
}

function dateOf(text: string): Date {
  const ticks = text.slice(-1 - TICK_DIGITS, -1);
  if (!/^\d{4}$/.test(ticks)) throw outOfRange('not an ISO date with seven digits of the second');
  const date = oldestFirst.fromStored(`${text.slice(0, -1 - TICK_DIGITS)}Z`);
  return preciseDate(date.getTime(), Number(ticks));
}

const BITS = new DataView(new ArrayBuffer(8));
const SIGN = 1n << 63n;
const ALL = (1n << 64n) - 1n;
const NAN = 'fff8000000000000';

/**
 * Formats a Double as 16 hexadecimal digits that sort like numbers: its bits, with the sign bit flipped for a positive
 * number and all bits flipped for a negative one. -0 has the same text as 0, because filters treat them as equal. NaN
 * sorts last.
 */
function doubleText(value: number): string {
  // NaN has many bit patterns, and a JavaScript engine may use any of them.
  if (Number.isNaN(value)) return NAN;
  BITS.setFloat64(0, value === 0 ? 0 : value);
  const bits = BITS.getBigUint64(0);
  return (bits & SIGN ? bits ^ ALL : bits | SIGN).toString(16).padStart(16, '0');
}

function doubleOf(text: string): number {
  if (!/^[0-9a-f]{16}$/.test(text)) throw outOfRange('not 16 hexadecimal digits');
  const bits = BigInt(`0x${text}`);
  BITS.setBigUint64(0, bits & SIGN ? bits ^ SIGN : bits ^ ALL);
  const value = BITS.getFloat64(0);
  if (doubleText(value) !== text) throw outOfRange('not the digits of the number');
  return value;
}

function choose(text: string, values: Readonly<Record<string, boolean>>): boolean {
  const value = Object.hasOwn(values, text) ? values[text] : undefined;
  if (value === undefined) throw outOfRange('neither 0 nor 1');
  return value;
}
