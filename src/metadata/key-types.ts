import type { EdmValue } from '../edm/edm-type.js';

/** The types a key part can have. All except string need a converter. */
export type KeyValue = Exclude<EdmValue, Uint8Array>;

/** One of the two keys. */
export type KeyKind = 'partition' | 'row';

/**
 * Type-level marks that never exist at run time. They carry the role of a property in its type, including in the
 * published declarations.
 */
export declare const keyPart: unique symbol;
export declare const partitionPart: unique symbol;
export declare const rowPart: unique symbol;
export declare const systemValue: unique symbol;
export declare const defaulted: unique symbol;

/**
 * The mark of a key part, with the type that it marks. Plain values and parts of the other key are assignable to it.
 */
export interface KeyPart<out V> {
  /** A brand for the compiler only; no such member exists at run time. */
  readonly [keyPart]?: V;
}

/** The mark that `PartitionKey` adds to a type. */
export interface PartitionKeyPart<out V> extends KeyPart<V> {
  /** A brand for the compiler only; no such member exists at run time. */
  readonly [partitionPart]?: true;
}

/** The mark that `RowKey` adds to a type. */
export interface RowKeyPart<out V> extends KeyPart<V> {
  /** A brand for the compiler only; no such member exists at run time. */
  readonly [rowPart]?: true;
}

/** The mark that `ETag` and `Timestamp` add to a type. The store sets such a value, so no method accepts it. */
export interface SystemValue<out Kind extends SystemValueKind> {
  /** A brand for the compiler only; no such member exists at run time. */
  readonly [systemValue]?: Kind;
}

/** The mark that `Defaulted` adds to a type. Plain values are assignable to it. */
export interface DefaultedMark<out V> {
  /** A brand for the compiler only; no such member exists at run time. */
  readonly [defaulted]?: V;
}

/** The values that the store sets. */
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

/**
 * The names of the properties that are marked as a part of either key. Distributes over the names, because the compiler
 * checks a large class fastest that way. `KindName` then selects those of one key.
 */
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

/** The plain type of a marked property: `Date` for `RowKey<Date>` and for `Defaulted<Date>`. */
export type Unmarked<P> = P extends KeyPart<infer V> ? V : P extends DefaultedMark<infer V> ? V : P;

/** A hint that appears in compiler messages, as part of the name of a type. */
type MissingMarks = 'its keys are not marked on their types, as in customerId!: PartitionKey';

/** The stored keys, which address an entity of a class whose key types are not marked. */
export interface StoredKey<_Why extends string = MissingMarks> {
  /** The stored partition key. */
  readonly partitionKey: string;
  /** The stored row key. */
  readonly rowKey: string;
}

/** The stored partition key, which addresses a partition of a class whose key types are not marked. */
export interface StoredPartition<_Why extends string = MissingMarks> {
  /** The stored partition key. */
  readonly partitionKey: string;
}

/** A type that nothing is assignable to. It makes the compiler's message say in words what is wrong. */
export interface EntitableTypeError<Message extends string> {
  /** The text that the compiler shows: what is wrong, and how to correct it. */
  readonly __entitable: Message;
}

/** The address of a partition whose key is constant text: an empty object, as in `query({})`. */
export interface ConstantKey {
  /** A brand for the compiler only; no such member exists at run time. */
  readonly [keyPart]?: never;
}

// The argument types of the methods are wrapped in a conditional type over `T` and read out of it with `['of']`. For a
// class this changes nothing. In a service class that is generic over `T extends Base`, it makes the compiler accept
// the arguments that fit `Base`: only in this form does the compiler replace `T` by its constraint.

/**
 * The key of one `T`: an object of the properties whose types are marked with `PartitionKey` or `RowKey`. A key that is
 * constant text has no property.
 */
export type KeyOf<T> = (T extends unknown ? { readonly of: EntityKey<T> } : never)['of'];

type EntityKey<T> = [KeyName<T>] extends [never] ? StoredKey : { readonly [K in KeyName<T>]: Unmarked<T[K]> };

/** The key of one partition of `T`: an object of the properties whose types are marked with `PartitionKey`. */
export type PartitionKeyOf<T> = (T extends unknown ? { readonly of: EntityPartition<T> } : never)['of'];

/** The argument of `query`: one partition of `T`, or several. */
export type PartitionsOf<T> = (T extends unknown
  ? { readonly of: EntityPartition<T> | readonly EntityPartition<T>[] }
  : never)['of'];

type EntityPartition<T> = [KeyName<T>] extends [never]
  ? StoredPartition
  : [KeyName<T, 'partition'>] extends [never]
    ? ConstantKey
    : { readonly [K in KeyName<T, 'partition'>]: Unmarked<T[K]> };

type IsAny<T> = 0 extends 1 & T ? true : false;

/** A class whose instances are entities. Its constructor may take arguments. */
export type EntityClass<T extends object = object> = abstract new (...args: never) => T;

/** The names of the members of `T` that can be declared as stored: all except methods. */
export type MemberKey<T> = NoMethod<T> & string;

