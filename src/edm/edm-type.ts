import type { Guid } from './guid.js';

/** The EDM types that a table can store, each with the JavaScript type that represents it. */
export interface EdmTypeMap {
  /** Bytes, up to 64 KiB. */
  readonly Binary: Uint8Array;
  /** `true` or `false`. */
  readonly Boolean: boolean;
  /**
   * An instant from the year 1601 on. The service stores it with a precision of 100 ns; a `Date` holds only
   * milliseconds.
   */
  readonly DateTime: Date;
  /** A 64-bit floating-point number, including `NaN` and the infinities. */
  readonly Double: number;
  /** A value of 128 bits: see {@link Guid}. */
  readonly Guid: Guid;
  /** A 32-bit integer. */
  readonly Int32: number;
  /** A 64-bit integer. */
  readonly Int64: bigint;
  /** UTF-16 text, up to 32,768 units. */
  readonly String: string;
}

/** The name of an EDM type, without its `Edm.` prefix. */
export type EdmType = keyof EdmTypeMap;

/** Any JavaScript value that can be stored without a converter. */
export type EdmValue = EdmTypeMap[EdmType];

/** A value together with its EDM type. */
export type TypedValue = { readonly [E in EdmType]: { readonly type: E; readonly value: EdmTypeMap[E] } }[EdmType];

const NAMES: Readonly<Record<EdmType, true>> = {
  Binary: true,
  Boolean: true,
  DateTime: true,
  Double: true,
  Guid: true,
  Int32: true,
  Int64: true,
  String: true,
};

/** Every EDM type, in alphabetical order. */
export const EDM_TYPES: readonly EdmType[] = Object.freeze(Object.keys(NAMES) as EdmType[]);

/** Returns whether a name, e.g. from a stored row, is that of an EDM type. */
export function isEdmType(name: unknown): name is EdmType {
  return typeof name === 'string' && Object.hasOwn(NAMES, name);
}
