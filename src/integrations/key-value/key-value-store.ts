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

/** How a key-value store stores. */
export interface KeyValueOptions {
  /**
   * `json`, the default: any JSON value under any key. `azure-kv-store`: what `AzureKVStore` of LlamaIndex for Python writes and reads:
   * objects only, a property a member, keys without `/ \ # ?`.
   */
  readonly format?: 'json' | 'azure-kv-store' | undefined;
  /** The partition of all rows; `default` by default. A partition takes some 2000 requests a second. */
  readonly partitionKey?: string | undefined;
  /** The table of a collection, as a class would name it, instead of the format's own rule. */
  readonly tableName?: ((collection: string) => string) | undefined;
}

const NAMES: OptionNames<KeyValueOptions> = { format: true, partitionKey: true, tableName: true };
const OPEN_NAMES = { ...DATA_SOURCE_NAMES, ...NAMES };

/** What LlamaIndex keeps under a key. */
export type StoredObject = Record<string, unknown> | null;

const FORMATS: Readonly<Record<'json' | 'azure-kv-store', ValueFormat>> = {
  json: jsonFormat,
  'azure-kv-store': azureKvStoreFormat,
};
const DEFAULT_COLLECTION = 'data';

/**
 * Values under keys, in collections: each a table. It has the shape of `BaseKVStore` of LlamaIndex.TS, so `KVDocumentStore` and
 * `KVIndexStore` take it as it is.
 *
 * @example
 * ```ts
 * await using store = await KeyValueStore.open(process.env.TABLES ?? 'sqlite:./data.db');
 * const settings = store.collection<Setting>('settings');
 * await settings.put('colour', { value: 'blue' });
 * ```
 */
export class KeyValueStore implements AsyncDisposable {
  /** Opens a data source for key-value pairs alone; closing the store closes it. Throws as `DataSource.open` does. */
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

  /** Throws `validation.invalid-option`. */
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

  /** A collection of any name; its table is made by the first write. Throws `validation.invalid-option` where `tableName` makes no table's. */
  collection<V = unknown>(name: string = DEFAULT_COLLECTION): KeyValueCollection<V> {
    let collection = this.#collections.get(name);
    if (collection === undefined) this.#collections.set(name, (collection = this.#made(name)));
    return collection as KeyValueCollection<V>;
  }

  /** Stores a value under a key of a collection. */
  async put(key: string, value: StoredObject, collection?: string): Promise<void> {
    await this.collection<StoredObject>(collection).put(key, value);
  }

  /** The value of a key of a collection, or `null`, which is what LlamaIndex expects of a missing one. */
  async get(key: string, collection?: string): Promise<StoredObject> {
    return (await this.collection<StoredObject>(collection).get(key)) ?? null;
  }

  /** All pairs of a collection, in memory. */
  async getAll(collection?: string): Promise<Record<string, StoredObject>> {
    return this.collection<StoredObject>(collection).getAll();
  }

  /** Removes a key of a collection; `false` when there was none. */
  async delete(key: string, collection?: string): Promise<boolean> {
    return this.collection(collection).delete(key);
  }

  /** Closes the data source below. */
  async close(): Promise<void> {
    await this.#tables.close();
  }

  /** The same as {@link close}, for `await using`. */
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

/** The name that a data source gives a table: it names those of classes. */
function storedName(tables: DataSource, table: string): string {
  class Pair {
    partitionKey!: PartitionKey;
    rowKey!: RowKey;
  }
  defineEntity(Pair, { table, properties: { partitionKey: 'PartitionKey', rowKey: 'RowKey' } });
  return tables.repository(Pair).scan().compile().table;
}