type NoMethod<T, K extends keyof T = keyof T> = K extends unknown ? (T[K] extends Method ? never : K) : never;

type Method = (...args: never) => unknown;

/**
 * The names of the properties of `T` that hold its data: no methods, and no property marked as `ETag` or `Timestamp`.
 */
export type DataKey<T> = (T extends unknown ? { readonly of: DataName<T> & string } : never)['of'];

/**
 * The names of the data properties of a known class. Distributes over the names, because the compiler checks a large
 * class fastest that way.
 */
export type DataName<T, K extends keyof T = keyof T> = K extends unknown
  ? T[K] extends Method | SystemValue<SystemValueKind> | null | undefined
    ? OtherName<T, K>
    : K
  : never;

/**
 * The name of a member, unless it is a method or has the mark of a system value. `DataName` alone cannot decide this,
 * because any object type without required members is assignable to `SystemValue`.
 */
type OtherName<T, K extends keyof T> = T[K] extends Method
  ? never
  : typeof systemValue extends keyof NonNullable<T[K]>
    ? never
    : K;

/**
 * The argument of `merge`: any stored properties except the keys. A property that is missing or `undefined` keeps its
 * stored value; `null` removes it from the row.
 */
export type PatchOf<T> = (T extends unknown ? { readonly of: EntityPatch<T> } : never)['of'];

type EntityPatch<T> = { readonly [K in Exclude<DataName<T> & string, KeyName<T>>]?: T[K] | null | undefined };

/** The result of `select`: plain, read-only data. It is not an entity. */
export type Projection<T, K extends keyof T> = { readonly [P in K]: T[P] };

/** The names in a key template: `'tenantId' | 'year'` for `'TENANT|{tenantId}|{year}'`. */
export type TemplateNames<S extends string> = S extends `${string}{${infer Name}}${infer Rest}`
  ? Name | TemplateNames<Rest>
  : never;

type Literals<S extends string> = S extends `${infer Head}{${string}}${infer Rest}` ? `${Head}${Literals<Rest>}` : S;

type Forbidden = '/' | '\\' | '#' | '?' | '~' | '{' | '}' | '\n' | '\r' | '\t';

/**
 * Checks the keys of a class against the templates of `@Entity` or `defineEntity`. A mismatch is an
 * {@link EntitableTypeError}.
 */
export type CheckKeys<T, P, R> = CheckMarks<T, P, R> &
  (P extends undefined ? CheckPlain<T, 'partition'> : CheckTemplate<T, P & string, 'partition'>) &
  (R extends undefined ? CheckPlain<T, 'row'> : CheckTemplate<T, R & string, 'row'>);

/** Checks the marked key properties of a class against one template. A mismatch is an {@link EntitableTypeError}. */
export type CheckTemplate<T, S extends string, Kind extends KeyKind> = string extends S
  ? unknown
  : S extends ''
    ? EntitableTypeError<`the ${Kind} key template is empty`>
    : S extends `${string}}{${string}`
      ? EntitableTypeError<`the ${Kind} key template has nothing between two parts: separate them, e.g. with |`>
      : Literals<S> extends `${string}${Forbidden}${string}`
        ? EntitableTypeError<`the ${Kind} key template holds one of / \\ # ? ~ { } outside its placeholders`>
        : [Exclude<TemplateNames<S>, KeyName<T, Kind>>] extends [never]
          ? [Exclude<KeyName<T, Kind>, TemplateNames<S>>] extends [never]
            ? unknown
            : EntitableTypeError<`the ${Kind} key template leaves out '${Exclude<KeyName<T, Kind>, TemplateNames<S>>}'`>
          : [KeyName<T>] extends [never]
            ? unknown
            : EntitableTypeError<`'${Exclude<TemplateNames<S>, KeyName<T, Kind>>}' in the ${Kind} key template is no property marked as ${Kind} key`>;

/** Checks, for a key without a template, that only one property of the class is marked as part of this key. */
export type CheckPlain<T, Kind extends KeyKind> =
  IsUnion<KeyName<T, Kind>> extends true
    ? EntitableTypeError<`several ${Kind} key properties need a ${Kind} key template`>
    : unknown;

/**
 * Checks that either both keys of a class are marked on their types or neither is. A key of constant text has no
 * property to mark.
 */
export type CheckMarks<T, P, R> = [KeyName<T>] extends [never]
  ? unknown
  : CheckMark<T, P, 'partition'> & CheckMark<T, R, 'row'>;

type CheckMark<T, S, Kind extends KeyKind> = [KeyName<T, Kind>] extends [never]
  ? S extends undefined
    ? EntitableTypeError<`mark the ${Kind} key property on its type too, '${Kind extends 'row' ? 'orderId!: RowKey' : 'customerId!: PartitionKey'}', or give a ${Kind}Key template of constant text`>
    : unknown
  : unknown;

type IsUnion<U, Whole = U> = [U] extends [never]
  ? false
  : U extends unknown
    ? [Whole] extends [U]
      ? false
      : true
    : never;
