import type { EdmType, EdmTypeMap } from '../edm/edm-type.js';
import { EntitableError } from '../errors/entitable-error.js';

/** How stored values sort, compared to the values they stand for; `none` leaves only `eq` and `ne`. */
export type ConverterOrder = 'preserved' | 'reversed' | 'none';

/**
 * Stores a `V` as the EDM type `E`: `fromStored(toStored(value))` is the value again. What is stored may differ from time to time, as
 * where it is encrypted; such a converter says `equality: false`, and `same` where its values are no plain data.
 * Its functions answer at once: a promise is refused.
 *
 * A converter of a key part that declares an order must give texts of one length (or none that begins another), so that the
 * order holds with more text behind it.
 *
 * @example
 * ```ts
 * const url: Converter<URL, 'String'> = { type: 'String', toStored: String, fromStored: (text) => new URL(text) };
 * ```
 */
export interface Converter<in out V, out E extends EdmType = EdmType> {
  /** What it stores. */
  readonly type: E;
  /** `'none'` when left out. */
  readonly order?: ConverterOrder | undefined;
  /**
   * `false` where equal values need not be stored alike: `eq`, `ne` and `in` are refused then (`query.not-comparable`), since they would
   * find nothing in silence.
   */
  readonly equality?: false | undefined;
  /** Throws for what it cannot store. The error that is raised then keeps what was thrown out of its message: it may quote the value. */
  toStored(value: V): EdmTypeMap[E];
  /** Gives the value back that was stored. */
  fromStored(stored: EdmTypeMap[E]): V;
  /**
   * Whether two values are the same, so that `save` and units of work write nothing of what did not change. Asked where the stored forms
   * differ. When left out, strings, numbers and other plain data are compared by content, and all else by its stored form.
   */
  same?(left: V, right: V): boolean;
}

/** A converter of any value: what metadata keeps. */
export interface AnyConverter {
  /** What it stores. */
  readonly type: EdmType;
  /** How stored values sort; `'none'` when left out. */
  readonly order?: ConverterOrder | undefined;
  /** `false` where equal values need not be stored alike. */
  readonly equality?: false | undefined;
  /** See {@link Converter.toStored}. */
  toStored(value: unknown): unknown;
  /** See {@link Converter.fromStored}. */
  fromStored(stored: unknown): unknown;
  /** See {@link Converter.same}. */
  same?(left: unknown, right: unknown): boolean;
}

const ANOTHER_TYPE = 'another type';
const OWN = Symbol.for('entitable/refusal');

/** What a converter of this package throws for a value of another type; its words never hold the value, so messages may show them. */
export function wrongType(message: string, options?: ErrorOptions): EntitableError {
  return refusal(message, ANOTHER_TYPE, options);
}

/** What a converter of this package throws for a value that it cannot store; its words never hold the value, so messages may show them. */
export function outOfRange(message: string): EntitableError {
  return refusal(message, 'another value');
}

/**
 * Why a converter refused a value; `undefined` when its words are not for a message. Anybody else's may quote the value, and so may the
 * language's: `BigInt(1.5)` throws a `RangeError` that holds the number.
 */
export function refusalReason(error: unknown): string | undefined {
  return error instanceof Error && OWN in error ? error.message : undefined;
}

/** Whether a converter refused a value for its type, as a `TypeError` says of anybody's converter. */
export function refusesType(error: unknown): boolean {
  const isOwn = EntitableError.is(error, 'validation.invalid-option') && OWN in error;
  return isOwn ? error.details.found === ANOTHER_TYPE : error instanceof TypeError;
}

function refusal(message: string, found: string, options?: ErrorOptions): EntitableError {
  const error = new EntitableError(
    'validation.invalid-option',
    message,
    { option: 'value', expected: message, found },
    options,
  );
  return Object.defineProperty(error, OWN, { value: true });
}
