import type { KeyName, SystemValue, systemValue, SystemValueKind } from './brands.js';

/** A class whose instances are entities; its constructor may take arguments. */
export type EntityClass<T extends object = object> = abstract new (...args: never) => T;

/** The names of the members of `T` that can be declared: all but the methods. */
export type MemberKey<T> = NoMethod<T> & string;

type NoMethod<T, K extends keyof T = keyof T> = K extends unknown ? (T[K] extends Method ? never : K) : never;

type Method = (...args: never) => unknown;

/** The names of the properties of `T` that hold its data: no method, and nothing that is marked as `ETag` or `Timestamp`. */
export type DataKey<T> = (T extends unknown ? { readonly of: DataName<T> & string } : never)['of'];

/** The same of a known class. Distributes over the names, which is the cheapest way through a large class. */
export type DataName<T, K extends keyof T = keyof T> = K extends unknown
  ? T[K] extends Method | SystemValue<SystemValueKind> | null | undefined
    ? OtherName<T, K>
    : K
  : never;

/** What the first look takes for a system value may be any object without required members. */
type OtherName<T, K extends keyof T> = T[K] extends Method
  ? never
  : typeof systemValue extends keyof NonNullable<T[K]>
    ? never
    : K;

/**
 * What `merge` may change: every stored property but the keys. A property that is missing or `undefined` is left alone; `null`
 * removes it from the row.
 */
export type PatchOf<T> = (T extends unknown ? { readonly of: EntityPatch<T> } : never)['of'];

type EntityPatch<T> = { readonly [K in Exclude<DataName<T> & string, KeyName<T>>]?: T[K] | null | undefined };

/** What `select` gives: plain, readonly data and no entity. */
export type Projection<T, K extends keyof T> = { readonly [P in K]: T[P] };
