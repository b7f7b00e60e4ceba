import { EventEmitter } from 'node:events';
import { checkNames, hasMethod, invalidValue, isList, type OptionNames } from '../../options/check-option.js';
import { DataSource, EntitableError, type DataSourceTarget, type Query, type Repository } from '../../index.js';
import { entryClassOf, KeyvEntry, setText, textOf } from './keyv-entry.js';
import { KeyvNamespaces } from './keyv-namespaces.js';

/** Options of {@link KeyvTables}. */
export interface KeyvTablesOptions {
  /** Name of the table, to which the data source applies its `tableName` option; `Keyv` by default. */
  readonly table?: string | undefined;
}

const NAMES: OptionNames<KeyvTablesOptions> = { table: true };

/** A value to store, in the form in which Keyv passes it. */
export interface KeyvTablesEntry {
  /** Key, including the namespace; any text. */
  readonly key: string;
  /** A string that Keyv has serialised, or any JSON value. */
  readonly value: unknown;
  /** Lifetime in milliseconds; without a finite number the value does not expire. */
  readonly ttl?: number | undefined;
}

const PARTITION = { partition: 'keyv' };
const AT_ONCE = 16;
const KEYS = 'an array of keys';

/**
 * Storage adapter for Keyv 5 and 6, with one row per value. All rows are in one partition, which serves about 2000
 * requests a second. Expired values are treated as missing; their rows remain until they are overwritten, deleted or
 * cleared.
 *
 * Give each Keyv its own adapter. Keyv 5 does not pass the namespace to `clear()`, so an adapter that several
 * namespaces share refuses that call.
 *
 * @example
 * ```ts
 * const cache = new Keyv({ store: await KeyvTables.open('sqlite:./cache.db'), namespace: 'users' });
 * ```
 */
export class KeyvTables extends EventEmitter {
  /** Opens a data source used only by this adapter; `disconnect` closes it. Throws the errors of `DataSource.open`. */
  static async open(target: DataSourceTarget, options?: KeyvTablesOptions): Promise<KeyvTables> {
    const tables = await DataSource.open(target);
    const adapter = new KeyvTables(tables, options);
    adapter.#owned = tables;
    return adapter;
  }

  /**
   * Key prefix, set by Keyv 5. It is only declared, not initialised, because Keyv 6 omits its own prefix if the adapter
   * has such a property.
   */
  declare namespace?: string | undefined;
  readonly #namespaces = new KeyvNamespaces();
  readonly #entries: Repository<KeyvEntry>;
  readonly #stringUnits: number;
  #owned: DataSource | undefined;

  /** Uses an open data source. Throws `validation.invalid-option`. */
  constructor(tables: DataSource, options: KeyvTablesOptions = {}) {
    super();
    if (!hasMethod(tables, 'repository')) throw invalidValue('KeyvTables', 'a DataSource', tables);
    if (typeof options !== 'object' || options === null) throw invalidValue('options', 'an object', options);
    checkNames(options, NAMES);
    this.#entries = tables.repository(entryClassOf(options.table));
    this.#stringUnits = tables.traits.limits.stringUnits;
  }

  /**
   * Options with the dialect `sqlite`, because Keyv 5 iterates only over stores with a dialect that it knows. Keyv 5
   * reads this property right after it has set the namespace, so the getter also registers the namespace. Throws
   * `validation.invalid-option` for a namespace that cannot be distinguished from another one of this adapter.
   */
  get opts(): Record<string, unknown> {
    this.#namespaces.add(this.namespace);
    return { dialect: 'sqlite', url: 'entitable:' };
  }

