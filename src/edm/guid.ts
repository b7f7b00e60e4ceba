import { invalidOption } from '../errors/options.js';
import { guidText, readDigitsOf } from './guid-text.js';
import { typeName } from './type-name.js';

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
