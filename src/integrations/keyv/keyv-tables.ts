import { EventEmitter } from 'node:events';
import { checkNames, hasMethod, invalidValue, isList, type OptionNames } from '../../options/check-option.js';
import { DataSource, EntitableError, type DataSourceTarget, type Query, type Repository } from '../../index.js';
import { entryClassOf, KeyvEntry, setText, textOf } from './keyv-entry.js';
import { KeyvNamespaces } from './keyv-namespaces.js';

/** Where values are kept. */
export interface KeyvTablesOptions {
  /** The table, as a class would name it; `Keyv` by default. */
  readonly table?: string | undefined;
}

const NAMES: OptionNames<KeyvTablesOptions> = { table: true };

/** A value to store, in the form that Keyv gives it. */
export interface KeyvTablesEntry {
  /** Any text, namespace and all. */
  readonly key: string;
  /** What Keyv serialised, or any JSON. */
  readonly value: unknown;
  /** Milliseconds until it ends; a value without a finite number of them does not end. */
  readonly ttl?: number | undefined;
}

const PARTITION = { partition: 'keyv' };
const AT_ONCE = 16;
const KEYS = 'an array of keys';

/**
 * A storage adapter of Keyv 5 and 6: a row a value, all in one partition, which takes some 2000 requests a second.
 * Values that ended read as missing; their rows stay until they are overwritten, deleted or cleared.
 *
 * Give each Keyv an adapter of its own. Keyv 5 does not say whose `clear()` it calls, so an adapter that several namespaces share refuses it.
 *
 * @example
 * ```ts
 * const cache = new Keyv({ store: await KeyvTables.open('sqlite:./cache.db'), namespace: 'users' });
 * ```
 */
export class KeyvTables extends EventEmitter {
  /** Opens a data source for this adapter alone, which `disconnect` closes. Throws as `DataSource.open` does. */
  static async open(target: DataSourceTarget, options?: KeyvTablesOptions): Promise<KeyvTables> {
    const tables = await DataSource.open(target);
    const adapter = new KeyvTables(tables, options);
    adapter.#owned = tables;
    return adapter;
  }

  /** What the keys begin with; set by Keyv 5. Declared only: Keyv 6 leaves its prefix away where there is such a property. */
  declare namespace?: string | undefined;
  readonly #namespaces = new KeyvNamespaces();
  readonly #entries: Repository<KeyvEntry>;
  readonly #stringUnits: number;
  #owned: DataSource | undefined;

  /** Throws `validation.invalid-option`. */
  constructor(tables: DataSource, options: KeyvTablesOptions = {}) {
    super();
    if (!hasMethod(tables, 'repository')) throw invalidValue('KeyvTables', 'a DataSource', tables);
    if (typeof options !== 'object' || options === null) throw invalidValue('options', 'an object', options);
    checkNames(options, NAMES);
    this.#entries = tables.repository(entryClassOf(options.table));
    this.#stringUnits = tables.traits.limits.stringUnits;
  }

  /**
   * Keyv 5 iterates only stores of the dialects it knows by name, and takes the name from here. It looks when it has just said its
   * namespace. Throws `validation.invalid-option` for a namespace that cannot be told from another one of this adapter.
   */
  get opts(): Record<string, unknown> {
    this.#namespaces.add(this.namespace);
    return { dialect: 'sqlite', url: 'entitable:' };
  }

  /** The value of a key: one request. */
  async get<V = unknown>(key: string): Promise<V | undefined> {
    return valueOf(await this.#entries.get(this.#keyOf(key))) as V | undefined;
  }

  /** The values of several keys, in their order: one request each. */
  async getMany<V = unknown>(keys: string[]): Promise<(V | undefined)[]> {
    if (!isList(keys)) throw invalidValue('getMany', KEYS, keys);
    const entries = await this.#entries.getMany(keys.map((key) => this.#keyOf(key)));
    return entries.map((entry) => valueOf(entry) as V | undefined);
  }

  /** Stores a value, for so many milliseconds: one request. Throws `validation.*` and `key.*` for what cannot be stored. */
  async set(key: string, value: unknown, ttl?: number): Promise<boolean> {
    await this.#entries.upsert(this.#entry({ key, value, ttl }), { mode: 'replace' });
    return true;
  }

  /** Stores many values, in transactions of up to 100. */
  async setMany(entries: readonly KeyvTablesEntry[]): Promise<void> {
    if (!isList(entries)) throw invalidValue('setMany', 'an array of { key, value, ttl }', entries);
    // Of values for one key the last one stays.
    const byKey = new Map(entries.map((entry: KeyvTablesEntry) => [entry?.key, this.#entry(entry)]));
    await this.#entries.upsertMany(byKey.values(), { mode: 'replace' });
  }

  /** Removes a key; `false` when there was none. */
  async delete(key: string): Promise<boolean> {
    return this.#entries.delete(this.#keyOf(key), { missing: 'ignore' });
  }

  /** Removes several keys: one request each. `false` when there was none of one of them. */
  async deleteMany(keys: readonly string[]): Promise<boolean> {
    if (!isList(keys)) throw invalidValue('deleteMany', KEYS, keys);
    let all = true;
    for (let start = 0; start < keys.length; start += AT_ONCE) {
      const deleted = await Promise.all(keys.slice(start, start + AT_ONCE).map((key: string) => this.delete(key)));
      all &&= deleted.every(Boolean);
    }
    return all;
  }

  /** Whether a key has a value that did not end. */
  async has(key: string): Promise<boolean> {
    return (await this.get(key)) !== undefined;
  }

  /** The same for several keys. */
  async hasMany(keys: string[]): Promise<boolean[]> {
    return (await this.getMany(keys)).map((value) => value !== undefined);
  }

  /**
   * Removes every key of the namespace, or all where there is none; whatever another namespace is called, its keys stay.
   * Throws `validation.invalid-option` where Keyv 5 has given this adapter several namespaces, because it does not say which one it means.
   */
  async clear(): Promise<void> {
    this.#namespaces.add(this.namespace);
    await this.#inNamespace(this.#namespaces.only('clear()')).delete();
  }

  /**
   * The keys and values of a namespace: of the one that Keyv 5 gave last, unless it is said. Keyv 6 gives this adapter none, and asks for
   * the keys that begin with its own.
   */
  async *iterator<V = unknown>(namespace: string | undefined = this.namespace): AsyncGenerator<[string, V], void> {
    this.#namespaces.add(this.namespace);
    for await (const entry of this.#beginning(namespace)) {
      const value = valueOf(entry) as V | undefined;
      if (value !== undefined) yield [entry.key, value];
    }
  }

  /** Closes the data source, where this adapter opened it. */
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

/** `undefined` for what JSON leaves out, and for what it refuses: bigints, circles. */
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
