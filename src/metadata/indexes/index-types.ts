import type { DataName, EntitableTypeError, KeyName, StoredPartition, Unmarked } from '../key-types.js';
import type { Index, IndexPart, IndexSpec } from './declaration.js';

// ── the keys that find entities ────────────────────────────────────────────────────────────────
// The types of method arguments have the form `{ of: … }['of']`; key-types.ts explains why.

/**
 * One key of `by`: the partition key of the entities, or the values of the index's `partition`; and any number of
 * the values of `on`, from the first one. For an index on `plan` and `joinedAt` of a class with the partition key
 * `tenant`: `{ tenant }`, `{ tenant, plan }` or `{ tenant, plan, joinedAt }`.
 */
export type IndexKeyOf<T, I> = (T extends unknown ? { readonly of: IndexKey<T, SpecOf<I>> } : never)['of'];

/** The argument of `by`: one key of the index, or an array of keys that differ only in their partition. */
export type IndexKeysOf<T, I> = (T extends unknown
  ? { readonly of: KeysOf<T, SpecOf<I>, Exclude<KeyNames<SpecOf<I>>, keyof T>> }
  : never)['of'];

/** `Foreign` are the names in the key of an index that the class does not have: then the index is of another class. */
type KeysOf<T, S, Foreign> = [Foreign] extends [never]
  ? IndexKey<T, S> | readonly IndexKey<T, S>[]
  : EntitableTypeError<`the index names '${Foreign & string}', which this class does not have: it is an index of another class`>;

type KeyNames<S> = IndexSpec extends S
  ? never
  : | OnNames<S>[number]
    | (S extends { readonly partition: infer P extends readonly IndexPart[] } ? NameOf<P[number]> : never);

/**
 * The argument of `getBy`: the partition key of the entity, or the values of the index's `partition`; and all values of
 * `on`. An index that is not unique has no such key.
 */
export type UniqueKeyOf<T, I> = (T extends unknown ? { readonly of: UniqueKey<T, SpecOf<I>> } : never)['of'];

type SpecOf<I> = I extends Index<infer S> ? S : never;

/**
 * The key of an index whose options the compiler does not know, e.g. of an index taken from the metadata of its class.
 */
type UnknownKey = Readonly<Record<string, unknown>>;

type IndexKey<T, S> = IndexSpec extends S ? UnknownKey : Leading<T, OnNames<S>, Place<T, S>>;

type UniqueKey<T, S> = IndexSpec extends S
  ? UnknownKey
  : S extends { readonly unique: true }
    ? Flat<Place<T, S> & Values<T, OnNames<S>[number]>>
    : EntitableTypeError<'the index is not unique, so several entities may have the same values: query it with by()'>;

/**
 * The properties of a key that determine the partition of the entries: those of `partition`, or else the partition key.
 */
type Place<T, S> = S extends { readonly partition: infer P extends readonly IndexPart[] }
  ? Values<T, NameOf<P[number]>>
  : [KeyName<T>] extends [never]
    ? StoredPartition
    : { readonly [K in KeyName<T, 'partition'>]: Unmarked<T[K]> };

/**
 * The union of the keys with values for none, the first, the first two, … of the names. The compiler rejects a key that
 * skips a name.
 */
type Leading<T, Names extends readonly string[], Given> = Names extends readonly []
  ? Flat<Given>
  : Names extends readonly [infer First extends string, ...infer Rest extends readonly string[]]
    ? Flat<Given & { readonly [K in Names[number]]?: never }> | Leading<T, Rest, Given & Values<T, First>>
    : UnknownKey;

type Values<T, Name extends string> = { readonly [K in Name]: ValueOf<T, K> };

type ValueOf<T, Name> = Name extends keyof T
  ? Unmarked<NonNullable<T[Name]>>
  : EntitableTypeError<`the index names '${Name & string}', which this class does not have: it is an index of another class`>;

type OnNames<S> = S extends { readonly on: infer P extends readonly IndexPart[] }
  ? { readonly [I in keyof P]: NameOf<P[I]> }
  : readonly [];

type NameOf<P> = P extends string ? P : P extends readonly [infer Name extends string, unknown] ? Name : never;

/** Makes one object type of an intersection. The conditional type lets editors and messages show its properties. */
type Flat<O> = O extends infer P ? { [K in keyof P]: P[K] } : never;

// ── the check of the declaration ───────────────────────────────────────────────────────────────

/**
 * Checks the static indexes of a class, or those in the schema of `defineEntity`, against the properties of the class.
 * A mismatch is an {@link EntitableTypeError}.
 */
export type CheckIndexes<C, T> = [IndexMistake<C, T>] extends [never]
  ? unknown
  : EntitableTypeError<IndexMistake<C, T>>;

/**
 * Describes the mistakes in the indexes of a class; `never` if there are none. The type distributes over the names,
 * because the compiler checks a large class fastest that way.
 */
type IndexMistake<C, T, K extends keyof C = keyof C> = K extends string
  ? C[K] extends Index<infer S>
    ? IsAny<C[K]> extends true
      ? never
      : `the index ${K} ${SpecMistake<T, S>}`
    : never
  : never;

type SpecMistake<T, S> =
  | (S extends { readonly on: infer P extends readonly IndexPart[] }
      ? PartMistake<T, P[number], S extends { readonly partition: unknown } ? never : KeyName<T, 'partition'>>
      : never)
  | (S extends { readonly partition: infer P extends readonly IndexPart[] } ? PartMistake<T, P[number], never> : never)
  | (S extends { readonly project: infer P extends readonly string[] } ? ProjectMistake<T, P[number]> : never)
  | (S extends { readonly where: infer W } ? WhereMistake<T, W, keyof W> : never);

/**
 * The mistake in one property of `on` or `partition`. `Same` is the union of the names of the properties that have the
 * same value in all entries of a partition.
 */
type PartMistake<T, P, Same> = P extends readonly [infer Name extends string, infer Text]
  ? NameMistake<T, Name> | SameMistake<Name, Same> | TextMistake<T, Name, Text>
  : P extends string
    ? NameMistake<T, P> | SameMistake<P, Same>
    : never;

type NameMistake<T, Name> = Name extends string
  ? string extends Name
    ? never
    : Name extends DataName<T>
      ? never
      : Name extends keyof T
        ? `names '${Name}', which is a method, or a value that the store gives after the write`
        : `names '${Name}', which is no property of the class`
  : never;

type SameMistake<Name, Same> = Name extends Same & string
  ? `names '${Name}', which is part of the partition key: it is the same in all entries of a partition`
  : never;

/** The mistake of a text whose `toStored` does not accept the type of the property; `never` if it accepts it. */
type TextMistake<T, Name extends string, Text> = Name extends keyof T
  ? Text extends { readonly toStored: (value: ValueOf<T, Name>) => unknown }
    ? never
    : `gives '${Name}' a text that does not take the type of the property`
  : never;

type ProjectMistake<T, Name> = Name extends string
  ? Name extends KeyName<T>
    ? `projects '${Name}', which is part of the key: every entry has it`
    : NameMistake<T, Name>
  : never;

type WhereMistake<T, W, K extends keyof W> = K extends string
  ? K extends DataName<T> & keyof T
    ? W[K] extends ValueOf<T, K> | readonly ValueOf<T, K>[]
      ? never
      : `has a condition on '${K}' with a value of another type`
    : NameMistake<T, K>
  : never;

type IsAny<V> = 0 extends 1 & V ? true : false;
