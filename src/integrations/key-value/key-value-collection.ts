import { invalidOption, isList, hasMember, type OptionNames } from '../../options/check-option.js';
import {
  EntitableError,
  ROW_KEY,
  type FilterNode,
  type KeyRange,
  type OperationOptions,
  type PreparedWrite,
  type RowReader,
  type Rows,
  type TableStore,
} from '../../index.js';
import { comparisonsOf, passes, type MemberComparison, type MemberTests } from './member-tests.js';
import { checkEntryKey, checkStoreOptions, checkRowKey, checkEntrySize, unreadable } from './refusals.js';
import type { ValueFormat } from './value-format.js';

/** Options of the reading methods: the members to return, all by default. */
export interface SelectOptions extends OperationOptions {
  /** Names of the members to return; a name that the object lacks is ignored. */
  readonly select?: readonly string[] | undefined;
}

/** Options of {@link KeyValueCollection.query}. */
export interface KeyQueryOptions extends SelectOptions {
  /** Returns only pairs whose keys begin with this text. */
  readonly prefix?: string | undefined;
  /**
   * Returns only pairs whose values pass these tests, e.g. `{ status: 'open', pages: { gt: 2 } }`. In the format
   * `azure-kv-store` the service evaluates the tests for equality, and does not find numbers that another program
   * stored as text. All other tests run on the client, after the rows are read.
   */
  readonly where?: MemberTests | undefined;
}

/** Options of {@link KeyValueCollection.putAll}. */
export interface PutAllOptions extends OperationOptions {
  /** Number of pairs per transaction, from 1 to 100; 100 by default. Large pairs are sent in smaller transactions. */
  readonly batchSize?: number | undefined;
}

const OPERATION_NAMES: OptionNames<OperationOptions> = { signal: true, timeout: true };
const SELECT_NAMES: OptionNames<SelectOptions> = { ...OPERATION_NAMES, select: true };
const QUERY_NAMES: OptionNames<KeyQueryOptions> = { ...SELECT_NAMES, prefix: true, where: true };
const PUT_ALL_NAMES: OptionNames<PutAllOptions> = { ...OPERATION_NAMES, batchSize: true };

/** The location of a collection and the format of its values. */
export interface CollectionPlace {
  readonly store: TableStore;
  readonly format: ValueFormat;
  readonly collection: string;
  readonly table: string;
  readonly partitionKey: string;
}

/** Number of comparisons that a filter needs for the partition key and for both ends of the range of a key prefix. */
const RANGE_COMPARISONS = 3;
/**
 * Maximum number of comparisons that a filter needs for one test. Equality with a number takes two: as Int32 and as
 * Double.
 */
const COMPARISONS_OF_ONE = 2;

const PAIRS = 'an iterable of pairs [key, value]';

/**
 * Matches the first half of a surrogate pair at the end of a prefix. The half is removed before the prefix is converted
 * to row keys: alone it would be escaped, but in a key the second half may follow, and a complete pair is not escaped.
 */
const HALF = /[\ud800-\udbff]$/;

const NO_PROPERTIES = Object.freeze({ properties: Object.freeze([]) });

/** Reads and writes the key-value pairs of one collection, which is a table with one row per pair. Holds no state. */
export class KeyValueCollection<V = unknown> {
  readonly #place: CollectionPlace;
  readonly #rows: Rows;

  /** @internal */
  constructor(place: CollectionPlace) {
    this.#place = place;
    this.#rows = place.store.rows(place.table, NO_PROPERTIES);
  }

  /**
   * Stores a value under a key and replaces an existing one, in one request. Throws `validation.*` and `key.*` for a
   * value or key that cannot be stored.
   */
  async put(key: string, value: V, options: OperationOptions = {}): Promise<void> {
    checkStoreOptions(options, OPERATION_NAMES);
    await this.#place.store.submit(this.#place.table, [this.#write(key, value)], options);
  }

