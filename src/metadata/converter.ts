import type { EdmType, EdmTypeMap } from '../edm/edm-type.js';
import { EntitableError } from '../errors/entitable-error.js';

/**
 * The order of stored values compared with the order of the values in the class. With `none`, filters accept only `eq`,
 * `ne` and `in`.
 */
export type ConverterOrder = 'preserved' | 'reversed' | 'none';

/**
 * Stores values of type `V` as the EDM type `E`. `fromStored(toStored(value))` must return an equal value.
 *
 * The stored form of a value may vary from call to call, as it does with encryption. Such a converter sets
 * `equality: false`, and needs `same` if its values are not plain data. The functions are synchronous; returning a
 * promise is an error.
 *
 * If a converter of a key part declares an order, the texts that it stores must all have the same length, or none of
 * them may be a prefix of another. Otherwise the order is lost as soon as more text follows in the key.
 *
 * @example
 * ```ts
 * const url: Converter<URL, 'String'> = { type: 'String', toStored: String, fromStored: (text) => new URL(text) };
 * ```
 */
export interface Converter<in out V, out E extends EdmType = EdmType> {
  /** The EDM type that the converter stores. */
  readonly type: E;
  /** The order of stored values; `'none'` by default. */
  readonly order?: ConverterOrder | undefined;
  /**
   * Set to `false` if equal values may be stored in different forms. `eq`, `ne` and `in` are then rejected with
   * `query.not-comparable`, because they would silently miss rows.
   */
  readonly equality?: false | undefined;
  /**
   * Converts a value to its stored form. Throws if the value cannot be stored; the message of that error is not
   * repeated in the library's error, because it may quote the value.
   */
  toStored(value: V): EdmTypeMap[E];
  /** Converts a stored value back. */
  fromStored(stored: EdmTypeMap[E]): V;
  /**
   * Compares two values whose stored forms differ, so that `save` and units of work do not write a value that has not
   * changed. By default strings, numbers and other plain data are compared by content, and everything else by its
   * stored form.
   */
  same?(left: V, right: V): boolean;
}

/** A converter with its type parameters erased, as entity metadata holds it. */
export interface AnyConverter {
  /** The EDM type that the converter stores. */
  readonly type: EdmType;
  /** The order of stored values; `'none'` by default. */
  readonly order?: ConverterOrder | undefined;
  /** `false` if equal values may be stored in different forms; see {@link Converter.equality}. */
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

/**
 * Creates the error that this package's converters throw for a value of the wrong type. Its message never contains the
 * value, so other messages may include it.
 */
export function wrongType(message: string, options?: ErrorOptions): EntitableError {
  return refusal(message, ANOTHER_TYPE, options);
}

/**
 * Creates the error that this package's converters throw for a value they cannot store. Its message never contains the
 * value, so other messages may include it.
 */
export function outOfRange(message: string): EntitableError {
  return refusal(message, 'another value');
}

/**
 * Returns the reason for which one of this package's converters rejected a value. Returns `undefined` for any other
 * error, because its message may quote the value: even `BigInt(1.5)` throws a `RangeError` that contains the number.
 */
export function refusalReason(error: unknown): string | undefined {
  return error instanceof Error && OWN in error ? error.message : undefined;
}

/**
 * Returns whether a converter rejected a value because of its type. A converter that is not part of this package
 * signals that with a `TypeError`.
 */
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
