import { Guid } from '../../edm/guid.js';
import { INT64_RANGE } from '../../edm/value-rules.js';
import { typeName } from '../../errors/type-name.js';
import { outOfRange, wrongType, type Converter } from '../converter.js';

interface Range {
  readonly least: bigint;
  readonly greatest: bigint;
  /** The number of decimal digits of the greatest value. */
  readonly digits: number;
}

const SAFE: Range = { least: BigInt(Number.MIN_SAFE_INTEGER), greatest: BigInt(Number.MAX_SAFE_INTEGER), digits: 16 };
const INT64: Range = { ...INT64_RANGE, digits: 19 };

/**
 * Converts a safe integer to a key part that sorts in ascending order: 16 digits (`0000000000000042`). A negative
 * integer is `-` followed by its complement to 10^16.
 */
export const ascendingInteger: Converter<number, 'String'> = integerKey(ascending(SAFE));
/** Converts a safe integer to a key part that sorts in descending order: 17 digits of `Number.MAX_SAFE_INTEGER - n`. */
export const descendingInteger: Converter<number, 'String'> = integerKey(descending(SAFE));
/**
 * Converts a 64-bit bigint to a key part that sorts in ascending order: 19 digits. A negative one is `-` followed by
 * its complement to 10^19.
 */
export const ascendingBigInt: Converter<bigint, 'String'> = bigIntKey(ascending(INT64));
/** Converts a 64-bit bigint to a key part that sorts in descending order: 20 digits of `2^63 - 1 - n`. */
export const descendingBigInt: Converter<bigint, 'String'> = bigIntKey(descending(INT64));

/** Converts a Guid to a key part: its text in lower case. */
export const guidKey: Converter<Guid, 'String'> = Object.freeze({
  type: 'String',
  toStored(value: Guid): string {
    if (!Guid.is(value)) throw wrongType(`it must be a Guid, not ${typeName(value)}`);
    return value.toString();
  },
  fromStored(text: string): Guid {
    if (!Guid.isText(text) || text !== text.toLowerCase()) throw outOfRange('not a Guid in lower case');
    return Guid.parse(text);
  },
});

/** A text form for integers of one range, in which text order is the numeric order or its reverse. */
interface Digits {
  readonly order: 'preserved' | 'reversed';
  readonly range: Range;
  readonly write: (value: bigint) => string;
  readonly read: (text: string) => bigint;
}

function ascending(range: Range): Digits {
  const complement = 10n ** BigInt(range.digits);
  const pattern = new RegExp(`^-?\\d{${range.digits}}$`);
  const pad = (value: bigint): string => String(value).padStart(range.digits, '0');
  return {
    order: 'preserved',
    range,
    write: (value) => (value < 0n ? `-${pad(complement + value)}` : pad(value)),
    read(text) {
      if (typeof text !== 'string' || !pattern.test(text)) throw outOfRange('not the digits of an integer key');
      return text.startsWith('-') ? BigInt(text.slice(1)) - complement : BigInt(text);
    },
  };
}

function descending(range: Range): Digits {
  const digits = range.digits + 1;
  const pattern = new RegExp(`^\\d{${digits}}$`);
  return {
    order: 'reversed',
    range,
    write: (value) => String(range.greatest - value).padStart(digits, '0'),
    read(text) {
      if (typeof text !== 'string' || !pattern.test(text)) throw outOfRange('not the digits of an integer key');
      return range.greatest - BigInt(text);
    },
  };
}

function inRange(value: bigint, { least, greatest }: Range): bigint {
  if (value < least || value > greatest) throw outOfRange(`it must be between ${least} and ${greatest}`);
  return value;
}

function integerKey({ order, range, write, read }: Digits): Converter<number, 'String'> {
  return Object.freeze({
    type: 'String',
    order,
    toStored(value: number): string {
      if (typeof value !== 'number') throw wrongType(`it must be a number, not ${typeName(value)}`);
      if (!Number.isSafeInteger(value)) throw outOfRange('it must be a safe integer');
      return write(BigInt(value));
    },
    fromStored: (text: string) => Number(inRange(read(text), range)),
  });
}

function bigIntKey({ order, range, write, read }: Digits): Converter<bigint, 'String'> {
  return Object.freeze({
    type: 'String',
    order,
    toStored(value: bigint): string {
      if (typeof value !== 'bigint') throw wrongType(`it must be a bigint, not ${typeName(value)}`);
      return write(inRange(value, range));
    },
    fromStored: (text: string) => inRange(read(text), range),
  });
}
