import type { EdmValue } from '../edm/edm-type.js';

/** The types a key part may have; everything but a string needs a converter. */
export type KeyValue = Exclude<EdmValue, Uint8Array>;

/** Which of the two keys. */
export type KeyKind = 'partition' | 'row';

/** Never exist at run time: they carry the role of a property in its type, also in the shipped declarations. */
export declare const keyPart: unique symbol;
export declare const partitionPart: unique symbol;
export declare const rowPart: unique symbol;
export declare const systemValue: unique symbol;
export declare const defaulted: unique symbol;

/** The mark of a key part, with the type that it marks. Plain values are assignable to it, and so are parts of the other key. */
export interface KeyPart<out V> {
  /** For the compiler only. */
  readonly [keyPart]?: V;
}

/** The mark that `PartitionKey` puts on a type. */
export interface PartitionKeyPart<out V> extends KeyPart<V> {
  /** For the compiler only. */
  readonly [partitionPart]?: true;
}

/** The mark that `RowKey` puts on a type. */
export interface RowKeyPart<out V> extends KeyPart<V> {
  /** For the compiler only. */
  readonly [rowPart]?: true;
}

/** The mark that `ETag` and `Timestamp` put on a type: the store sets the value, and no verb takes it. */
export interface SystemValue<out Kind extends SystemValueKind> {
  /** For the compiler only. */
  readonly [systemValue]?: Kind;
}

/** The mark that `Defaulted` puts on a type. Plain values are assignable to it. */
export interface DefaultedMark<out V> {
  /** For the compiler only. */
  readonly [defaulted]?: V;
}

/** Which of the values that the store sets. */
export type SystemValueKind = 'etag' | 'timestamp';

/** Marks a property as part of the partition key. */
export type PartitionKeyMark<V extends KeyValue = string> = V & PartitionKeyPart<V>;

/** Marks a property as part of the row key. */
export type RowKeyMark<V extends KeyValue = string> = V & RowKeyPart<V>;

/** Marks a property as the ETag. */
export type ETagMark = string & SystemValue<'etag'>;

/** Marks a property as the time of the last write. */
export type TimestampMark = Date & SystemValue<'timestamp'>;

/** The names of the properties of `T` whose type is marked as a key part. */
export type KeyName<T, Kind extends KeyKind = KeyKind> = KindName<T, MarkOf[Kind], MarkedName<T>> & string;

interface MarkOf {
  readonly partition: typeof partitionPart;
  readonly row: typeof rowPart;
}

/** Distributes over the names, which is the cheapest way through a large class; both keys share the one pass. */
type MarkedName<T, K extends keyof T = keyof T> = K extends unknown
  ? typeof keyPart extends keyof T[K]
    ? K
    : never
  : never;

type KindName<T, Mark extends symbol, K extends keyof T> = K extends unknown
  ? IsAny<T[K]> extends true
    ? never
    : Mark extends keyof T[K]
      ? K
      : never
  : never;

/** `RowKey<Date>`, or `Defaulted<Date>`, without its mark: `Date`. */
export type Unmarked<P> = P extends KeyPart<infer V> ? V : P extends DefaultedMark<infer V> ? V : P;

/** Words that stand in the name of a type, for the compiler's messages. */
type Unsaid = 'its keys are not marked on their types, as in customerId!: PartitionKey';

/** The stored keys: what addresses an entity whose class does not mark its keys in their types. */
export interface StoredKey<_Why extends string = Unsaid> {
  /** The stored partition key. */
  readonly partitionKey: string;
  /** The stored row key. */
  readonly rowKey: string;
}

/** The stored partition key: what addresses a partition of a class that does not mark its keys in their types. */
export interface StoredPartition<_Why extends string = Unsaid> {
  /** The stored partition key. */
  readonly partitionKey: string;
}

/** Spells out, in the compiler's own message, what is wrong. */
export interface EntitableTypeError<Message extends string> {
  /** What is wrong and what to do. */
  readonly __entitable: Message;
}

/** What addresses a partition whose key is constant text: an empty object, `query({})`. */
export interface ConstantKey {
  /** For the compiler only. */
  readonly [keyPart]?: never;
}

// The types of what a verb takes are read out of an object that a conditional type over `T` gives. For a class this changes nothing.
// For the `T` of a service class that is generic over `T extends Base`, it lets the compiler take what `Base` takes: it replaces `T`
// by its constraint there, and only there.

/** What identifies one `T`: an object of its marked key properties. A key that is constant text has none. */
export type KeyOf<T> = (T extends unknown ? { readonly of: EntityKey<T> } : never)['of'];

type EntityKey<T> = [KeyName<T>] extends [never] ? StoredKey : { readonly [K in KeyName<T>]: Unmarked<T[K]> };

/** What identifies one partition of `T`: an object of the marked properties of its partition key. */
export type PartitionKeyOf<T> = (T extends unknown ? { readonly of: EntityPartition<T> } : never)['of'];

/** What `query` takes: one partition of `T`, or several. */
export type PartitionsOf<T> = (T extends unknown
  ? { readonly of: EntityPartition<T> | readonly EntityPartition<T>[] }
  : never)['of'];

type EntityPartition<T> = [KeyName<T>] extends [never]
  ? StoredPartition
  : [KeyName<T, 'partition'>] extends [never]
    ? ConstantKey
    : { readonly [K in KeyName<T, 'partition'>]: Unmarked<T[K]> };

type IsAny<T> = 0 extends 1 & T ? true : false;
