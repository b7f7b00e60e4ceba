import { EventEmitter } from 'node:events';
import { DataSource, EntitableError, type DataSourceTarget, type Query, type Repository } from '../../index.js';
import { entryClassOf, KeyvEntry, setText, textOf } from './keyv-entry.js';

/** Where values are kept. */
export interface KeyvTablesOptions {
  /** The table, as a class would name it; `Keyv` by default. */
  readonly table?: string | undefined;
}

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

/**
 * A storage adapter of Keyv 5 and 6: a row a value, all in one partition, which takes some 2000 requests a second.
 * Values that ended read as missing; their rows stay until they are overwritten, deleted or cleared.
 *
 * @example
 * ```ts
 * const cache = new Keyv({ store: await KeyvTables.open('lmdb:./cache'), namespace: 'users' });
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

  /** Keyv 5 iterates only stores of the dialects it knows by name, and takes the name from here. */
  readonly opts: Record<string, unknown> = { dialect: 'sqlite', url: 'entitable:' };
  /** What the keys begin with; set by Keyv 5. Declared only: Keyv 6 leaves its prefix away where there is such a property. */
  declare namespace?: string | undefined;
  readonly #entries: Repository<KeyvEntry>;
  readonly #stringUnits: number;
  #owned: DataSource | undefined;

  constructor(tables: DataSource, { table }: KeyvTablesOptions = {}) {
    super();
    this.#entries = tables.repository(entryClassOf(table));
    this.#stringUnits = tables.traits.limits.stringUnits;
  }

  /** The value of a key: one request. */
  async get<V = unknown>(key: string): Promise<V | undefined> {
    return valueOf(await this.#entries.get(keyOf(key))) as V | undefined;
  }

  /** The values of several keys, in their order: one request each. */
  async getMany<V = unknown>(keys: string[]): Promise<(V | undefined)[]> {
    const entries = await this.#entries.getMany(keys.map(keyOf));
    return entries.map((entry) => valueOf(entry) as V | undefined);
  }

  /** Stores a value, for so many milliseconds: one request. Throws `validation.*` and `key.*` for what cannot be stored. */
  async set(key: string, value: unknown, ttl?: number): Promise<boolean> {
    await this.#entries.upsert(this.#entry({ key, value, ttl }), { mode: 'replace' });
    return true;
  }

  /** Stores many values, in transactions of up to 100. */
  async setMany(entries: readonly KeyvTablesEntry[]): Promise<void> {
    // Of values for one key the last one stays.
    const byKey = new Map(entries.map((entry) => [entry.key, this.#entry(entry)]));
    await this.#entries.upsertMany(byKey.values(), { mode: 'replace' });
  }

  /** Removes a key; `false` when there was none. */
  delete(key: string): Promise<boolean> {
    return this.#entries.delete(keyOf(key), { missing: 'ignore' });
  }

  /** Removes several keys: one request each. `false` when there was none of one of them. */
  async deleteMany(keys: readonly string[]): Promise<boolean> {
    let all = true;
    for (let start = 0; start < keys.length; start += AT_ONCE) {
      const deleted = await Promise.all(keys.slice(start, start + AT_ONCE).map((key) => this.delete(key)));
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

  /** Removes every key of the namespace, or all where there is none. */
  async clear(): Promise<void> {
    await this.#inNamespace(this.namespace).delete();
  }

  /** The keys and values of a namespace. */
  async *iterator<V = unknown>(namespace: string | undefined = this.namespace): AsyncGenerator<[string, V], void> {
    for await (const entry of this.#inNamespace(namespace)) {
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
    return namespace === undefined ? all : all.where('key', 'startsWith', `${namespace}:`);
  }

  #entry({ key, value, ttl }: KeyvTablesEntry): KeyvEntry {
    const json = typeof value !== 'string';
    const entry = Object.assign(new KeyvEntry(), keyOf(key), { json: json ? true : undefined });
    if (Number.isFinite(ttl)) entry.expires = BigInt(Math.trunc(Date.now() + ttl!));
    setText(entry, json ? jsonOf(value) : value, this.#stringUnits);
    return entry;
  }
}

function keyOf(key: string): typeof PARTITION & { readonly key: string } {
  return { ...PARTITION, key };
}

function jsonOf(value: unknown): string {
  const text = typeof value === 'bigint' ? undefined : (JSON.stringify(value) as string | undefined);
  if (text !== undefined) return text;
  throw new EntitableError(
    'validation.wrong-type',
    `A value for Keyv has the type ${typeof value}, which has no JSON form. Store JSON, or what Keyv serializes.`,
    { className: KeyvEntry.name, property: 'value', storedName: 'text1', expected: 'JSON', found: typeof value, value },
  );
}

function valueOf(entry: KeyvEntry | undefined): unknown {
  if (entry === undefined || (entry.expires !== undefined && Number(entry.expires) < Date.now())) return undefined;
  return entry.json === true ? (JSON.parse(textOf(entry)) as unknown) : textOf(entry);
}
