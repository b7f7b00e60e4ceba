import { typeName } from '../../errors/type-name.js';
import type { EntitableTypeError } from '../key-types.js';
import { checkNames, invalidOption, type OptionNames } from '../../options/check-option.js';

/**
 * The text of a property in the keys of an index, for an index that does not use the default text. Every `Converter` to
 * String is one, e.g. `newestFirst`. A text that cannot be turned back, such as a lower-case form, leaves out
 * `fromStored`.
 */
export interface IndexText {
  /** Converts a value of the property to text. Equal values must have equal texts. */
  toStored(value: never): string;
  /** Converts a text back to the value. Without it, `select` cannot read the property from the index. */
  fromStored?(text: string): unknown;
  /** The order of the texts compared with the order of the values; `'none'` by default. */
  readonly order?: 'preserved' | 'reversed' | 'none' | undefined;
}

/** One property of an index: its name, or its name with the text that its values have in the keys of the index. */
export type IndexPart = string | readonly [name: string, text: IndexText];

/** The options of an index. */
export interface IndexSpec {
  /**
   * The properties that find entities, in the order in which the index is sorted. A query gives values of the first
   * ones. An entity in which one of them is absent has no entry in the index.
   */
  readonly on?: readonly IndexPart[];
  /**
   * Properties that form the partitions of the index, which then has a table of its own. Without this option the index
   * stands in the partition of its entities, and every write keeps it in the same transaction.
   */
  readonly partition?: readonly IndexPart[];
  /** True if no two entities may have the same values: in one partition, or with `partition` in the whole table. */
  readonly unique?: boolean;
  /**
   * Further properties that are stored in the index, so that `select` and `where` can use them there. The parts of the
   * key and the properties in `on` need no mention.
   */
  readonly project?: readonly string[];
  /**
   * Limits the index to entities with these values: for each property a value, or an array of values. An entity in
   * which one of the properties is absent has no entry.
   */
  readonly where?: Readonly<Record<string, unknown>>;
  /**
   * The stored name: 1 to 32 letters and digits. By default, the name of the static property or of the entry in the
   * schema. Give one if a minifier renames properties, because an index with another name is another index.
   */
  readonly name?: string;
  /** True for an index that writes keep, but that queries do not use yet, because it has not been built. */
  readonly building?: boolean;
  /** The name of the table of an index with `partition`; by default that of the class followed by the index's name. */
  readonly table?: string;
  /**
   * Milliseconds for which a unique value that was reserved, but whose entity is not stored, stays reserved; 15 minutes
   * by default. Only for a unique index with `partition`.
   */
  readonly grace?: number;
}

/** Type-level mark of an index; at run time the property under it holds the options. */
export declare const indexSpec: unique symbol;

/** An index of an entity class, as `index` declares it. It is the first argument of `by` and `getBy`. */
export interface Index<out S extends IndexSpec = IndexSpec> {
  /** For the compiler only. */
  readonly [indexSpec]: S;
}

/** Refuses options that there are not, e.g. misspelt ones, which an argument of an inferred type may have. */
type CheckOptions<S> = {
  readonly [K in Exclude<keyof S, keyof IndexSpec>]: EntitableTypeError<`an index has no option '${K & string}'`>;
};

const SPEC = Symbol.for('entitable/index');

const NAMES: OptionNames<IndexSpec> = {
  on: true,
  partition: true,
  unique: true,
  project: true,
  where: true,
  name: true,
  building: true,
  table: true,
  grace: true,
};

/**
 * Declares an index of an entity class, as a static property of the class or in the schema of `defineEntity`. Every
 * write of the library keeps it, and `repository.by` queries it. Subclasses inherit it. A getter is not called, so what
 * it returns is no index of the class.
 *
 * An index in the partition of its entities is kept in the transaction that writes the entity. It costs no request
 * where a write knows the values that the row had, and a read of the row where it does not.
 *
 * Names and values are checked when the class is first used (`metadata.invalid-index`), and names by the compiler too.
 *
 * @throws EntitableError `validation.invalid-option` for an argument that is no object, or an unknown option.
 * @example
 * ```ts
 * @Entity({ table: 'Users', rowKey: 'user|{id}' })
 * class User {
 *   static readonly byEmail = index({ on: ['email'], unique: true });
 *   static readonly byPlan = index({ on: ['plan', ['joinedAt', newestFirst]], project: ['name'] });
 *   // …
 * }
 * await users.getBy(User.byEmail, { tenant: 't1', email: 'ann@example.org' });
 * ```
 */
export function index<const S extends IndexSpec>(spec: S & CheckOptions<S>): Index<S> {
  if (typeof spec !== 'object' || spec === null) throw invalidOption('index', 'an object of options', typeName(spec));
  checkNames(spec, NAMES, 'index');
  return Object.freeze({ [SPEC]: Object.freeze({ ...spec }) }) as unknown as Index<S>;
}

/** Returns the options of an index, or `undefined` for a value that is not one. */
export function specOf(value: unknown): IndexSpec | undefined {
  if (typeof value !== 'object' || value === null) return undefined;
  try {
    return Object.hasOwn(value, SPEC) ? (value as { readonly [SPEC]: IndexSpec })[SPEC] : undefined;
  } catch {
    return undefined; // a proxy that was revoked, or whose handler throws
  }
}
