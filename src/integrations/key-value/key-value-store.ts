import { DATA_SOURCE_NAMES } from '../../data-source/options.js';
import { invalidOption, hasMethod, type OptionNames } from '../../options/check-option.js';
import {
  DataSource,
  defineEntity,
  type DataSourceOptions,
  type DataSourceTarget,
  type PartitionKey,
  type RowKey,
} from '../../index.js';
import { azureKvStoreFormat } from './azure-kv-store-format.js';
import { jsonFormat } from './json-format.js';
import { KeyValueCollection } from './key-value-collection.js';
import { checkStoreOptions, checkPartitionKey, checkCollectionTable } from './refusals.js';
import type { ValueFormat } from './value-format.js';

/** Options of a {@link KeyValueStore}. */
export interface KeyValueOptions {
  /**
   * The stored format. `json`, the default, accepts any JSON value under any key. `azure-kv-store` is the format of
   * `AzureKVStore` of LlamaIndex for Python: only objects, one property per member, and no `/ \ # ?` in keys.
   */
  readonly format?: 'json' | 'azure-kv-store' | undefined;
  /** Partition key of all rows, `default` by default. A partition serves about 2000 requests a second. */
  readonly partitionKey?: string | undefined;
  /**
   * Returns the table of a collection, in place of the format's own rule. The data source applies its `tableName`
   * option to the result.
   */
  readonly tableName?: ((collection: string) => string) | undefined;
}

const NAMES: OptionNames<KeyValueOptions> = { format: true, partitionKey: true, tableName: true };
const OPEN_NAMES = { ...DATA_SOURCE_NAMES, ...NAMES };

/** A value as LlamaIndex stores it. */
export type StoredObject = Record<string, unknown> | null;

const FORMATS: Readonly<Record<'json' | 'azure-kv-store', ValueFormat>> = {
  json: jsonFormat,
  'azure-kv-store': azureKvStoreFormat,
};
const DEFAULT_COLLECTION = 'data';

/**
 * Stores values under keys in collections, one table per collection. It implements the shape of `BaseKVStore` of
 * LlamaIndex.TS, so `KVDocumentStore` and `KVIndexStore` accept it without an adapter.
 *
 * @example
 * ```ts
 * await using store = await KeyValueStore.open(process.env.TABLES ?? 'sqlite:./data.db');
 * const settings = store.collection<Setting>('settings');
 * await settings.put('colour', { value: 'blue' });
 * ```
 */
export class KeyValueStore implements AsyncDisposable {
  /**
   * Opens a data source used only by this store; closing the store closes it. Throws the errors of `DataSource.open`.
   */
  static async open(
    target: DataSourceTarget,
    options: KeyValueOptions & Omit<DataSourceOptions, 'tableName'> = {},
  ): Promise<KeyValueStore> {
    checkStoreOptions(options, OPEN_NAMES);
    const { format, partitionKey, tableName, ...others } = options;
    return new KeyValueStore(await DataSource.open(target, others), { format, partitionKey, tableName });
  }

  readonly #tables: DataSource;
  readonly #format: ValueFormat;
  readonly #partitionKey: string;
  readonly #tableName: (collection: string) => string;
  readonly #collections = new Map<string, KeyValueCollection>();

  /** Uses an open data source. Throws `validation.invalid-option`. */
  constructor(tables: DataSource, options: KeyValueOptions = {}) {
    if (!hasMethod(tables, 'repository')) throw invalidOption('KeyValueStore', 'a DataSource', typeof tables);
    checkStoreOptions(options, NAMES);
    const {
      format = 'json',
      partitionKey = 'default',
      tableName = (name) => FORMATS[format].tableName(name),
    } = options;
    if (typeof format !== 'string' || !Object.hasOwn(FORMATS, format))
      throw invalidOption('format', "'json' or 'azure-kv-store'", 'another one');
    if (typeof tableName !== 'function') throw invalidOption('tableName', 'a function', typeof tableName);
    checkPartitionKey(partitionKey, tables.traits.limits);
    this.#tables = tables;
    this.#format = FORMATS[format];
    this.#partitionKey = partitionKey;
    this.#tableName = tableName;
  }

  /**
   * Returns a collection; its name can be any text. The first write creates its table. Throws
   * `validation.invalid-option` if `tableName` returns an invalid table name.
   */
  collection<V = unknown>(name: string = DEFAULT_COLLECTION): KeyValueCollection<V> {
    let collection = this.#collections.get(name);
    if (collection === undefined) this.#collections.set(name, (collection = this.#made(name)));
    return collection as KeyValueCollection<V>;
  }

  /** Stores a value under a key of a collection. */
  async put(key: string, value: StoredObject, collection?: string): Promise<void> {
    await this.collection<StoredObject>(collection).put(key, value);
  }

  /** Returns the value of a key of a collection. A missing key returns `null`, as LlamaIndex expects. */
  async get(key: string, collection?: string): Promise<StoredObject> {
    return (await this.collection<StoredObject>(collection).get(key)) ?? null;
  }

  /** Returns all pairs of a collection, held in memory. */
  async getAll(collection?: string): Promise<Record<string, StoredObject>> {
    return this.collection<StoredObject>(collection).getAll();
  }

  /** Removes a key of a collection. Returns `false` if it did not exist. */
  async delete(key: string, collection?: string): Promise<boolean> {
    return this.collection(collection).delete(key);
  }

  /** Closes the data source, even one that was passed to the constructor. */
  async close(): Promise<void> {
    await this.#tables.close();
  }

  /** Calls {@link close}, for `await using`. */
  async [Symbol.asyncDispose](): Promise<void> {
    await this.close();
  }

  #made(name: string): KeyValueCollection {
    if (typeof name !== 'string') throw invalidOption('collection', 'a text', typeof name);
    return new KeyValueCollection({
      store: this.#tables.store,
      format: this.#format,
      collection: name,
      table: storedName(this.#tables, checkCollectionTable(this.#tableName(name), name)),
      partitionKey: this.#partitionKey,
    });
  }
}

/**
 * Applies the data source's `tableName` option to a table name. The option applies to entity classes only, so this
 * defines a class for the table.
 */
function storedName(tables: DataSource, table: string): string {
  class Pair {
    partitionKey!: PartitionKey;
    rowKey!: RowKey;
  }
  defineEntity(Pair, { table, properties: { partitionKey: 'PartitionKey', rowKey: 'RowKey' } });
  return tables.repository(Pair).scan().compile().table;
}