  /**
   * Stores many pairs in transactions of up to 100. If a key occurs more than once, the last pair wins. After a
   * failure, the transactions that were sent before it remain written.
   */
  async putAll(
    pairs: Iterable<readonly [string, V]> | AsyncIterable<readonly [string, V]>,
    given: PutAllOptions = {},
  ): Promise<void> {
    checkStoreOptions(given, PUT_ALL_NAMES);
    const { batchSize = 100, ...options } = given;
    const { store, table } = this.#place;
    const { transactionBytes, transactionWrites } = store.traits.limits;
    if (!Number.isInteger(batchSize) || batchSize < 1 || batchSize > transactionWrites) {
      const found = typeof batchSize === 'number' ? String(batchSize) : typeof batchSize;
      throw invalidOption('batchSize', `a whole number from 1 to ${transactionWrites}`, found);
    }
    const isIterable = hasMember(pairs, Symbol.iterator) || hasMember(pairs, Symbol.asyncIterator);
    if (!isIterable) throw invalidOption('pairs', PAIRS, typeof pairs);
    const write = (pair: readonly [string, V]): PreparedWrite => {
      if (!Array.isArray(pair)) throw invalidOption('pairs', PAIRS, `one with ${typeof pair}`);
      const [key, value] = pair as readonly [string, V];
      return this.#write(key, value);
    };
    for await (const batch of batches(pairs, write, { writes: batchSize, bytes: transactionBytes })) {
      await store.submit(table, batch, options);
    }
  }

  /**
   * Returns the value of a key, or `undefined` if there is none, in one request. Throws `entity.unreadable` for a row
   * that another program has written.
   */
  async get(key: string, given: SelectOptions = {}): Promise<V | undefined> {
    checkStoreOptions(given, SELECT_NAMES);
    const { select, ...options } = given;
    checkSelect(select);
    const decode = (row: RowReader): V => selected(this.#value(row), select) as V;
    return this.#rows.get(this.#place.partitionKey, this.#rowKey(key), decode, { undeclared: true }, options);
  }

  /** Returns all pairs of the collection, held in memory. */
  async getAll(options: SelectOptions = {}): Promise<Record<string, V>> {
    checkStoreOptions(options, SELECT_NAMES);
    const pairs: [string, V][] = [];
    for await (const pair of this.query(options)) pairs.push(pair);
    return Object.fromEntries(pairs);
  }

  /**
   * Iterates over the pairs whose keys begin with `prefix` and whose values pass `where`, as they arrive. A store that
   * returns rows in key order returns the pairs in the order of the stored keys. Throws `validation.invalid-option` for
   * a malformed test.
   */
  async *query(given: KeyQueryOptions = {}): AsyncGenerator<[key: string, value: V]> {
    checkStoreOptions(given, QUERY_NAMES);
    const { prefix = '', where = {}, select, ...options } = given;
    const { store, partitionKey, format } = this.#place;
    if (typeof prefix !== 'string') throw invalidOption('prefix', 'a text', typeof prefix);
    checkSelect(select);
    const comparisons = comparisonsOf(where);
    const rowKey = store.traits.ordered ? rangeOf(format.toRowKey(prefix.replace(HALF, ''))) : {};
    const filter = this.#filter(comparisons);
    const request = { partitionKey, rowKey, undeclared: true, ...(filter && { filter }) };
    const decode = (row: RowReader): [key: string, value: unknown] => [
      format.fromRowKey(row.string(ROW_KEY)),
      this.#value(row),
    ];
    for await (const { rows } of this.#rows.scan(request, decode, options)) {
      for (const [key, value] of rows) {
        if (key.startsWith(prefix) && passes(value, comparisons)) yield [key, selected(value, select) as V];
      }
    }
  }

  /** Removes a key in one request. Returns `false` if it did not exist. */
  async delete(key: string, options: OperationOptions = {}): Promise<boolean> {
    checkStoreOptions(options, OPERATION_NAMES);
    const { store, table, partitionKey } = this.#place;
    const write = this.#rows.prepare({ mode: 'delete', partitionKey, rowKey: this.#rowKey(key), ifMatch: '*' });
    try {
      await store.submit(table, [write], options);
      return true;
    } catch (error) {
      if (EntitableError.is(error, 'store.not-found') || EntitableError.is(error, 'store.table-not-found'))
        return false;
      throw error;
    }
  }

  #write(key: string, value: V): PreparedWrite {
    const { store, format, collection, partitionKey } = this.#place;
    const { limits } = store.traits;
    const columns = format.encode(value, { collection, limits });
    const write = this.#rows.prepare({
      mode: 'upsert-replace',
      partitionKey,
      rowKey: this.#rowKey(key),
      write: (writer) => {
        for (const [name, column] of columns) writer.undeclared(name, column);
      },
    });
    checkEntrySize(write.entityBytes, columns.length, collection, limits);
    return write;
  }

  #rowKey(key: string): string {
    const { store, format, collection } = this.#place;
    const rowKey = format.toRowKey(checkEntryKey(key, collection));
    checkRowKey(rowKey, collection, store.traits.limits);
    return rowKey;
  }

  #value(row: RowReader): unknown {
    const { format, collection } = this.#place;
    try {
      return format.decode(row.undeclared());
    } catch (error) {
      throw unreadable(collection, row, error);
    }
  }

  /** Builds a filter with as many comparisons as one request allows; the client evaluates the remaining tests. */
  #filter(comparisons: readonly MemberComparison[]): FilterNode | undefined {
    const { store, format, collection } = this.#place;
    const { limits } = store.traits;
    const nodes = comparisons.flatMap((comparison) => format.filter?.(comparison, { collection, limits }) ?? []);
    const most = Math.floor((limits.comparisons - RANGE_COMPARISONS) / COMPARISONS_OF_ONE);
    return nodes.length === 0 ? undefined : { kind: 'and', operands: nodes.slice(0, most) };
  }
}