  /** Returns the value of a key, in one request. */
  async get<V = unknown>(key: string): Promise<V | undefined> {
    return valueOf(await this.#entries.get(this.#keyOf(key))) as V | undefined;
  }

  /** Returns the values of several keys, in the order of the keys, with one request each. */
  async getMany<V = unknown>(keys: string[]): Promise<(V | undefined)[]> {
    if (!isList(keys)) throw invalidValue('getMany', KEYS, keys);
    const entries = await this.#entries.getMany(keys.map((key) => this.#keyOf(key)));
    return entries.map((entry) => valueOf(entry) as V | undefined);
  }

  /**
   * Stores a value, for `ttl` milliseconds if that is given, in one request. Throws `validation.*` and `key.*` for a
   * value or key that cannot be stored.
   */
  async set(key: string, value: unknown, ttl?: number): Promise<boolean> {
    await this.#entries.upsert(this.#entry({ key, value, ttl }), { mode: 'replace' });
    return true;
  }

  /** Stores many values, in transactions of up to 100. */
  async setMany(entries: readonly KeyvTablesEntry[]): Promise<void> {
    if (!isList(entries)) throw invalidValue('setMany', 'an array of { key, value, ttl }', entries);
    // If a key occurs more than once, the last value wins.
    const byKey = new Map(entries.map((entry: KeyvTablesEntry) => [entry?.key, this.#entry(entry)]));
    await this.#entries.upsertMany(byKey.values(), { mode: 'replace' });
  }

  /** Removes a key. Returns `false` if it did not exist. */
  async delete(key: string): Promise<boolean> {
    return this.#entries.delete(this.#keyOf(key), { missing: 'ignore' });
  }

  /** Removes several keys, with one request each. Returns `false` if one of them did not exist. */
  async deleteMany(keys: readonly string[]): Promise<boolean> {
    if (!isList(keys)) throw invalidValue('deleteMany', KEYS, keys);
    let all = true;
    for (let start = 0; start < keys.length; start += AT_ONCE) {
      const deleted = await Promise.all(keys.slice(start, start + AT_ONCE).map((key: string) => this.delete(key)));
      all &&= deleted.every(Boolean);
    }
    return all;
  }

  /** Returns whether a key has a value that has not expired. */
  async has(key: string): Promise<boolean> {
    return (await this.get(key)) !== undefined;
  }

  /** Returns, for each of several keys, whether it has a value that has not expired. */
  async hasMany(keys: string[]): Promise<boolean[]> {
    return (await this.getMany(keys)).map((value) => value !== undefined);
  }

  /**
   * Removes every key of the namespace, or all keys if Keyv has set no namespace. Keys of other namespaces remain,
   * whatever their names. Throws `validation.invalid-option` if Keyv 5 uses this adapter with several namespaces,
   * because it does not tell the adapter which of them to clear.
   */
  async clear(): Promise<void> {
    this.#namespaces.add(this.namespace);
    await this.#inNamespace(this.#namespaces.only('clear()')).delete();
  }

  /**
   * Iterates over the keys and values of a namespace, by default the one that Keyv 5 set last. Keyv 6 sets no namespace
   * on this adapter and asks for the keys that begin with its prefix.
   */
  async *iterator<V = unknown>(namespace: string | undefined = this.namespace): AsyncGenerator<[string, V], void> {
    this.#namespaces.add(this.namespace);
    for await (const entry of this.#beginning(namespace)) {
      const value = valueOf(entry) as V | undefined;
      if (value !== undefined) yield [entry.key, value];
    }
  }

  /** Closes the data source if this adapter opened it. */
  async disconnect(): Promise<void> {
    await this.#owned?.close();
  }

  #inNamespace(namespace: string | undefined): Query<KeyvEntry> {
    const all = this.#entries.query(PARTITION);
    return namespace === undefined ? all : all.where('namespace', 'eq', namespace);
  }

  #beginning(namespace: string | undefined): Query<KeyvEntry> {
    if (namespace === undefined || this.#namespaces.has(namespace)) return this.#inNamespace(namespace);
    return this.#inNamespace('').where('key', 'startsWith', namespace);
  }

  #keyOf(key: string): typeof PARTITION & { readonly namespace: string; readonly key: string } {
    this.#namespaces.add(this.namespace);
    return { ...PARTITION, namespace: this.#namespaces.of(key), key };
  }

  #entry(entry: KeyvTablesEntry): KeyvEntry {
    if (typeof entry !== 'object' || entry === null) throw invalidValue('an entry', '{ key, value, ttl }', entry);
    const { key, value, ttl } = entry;
    const json = typeof value !== 'string';
    const made = Object.assign(new KeyvEntry(), this.#keyOf(key), { json: json ? true : undefined });
    if (Number.isFinite(ttl)) made.expires = BigInt(Math.trunc(Date.now() + ttl!));
    setText(made, json ? jsonOf(value) : value, this.#stringUnits);
    return made;
  }
}

function jsonOf(value: unknown): string {
  const text = jsonText(value);
  if (text !== undefined) return text;
  throw new EntitableError(
    'validation.wrong-type',
    `A value for Keyv has the type ${typeof value}, which has no JSON form. Store JSON, or what Keyv serializes.`,
    { className: KeyvEntry.name, property: 'value', storedName: 'text1', expected: 'JSON', found: typeof value, value },
  );
}

/**
 * Returns a value as JSON text, or `undefined` for values that JSON omits or refuses, such as bigints and circular
 * references.
 */
function jsonText(value: unknown): string | undefined {
  try {
    return JSON.stringify(value);
  } catch {
    return undefined;
  }
}

function valueOf(entry: KeyvEntry | undefined): unknown {
  if (entry === undefined || (entry.expires !== undefined && Number(entry.expires) < Date.now())) return undefined;
  return entry.json === true ? (JSON.parse(textOf(entry)) as unknown) : textOf(entry);
}
