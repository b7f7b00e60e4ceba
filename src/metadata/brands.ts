import type { EdmValue } from '../edm/edm-type.js';

/** The types a key part may have; everything but a string needs a converter. */
export type KeyValue = Exclude<EdmValue, Uint8Array>;

/** Which of the two keys. */
export type KeyKind = 'partition' | 'row';

/** Never exists at run time: it carries the key role of a property in its type, also in the shipped declarations. */
export declare const keyPart: unique symbol;

/** The mark that `PartitionKey` and `RowKey` put on a type. Plain values are assignable to it. */
export interface KeyPart<out Kind extends KeyKind, out V> {
  /** For the compiler only. */
  readonly [keyPart]?: { readonly kind: Kind; readonly value: V };
}

/** Marks a property as part of the partition key. */
export type PartitionKeyMark<V extends KeyValue = string> = V & KeyPart<'partition', V>;

/** Marks a property as part of the row key. */
export type RowKeyMark<V extends KeyValue = string> = V & KeyPart<'row', V>;

/** The names of the properties of `T` whose type is marked as a key part. */
export type KeyName<T, Kind extends KeyKind = KeyKind> = KindOf<T, MarkedName<T>, Kind> & string;

/** Distributes over the names, which is the cheapest way through a large class; both keys share the one pass. */
type MarkedName<T, K extends keyof T = keyof T> = K extends unknown
  ? typeof keyPart extends keyof T[K]
    ? K
    : never
  : never;

type KindOf<T, K extends keyof T, Kind extends KeyKind> = K extends unknown
  ? IsAny<T[K]> extends true
    ? never
    : T[K] extends KeyPart<Kind, unknown>
      ? K
      : never
  : never;

/** `RowKey<Date>` without its mark: `Date`. */
export type Unmarked<P> = P extends KeyPart<KeyKind, infer V> ? V : P;

/** The stored keys: what addresses an entity whose class does not mark its keys in their types. */
export interface StoredKey {
  /** The stored partition key. */
  readonly partitionKey: string;
  /** The stored row key. */
  readonly rowKey: string;
}

/** Spells out, in the compiler's own message, what is wrong. */
export interface EntitableTypeError<Message extends string> {
  /** What is wrong and what to do. */
  readonly __entitable: Message;
}

type HalfMarked<Missing extends string> =
  EntitableTypeError<`mark the ${Missing} key property too: both keys are needed`>;

/** What identifies one `T`: an object of its marked key properties. */
export type KeyOf<T> = [KeyName<T>] extends [never]
  ? StoredKey
  : [KeyName<T, 'partition'>] extends [never]
    ? HalfMarked<'partition'>
    : [KeyName<T, 'row'>] extends [never]
      ? HalfMarked<'row'>
      : { readonly [K in KeyName<T>]: Unmarked<T[K]> };

/** What identifies one partition of `T`. */
export type PartitionKeyOf<T> = [KeyName<T>] extends [never]
  ? Pick<StoredKey, 'partitionKey'>
  : [KeyName<T, 'partition'>] extends [never]
    ? HalfMarked<'partition'>
    : { readonly [K in KeyName<T, 'partition'>]: Unmarked<T[K]> };

type IsAny<T> = 0 extends 1 & T ? true : false;