function checkSelect(select: readonly string[] | undefined): void {
  if (select !== undefined && !isList(select)) throw invalidOption('select', 'a list of names', typeof select);
}

function selected(value: unknown, select: readonly string[] | undefined): unknown {
  if (select === undefined || typeof value !== 'object' || value === null || Array.isArray(value)) return value;
  return Object.fromEntries(Object.entries(value).filter(([name]) => select.includes(name)));
}

/**
 * Returns a range that contains every row key that begins with `prefix`. It may contain other keys, which the caller
 * skips.
 */
function rangeOf(prefix: string): KeyRange {
  if (prefix === '') return {};
  const from = { value: prefix, inclusive: true };
  const next = afterAll(prefix);
  return next === undefined ? { from } : { from, to: { value: next, inclusive: false } };
}

/**
 * Returns a text that sorts, by UTF-16 units, after all texts that begin with `prefix`, or `undefined` if there is
 * none. The text has no unpaired surrogate, because those cannot be sent.
 */
function afterAll(prefix: string): string | undefined {
  for (let end = prefix.length; end > 0; end--) {
    const unit = prefix.charCodeAt(end - 1);
    if (unit >= 0xdc00 && unit <= 0xdfff) {
      if (unit < 0xdfff) return prefix.slice(0, end - 1) + String.fromCharCode(unit + 1);
      continue; // This is the greatest second half, so the first half of the character is replaced instead.
    }
    if (unit < 0xffff)
      return prefix.slice(0, end - 1) + String.fromCharCode(isSurrogateOrBefore(unit) ? 0xe000 : unit + 1);
  }
  return undefined;
}

function isSurrogateOrBefore(unit: number): boolean {
  return unit >= 0xd7ff && unit < 0xe000;
}

/** Upper limits of one transaction. */
export interface BatchSize {
  readonly writes: number;
  readonly bytes: number;
}

/** Prepares writes and groups them into transactions, in order. No transaction writes the same row twice. */
async function* batches<T>(
  items: Iterable<T> | AsyncIterable<T>,
  prepare: (item: T) => PreparedWrite,
  size: BatchSize,
): AsyncGenerator<readonly PreparedWrite[]> {
  let batch = new Map<string, PreparedWrite>();
  let bytes = 0;
  for await (const item of items) {
    const write = prepare(item);
    if (batch.size === size.writes || batch.has(write.rowKey) || (batch.size > 0 && bytes + write.bytes > size.bytes)) {
      yield [...batch.values()];
      batch = new Map();
      bytes = 0;
    }
    batch.set(write.rowKey, write);
    bytes += write.bytes;
  }
  if (batch.size > 0) yield [...batch.values()];
}
