import type { Guid } from './guid.js';

/** The EDM types a table can store, each with the JavaScript type that carries it without loss. */
export interface EdmTypeMap {
  /** Bytes, up to 64 KiB. */
  readonly Binary: Uint8Array;
  /** `true` or `false`. */
  readonly Boolean: boolean;
  /** An instant from 1601 on; the service keeps 100 ns, a `Date` milliseconds. */
  readonly DateTime: Date;
  /** 64-bit floating point, `NaN` and the infinities included. */
  readonly Double: number;
  /** 128 bits: see {@link Guid}. */
  readonly Guid: Guid;
  /** An integer of 32 bits. */
  readonly Int32: number;
  /** An integer of 64 bits. */
  readonly Int64: bigint;
  /** UTF-16 text, up to 32,768 units. */
  readonly String: string;
}

/** The name of an EDM type, without its `Edm.` prefix. */
export type EdmType = keyof EdmTypeMap;

/** Any JavaScript value that is stored without a converter. */
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

/** Whether a name that came from outside is an EDM type's. */
export function isEdmType(name: unknown): name is EdmType {
  return typeof name === 'string' && Object.hasOwn(NAMES, name);
}
