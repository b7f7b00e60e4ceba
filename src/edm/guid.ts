const BRAND: unique symbol = Symbol.for('entitable/Guid') as never;
const CANONICAL = /^[0-9a-f]{8}-[0-9a-f]{4}-[0-9a-f]{4}-[0-9a-f]{4}-[0-9a-f]{12}$/;

/**
 * An `Edm.Guid`: immutable, compared by `equals`, lower case in text.
 *
 * A class and not a string, so that the EDM type survives a round trip and decorator metadata reports it.
 */
export class Guid {
  /** Recognises a Guid, also one made by another copy of this package. */
  static is(value: unknown): value is Guid {
    return typeof value === 'object' && value !== null && BRAND in value;
  }

  /** @internal Recognises the class, also another copy's: decorator metadata holds classes. */
  static isClass(value: unknown): boolean {
    return typeof value === 'function' && Object.hasOwn(value, BRAND);
  }

  /** @internal */
  static readonly [BRAND] = true;

  /** Whether a text has the 8-4-4-4-12 form of a GUID, in any case. */
  static isText(text: string): boolean {
    return CANONICAL.test(text.toLowerCase());
  }

  /**
   * Reads the 8-4-4-4-12 form, in any case.
   *
   * @throws RangeError when the text has another form.
   */
  static parse(text: string): Guid {
    const canonical = text.toLowerCase();
    if (!CANONICAL.test(canonical)) {
      throw new RangeError('A GUID has the form 00000000-0000-0000-0000-000000000000');
    }
    return new Guid(canonical);
  }

  /** Makes a random (version 4) GUID. */
  static random(): Guid {
    return new Guid(globalThis.crypto.randomUUID());
  }

  /** The text stands under the brand: as an own property, so that what compares objects tells Guids apart, and without a name. */
  private readonly [BRAND]: string;

  private constructor(text: string) {
    this[BRAND] = text;
  }

  /** @internal Takes a text that a store has checked already: lower case, 8-4-4-4-12. */
  static ofCanonical(text: string): Guid {
    return new Guid(text);
  }

  /** Whether both stand for the same GUID. */
  equals(other: Guid): boolean {
    return this[BRAND] === other.toString();
  }

  /** The lower-case 8-4-4-4-12 form. */
  toString(): string {
    return this[BRAND];
  }

  /** The same as {@link toString}, so that a Guid is a plain string in JSON. */
  toJSON(): string {
    return this[BRAND];
  }

  /** How Node's `console.log` shows it. */
  [Symbol.for('nodejs.util.inspect.custom')](): string {
    return `Guid ${this[BRAND]}`;
  }
}
