import type { KeyName } from './brands.js';

/** A class whose instances are entities; its constructor may take arguments. */
export type EntityClass<T extends object = object> = abstract new (...args: never) => T;

/** The names of the stored properties of `T`: all of its members but the methods. */
export type DataKey<T> = NoMethod<T> & string;

type Method = (...args: never) => unknown;
/** Distributes over the names, which is the cheapest way through a large class. */
type NoMethod<T, K extends keyof T = keyof T> = K extends unknown ? (T[K] extends Method ? never : K) : never;

/**
 * What `merge` may change: every stored property but the keys. A property that is missing or `undefined` is left alone; `null`
 * removes it from the row.
 */
export type PatchOf<T> = { readonly [K in Exclude<DataKey<T>, KeyName<T>>]?: T[K] | null | undefined };

/** What `select` gives: plain, readonly data and no entity. */
export type Projection<T, K extends keyof T> = { readonly [P in K]: T[P] };
