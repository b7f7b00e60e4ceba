import { invalidOption } from '../options/check-option.js';
import { typeName } from '../errors/type-name.js';

const BRAND: unique symbol = Symbol.for('entitable/Guid') as never;
const SECOND: unique symbol = Symbol.for('entitable/Guid/2') as never;
const THIRD: unique symbol = Symbol.for('entitable/Guid/3') as never;
const FOURTH: unique symbol = Symbol.for('entitable/Guid/4') as never;

/** The buffer that receives the digits of a text that is being parsed. */
const DIGITS = new Int32Array(4);

/**
 * A value of the type `Edm.Guid`: immutable, compared by `equals`, lower case as text.
 *
 * It is a class and not a string, so that the EDM type survives a round trip and appears in decorator metadata.
 */
export class Guid {
  /** Returns whether a value is a Guid, including one made by another copy of this package. */
  static is(value: unknown): value is Guid {
    try {
      return typeof value === 'object' && value !== null && BRAND in value;
    } catch {
      return false; // a proxy that throws or has been revoked
    }
  }

  /**
   * @internal Returns whether a value is the class `Guid` itself, including that of another copy of this package.
   * Needed because decorator metadata contains the class of a property's type.
   */
  static isClass(value: unknown): boolean {
    return typeof value === 'function' && Object.hasOwn(value, BRAND);
  }

  /** @internal Marks the class for {@link isClass}. */
  static readonly [BRAND] = true;

  /** Returns whether a text has the 8-4-4-4-12 form of a GUID, in upper or lower case. */
  static isText(text: string): boolean {
    return typeof text === 'string' && readDigitsOf(text, DIGITS);
  }

  /**
   * Parses the 8-4-4-4-12 form, in upper or lower case.
   *
   * @throws EntitableError `validation.invalid-option` if the text does not have this form.
   */
  static parse(text: string): Guid {
    if (!Guid.isText(text)) throw noGuid(text);
    return new Guid(DIGITS, text.toLowerCase());
  }

  /** Creates a random (version 4) GUID. */
  static random(): Guid {
    return Guid.parse(globalThis.crypto.randomUUID());
  }

  /**
   * The hexadecimal digits, eight in each of four own properties, so that deep comparison distinguishes Guids. The keys
   * of the properties are symbols, so that `Object.keys` and `for…in` do not list them.
   */
  private readonly [BRAND]: number;
  private readonly [SECOND]: number;
  private readonly [THIRD]: number;
  private readonly [FOURTH]: number;
  /** The text, created on first use: most Guids that are read are never printed. */
  #text: string | undefined;

  private constructor(digits: Int32Array, text: string | undefined) {
    this[BRAND] = digits[0]!;
    this[SECOND] = digits[1]!;
    this[THIRD] = digits[2]!;
    this[FOURTH] = digits[3]!;
    this.#text = text;
  }

  /**
   * @internal Creates a Guid from its digits: eight in each of four signed 32-bit integers. The array is not retained.
   */
  static ofDigits(digits: Int32Array): Guid {
    return new Guid(digits, undefined);
  }

  /** Returns whether the other Guid has the same value. */
  equals(other: Guid): boolean {
    // Compares texts, because `other` may come from another copy of this package.
    return Guid.is(other) && this.toString() === other.toString();
  }

  /** Returns the lower-case 8-4-4-4-12 form. */
  toString(): string {
    // A clone made by a library, or a proxy, has the digits but not the private field.
    if (!(#text in this)) return guidText(this[BRAND], this[SECOND], this[THIRD], this[FOURTH]);
    return (this.#text ??= guidText(this[BRAND], this[SECOND], this[THIRD], this[FOURTH]));
  }

  /** Returns the same text as {@link toString}, so that a Guid is a plain string in JSON. */
  toJSON(): string {
    return this.toString();
  }

  /** Returns the form that Node's `console.log` prints. */
  [Symbol.for('nodejs.util.inspect.custom')](): string {
    return `Guid ${this.toString()}`;
  }
}

function noGuid(found: unknown): Error {
  const form = 'a GUID in the form 00000000-0000-0000-0000-000000000000';
  return invalidOption('Guid.parse', form, typeof found === 'string' ? 'another text' : typeName(found));
}

/** The number of characters of the 8-4-4-4-12 form. */
export const GUID_LENGTH = 36;

const HYPHEN = 0x2d;

/** The values of hexadecimal digits by their character codes; negative for all other characters. */
const DIGIT_VALUES = Int8Array.from({ length: 256 }, (_, code) => {
  const value = code < 0x80 ? Number.parseInt(String.fromCharCode(code), 16) : Number.NaN;
  return Number.isNaN(value) ? -1 : value;
});

/** The position in the text of the two digits of each byte. */
const PLACES = Uint8Array.of(0, 2, 4, 6, 9, 11, 14, 16, 19, 21, 24, 26, 28, 30, 32, 34);

/**
 * Parses the 8-4-4-4-12 form, in upper or lower case, from the character codes that begin at the index `at`. Stores
 * eight digits in each signed 32-bit integer of `digits`. Returns whether the form is valid.
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

/**
 * A buffer for the UTF-8 bytes of a text of {@link GUID_LENGTH} characters, large enough for any characters. A text is
 * ASCII only if it has as many bytes as characters.
 */
const CODES = Buffer.alloc(3 * GUID_LENGTH);

/** Parses the digits from a text, like {@link readDigits}. */
export function readDigitsOf(text: string, digits: Int32Array): boolean {
  return text.length === GUID_LENGTH && CODES.write(text) === GUID_LENGTH && readDigits(CODES, 0, digits);
}

const HEX = Array.from({ length: 256 }, (_, byte) => byte.toString(16).padStart(2, '0'));
const HIGH = Uint8Array.from(HEX, (digits) => digits.charCodeAt(0));
const LOW = Uint8Array.from(HEX, (digits) => digits.charCodeAt(1));

/**
 * Formats the digits as lower-case text in one call of `String.fromCharCode`. Concatenation would keep all of its
 * pieces in memory, and one call for each byte would take longer than decoding the rest of a row.
 */
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
