import { typeName } from '../../errors/type-name.js';
import type { EntitableTypeError } from '../key-types.js';
import { checkNames, invalidOption, type OptionNames } from '../../options/check-option.js';

/**
 * Converts the values of a property to text for the keys of an index that does not use the default text. Every
 * `Converter` to String is one, e.g. `newestFirst`. If the text cannot be converted back to its value, e.g. because it
 * is in lower case, leave out `fromStored`.
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
   * The properties by which the index finds entities, in the order in which the index is sorted by them. A query gives
   * values for any number of them, from the first one on. An entity in which one of them is absent has no entry in the
   * index.
   */
  readonly on?: readonly IndexPart[];
  /**
   * Properties that form the partition key of the index's entries, which are then stored in a table of their own.
   * Without this option the entries are stored in the partition of their entities, and every write updates them in the
   * same transaction.
   */
  readonly partition?: readonly IndexPart[];
  /**
   * True if no two entities may have the same values of `on` in one partition or, with the option `partition`, the same
   * values of `partition` and `on` in the whole table.
   */
  readonly unique?: boolean;
  /**
   * Further properties that are stored in the index, so that `select` and `where` can use them there. The parts of the
   * key and the properties in `on` need not be listed.
   */
  readonly project?: readonly string[];
  /**
   * Limits the index to entities with these values: for each property a value, or an array of values. An entity in
   * which one of the properties is absent has no entry.
   */
  readonly where?: Readonly<Record<string, unknown>>;
  /**
   * The stored name: 1 to 32 letters and digits. By default, the name of the static property or of the entry in the
   * schema. Set it if a minifier renames properties, because an index with another name is another index.
   */
  readonly name?: string;
  /**
   * True for an index that writes update, but that cannot be queried yet, because it may lack entries for entities that
   * were stored before it was declared.
   */
  readonly building?: boolean;
  /**
   * The name of the table of an index with `partition`. By default, it is the name of the class's table followed by
   * that of the index, whose first letter becomes a capital.
   */
  readonly table?: string;
  /**
   * The time in milliseconds for which a unique value stays reserved if the entity that reserved it is not stored, e.g.
   * because the program crashed; 15 minutes by default. Only for a unique index with `partition`.
   */
  readonly grace?: number;
}

/** The key under which the type of an index carries its options. It does not exist at run time. */
export declare const indexSpec: unique symbol;

/** An index of an entity class, as `index` declares it. It is the first argument of `by` and `getBy`. */
export interface Index<out S extends IndexSpec = IndexSpec> {
  /** Exists for the compiler only. */
  readonly [indexSpec]: S;
}

/**
 * Makes the compiler reject unknown options, e.g. misspelt ones, which it would accept in an argument of an inferred
 * type.
 */
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
