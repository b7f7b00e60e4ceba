import type { EdmType, EdmTypeMap } from '../edm/edm-type.js';

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
