import { invalidOption } from '../options/check-option.js';
import { typeName } from '../errors/type-name.js';

const BRAND: unique symbol = Symbol.for('entitable/Guid') as never;
const SECOND: unique symbol = Symbol.for('entitable/Guid/2') as never;
const THIRD: unique symbol = Symbol.for('entitable/Guid/3') as never;
const FOURTH: unique symbol = Symbol.for('entitable/Guid/4') as never;

/** Where texts are read to. */
const DIGITS = new Int32Array(4);

/**
 * An `Edm.Guid`: immutable, compared by `equals`, lower case in text.
 *
 * A class and not a string, so that the EDM type survives a round trip and decorator metadata reports it.
 */
export class Guid {
  /** Recognises a Guid, also one made by another copy of this package. */
  static is(value: unknown): value is Guid {
    try {
      return typeof value === 'object' && value !== null && BRAND in value;
    } catch {
      return false; // a proxy that fails, or was revoked
    }
  }

  /** @internal Recognises the class, also another copy's: decorator metadata holds classes. */
  static isClass(value: unknown): boolean {
    return typeof value === 'function' && Object.hasOwn(value, BRAND);
  }

  /** @internal */
  static readonly [BRAND] = true;

  /** Whether a text has the 8-4-4-4-12 form of a GUID, in any case. */
  static isText(text: string): boolean {
    return typeof text === 'string' && readDigitsOf(text, DIGITS);
  }

  /**
   * Reads the 8-4-4-4-12 form, in any case.
   *
   * @throws EntitableError `validation.invalid-option` when the text has another form.
   */
  static parse(text: string): Guid {
    if (!Guid.isText(text)) throw noGuid(text);
    return new Guid(DIGITS, text.toLowerCase());
  }

  /** Makes a random (version 4) GUID. */
  static random(): Guid {
    return Guid.parse(globalThis.crypto.randomUUID());
  }

  /** Its digits, eight at a time: own properties, so that what compares objects tells Guids apart, and without names. */
  private readonly [BRAND]: number;
  private readonly [SECOND]: number;
  private readonly [THIRD]: number;
  private readonly [FOURTH]: number;
  /** Made when somebody asks: most Guids that are read are not looked at. */
  #text: string | undefined;

  private constructor(digits: Int32Array, text: string | undefined) {
    this[BRAND] = digits[0]!;
    this[SECOND] = digits[1]!;
    this[THIRD] = digits[2]!;
    this[FOURTH] = digits[3]!;
    this.#text = text;
  }

  /** @internal Copies its digits: eight at a time, each time as an integer of 32 bits with a sign. */
  static ofDigits(digits: Int32Array): Guid {
    return new Guid(digits, undefined);
  }

  /** Whether both stand for the same GUID. */
  equals(other: Guid): boolean {
    return Guid.is(other) && this.toString() === other.toString(); // which another copy of this package has, too
  }

  /** The lower-case 8-4-4-4-12 form. */
  toString(): string {
    // A copy that a library made, and a proxy, have the digits alone.
    if (!(#text in this)) return guidText(this[BRAND], this[SECOND], this[THIRD], this[FOURTH]);
    return (this.#text ??= guidText(this[BRAND], this[SECOND], this[THIRD], this[FOURTH]));
  }

  /** The same as {@link toString}, so that a Guid is a plain string in JSON. */
  toJSON(): string {
    return this.toString();
  }

  /** How Node's `console.log` shows it. */
  [Symbol.for('nodejs.util.inspect.custom')](): string {
    return `Guid ${this.toString()}`;
  }
}

function noGuid(found: unknown): Error {
  const form = 'a GUID in the form 00000000-0000-0000-0000-000000000000';
  return invalidOption('Guid.parse', form, typeof found === 'string' ? 'another text' : typeName(found));
}

/** Characters of the 8-4-4-4-12 form. */
export const GUID_LENGTH = 36;

const HYPHEN = 0x2d;

/** The value of a digit by its character code; negative where there is none. */
const DIGIT_VALUES = Int8Array.from({ length: 256 }, (_, code) => {
  const value = code < 0x80 ? Number.parseInt(String.fromCharCode(code), 16) : Number.NaN;
  return Number.isNaN(value) ? -1 : value;
});

/** Where the two digits of each byte stand. */
const PLACES = Uint8Array.of(0, 2, 4, 6, 9, 11, 14, 16, 19, 21, 24, 26, 28, 30, 32, 34);

/**
 * Reads the digits of the 8-4-4-4-12 form, in any case, out of the codes of its characters: eight at a time, each time an integer of 32
 * bits with a sign. Gives whether there are such.
 */
export function readDigits(codes: Uint8Array, at: number, digits: Int32Array): boolean {
  let wrong =
    (codes[at + 8]! ^ HYPHEN) | (codes[at + 13]! ^ HYPHEN) | (codes[at + 18]! ^ HYPHEN) | (codes[at + 23]! ^ HYPHEN);
  for (let index = 0; index < 4; index++) {
    let four = 0;
    for (let place = index * 4; place < index * 4 + 4; place++) {
      const first = at + PLACES[place]!;
      const high = DIGIT_VALUES[codes[first]!]!;
      const low = DIGIT_VALUES[codes[first + 1]!]!;
      four = (four << 8) | (high << 4) | low;
      wrong |= (high | low) & ~0xf;
    }
    digits[index] = four;
  }
  return wrong === 0;
}

/** Room for whatever a text of this length is in UTF-8, so that it is as many bytes only if it is ASCII. */
const CODES = Buffer.alloc(3 * GUID_LENGTH);

/** The same for a text. */
export function readDigitsOf(text: string, digits: Int32Array): boolean {
  return text.length === GUID_LENGTH && CODES.write(text) === GUID_LENGTH && readDigits(CODES, 0, digits);
}

const HEX = Array.from({ length: 256 }, (_, byte) => byte.toString(16).padStart(2, '0'));
const HIGH = Uint8Array.from(HEX, (digits) => digits.charCodeAt(0));
const LOW = Uint8Array.from(HEX, (digits) => digits.charCodeAt(1));

/** The lower-case text, made in one go: a text of pieces would keep them all, and a call for each would cost more than the rest of a row. */
function guidText(first: number, second: number, third: number, fourth: number): string {
  const high = (digits: number, shift: number): number => HIGH[(digits >>> shift) & 0xff]!;
  const low = (digits: number, shift: number): number => LOW[(digits >>> shift) & 0xff]!;
  // prettier-ignore
  return String.fromCharCode(
    high(first, 24), low(first, 24), high(first, 16), low(first, 16), high(first, 8), low(first, 8), high(first, 0), low(first, 0), HYPHEN,
    high(second, 24), low(second, 24), high(second, 16), low(second, 16), HYPHEN,
    high(second, 8), low(second, 8), high(second, 0), low(second, 0), HYPHEN,
    high(third, 24), low(third, 24), high(third, 16), low(third, 16), HYPHEN,
    high(third, 8), low(third, 8), high(third, 0), low(third, 0),
    high(fourth, 24), low(fourth, 24), high(fourth, 16), low(fourth, 16), high(fourth, 8), low(fourth, 8), high(fourth, 0), low(fourth, 0),
  );
}
