import type { EntitableTypeError, KeyKind, KeyName } from './brands.js';

/** `'TENANT|{tenantId}|{year}'`: `'tenantId' | 'year'`. */
export type TemplateNames<S extends string> = S extends `${string}{${infer Name}}${infer Rest}`
  ? Name | TemplateNames<Rest>
  : never;

type Literals<S extends string> = S extends `${infer Head}{${string}}${infer Rest}` ? `${Head}${Literals<Rest>}` : S;

type Forbidden = '/' | '\\' | '#' | '?' | '~' | '{' | '}' | '\n' | '\r' | '\t';

/** The keys of a class fit what `@Entity` or `defineEntity` says of them, or the error says in words why not. */
export type CheckKeys<T, P, R> = CheckMarks<T, P, R> &
  (P extends undefined ? CheckPlain<T, 'partition'> : CheckTemplate<T, P & string, 'partition'>) &
  (R extends undefined ? CheckPlain<T, 'row'> : CheckTemplate<T, R & string, 'row'>);

/** A class fits its template, or the error says in words why not. */
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

/** A class without a template has one part of each key. */
export type CheckPlain<T, Kind extends KeyKind> =
  IsUnion<KeyName<T, Kind>> extends true
    ? EntitableTypeError<`several ${Kind} key properties need a ${Kind} key template`>
    : unknown;

/** Both keys of a class are marked on their types, or neither is; a key that is constant text has no property to mark. */
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
