import { EntitableError } from '../errors/entitable-error.js';
import { bind } from '../filter/bind.js';
import { toOData } from '../filter/odata.js';
import type { DataKey, PatchOf, Projection } from '../metadata/entity-types.js';
import { PARTITION_KEY, ROW_KEY, type RowReader } from '../store/row.js';
import { checkFunction, checkOperation } from '../store/check-operation.js';
import type { OperationOptions } from '../store/table-store.js';
import { checkChoice, checkCount } from './check-option.js';
import { ItemIterator } from './item-iterator.js';
import type { Reading } from './keyed-rows.js';
import type { MatchedRow, MatchMerge, MatchWrites } from './match-writes.js';
import { readPage, readPages, type PageSource } from './page-reader.js';
import { planFilter } from './plan.js';
import type { CompiledQuery, Page, PageOptions, PagesOptions, Query, ReadOptions, SortableKey } from './query.js';
import { explainPlan, type QueryPlan } from './query-plan.js';
import { clientOrders, fingerprintOf, planOf, refuseSorted, rowsPerRequest, type QueryState } from './query-state.js';
import { readPlan } from './read-plan.js';
import { rereadMatch } from './reread-match.js';
import { checkSortOrder, compareSortable, sortableReading } from './sort-order.js';
import { sortRows } from './sort-rows.js';
import { storedNames } from './stored-names.js';
import { whereCondition } from './where-condition.js';
import { writeMatches, type WriteByFilterOptions, type WriteReport } from './write-matches.js';

/** What a query says, and how it is carried out. */
export class QueryBuilder<T extends object, R> implements Query<T, R> {
  readonly #state: QueryState<T>;

  constructor(state: QueryState<T>) {
    this.#state = Object.freeze(state);
    Object.freeze(this);
  }

  where(...asked: readonly unknown[]): Query<T, R> {
    const { source, filter } = this.#state;
    const bound = bind(source.metadata, whereCondition<T>(asked));
    return this.#with({ filter: filter === undefined ? bound : { kind: 'and', operands: [filter, bound] } });
  }

  rawFilter(filter: string): Query<T, R> {
    const { kind, rawFilters } = this.#state.source.store.traits;
    if (rawFilters !== true) {
      throw new EntitableError(
        'query.raw-filter',
        `The store "${kind}" does not read OData: say it with where(), or use Azure.`,
        { kind },
      );
    }
    const { rawFilter } = this.#state;
    return this.#with({ rawFilter: rawFilter === undefined ? filter : `(${rawFilter}) and (${filter})` });
  }

  select<const K extends DataKey<T>>(...properties: readonly [K, ...K[]]): Query<T, Projection<T, K>> {
    checkCount('The number of selected properties', properties.length, 1);
    const selected = { names: properties, projector: this.#state.source.project(properties) };
    return new QueryBuilder<T, Projection<T, K>>({ ...this.#state, selected });
  }

  orderBy(name: SortableKey<T>, direction: 'asc' | 'desc' = 'asc'): Query<T, R> {
    checkChoice('orderBy', direction, ['asc', 'desc']);
    checkSortOrder(this.#state.source, { name, direction });
    return this.#with({ orders: [...this.#state.orders, { name, direction }] });
  }

  take(count: number): Query<T, R> {
    return this.#with({ take: checkCount('take', count, 0) });
  }

  pageSize(rows: number): Query<T, R> {
    return this.#with({ pageSize: this.#checkPageSize(rows) });
  }

  maxRequests(count: number): Query<T, R> {
    return this.#with({ maxRequests: checkCount('maxRequests', count, 1) });
  }

  compile(): CompiledQuery {
    const { source, selected, rawFilter, take } = this.#state;
    const plan = planOf(this.#state);
    const filter = planFilter(plan);
    const texts = [...(filter === undefined ? [] : [toOData(filter)]), ...(rawFilter === undefined ? [] : [rawFilter])];
    const select = selected?.projector.request.select;
    return Object.freeze({
      table: source.table,
      filter: texts.length > 1 ? texts.map((text) => `(${text})`).join(' and ') : (texts[0] ?? ''),
      ...(select !== undefined && { select: storedNames(source.metadata, select) }),
      ...(take !== undefined && { take }),
      pageSize: rowsPerRequest(this.#state, clientOrders(this.#state, plan).length > 0),
    });
  }

  explain(): QueryPlan {
    const plan = planOf(this.#state);
    const orders = clientOrders(this.#state, plan);
    const sorts = orders.map(({ name, direction }) => `${name} ${direction}`).join(', ');
    return explainPlan(plan, sorts === '' ? [] : [`reads every match and sorts by ${sorts}`]);
  }

  [Symbol.asyncIterator](): AsyncIterator<R, undefined> {
    return new ItemIterator(this.#pages(this.#reading(), undefined));
  }

  pages(options?: PagesOptions): AsyncIterable<Page<R>> {
    return this.#pages(this.#reading(), options);
  }

  async page(given: PageOptions = {}): Promise<Page<R>> {
    checkOperation(given);
    const { continuation, pageSize, ...options } = given;
    const sized = pageSize === undefined ? this : this.#with({ pageSize: this.#checkPageSize(pageSize) });
    const source = sized.#pageSource(this.#reading());
    refuseSorted(clientOrders(this.#state, source.plan), 'page()');
    return readPage(source, continuation, options);
  }

  async toArray(options?: ReadOptions): Promise<R[]> {
    const all: R[] = [];
    for await (const { items } of this.pages(options)) {
      for (const item of items) all.push(item);
    }
    return all;
  }

  async first(options?: ReadOptions): Promise<R | undefined> {
    return (await this.#upToOne().toArray(options))[0];
  }

  async firstOrThrow(options?: ReadOptions): Promise<R> {
    const [first] = await this.#upToOne().toArray(options);
    if (first !== undefined) return first;
    const { className } = this.#state.source.metadata;
    throw new EntitableError(
      'query.no-result',
      `No ${className} matches the query. Use first() where that is no error.`,
      { className },
    );
  }

  async count(options?: OperationOptions): Promise<number> {
    let count = 0;
    for await (const { items } of this.#with({ orders: [] }).#pages(this.#keys(), options)) count += items.length;
    return count;
  }

  async exists(options?: OperationOptions): Promise<boolean> {
    for await (const { items } of this.#upToOne().#with({ orders: [] }).#pages(this.#keys(), options)) {
      if (items.length > 0) return true;
    }
    return false;
  }

  async delete(options?: WriteByFilterOptions): Promise<WriteReport> {
    return this.#writeMatches((writes) => ({ prepare: writes.delete(), removes: false }), options);
  }

  async merge(patch: PatchOf<T>, options?: WriteByFilterOptions): Promise<WriteReport> {
    return this.#writeMatches((writes) => writes.merge(patch), options);
  }

  async #writeMatches(
    change: (writes: MatchWrites) => MatchMerge | Promise<MatchMerge>,
    options: WriteByFilterOptions | undefined,
  ): Promise<WriteReport> {
    const { source, writes } = this.#state;
    if (writes === undefined) throw new TypeError('This query was made for reading only');
    checkOperation(options);
    if (options?.onProgress !== undefined) checkFunction('onProgress', options.onProgress);
    const { prepare, removes } = await change(writes);
    const { store, table } = source;
    const { removes: removal, limits } = store.traits;
    const matches = this.#pageSource(MATCHES);
    refuseSorted(clientOrders(this.#state, matches.plan), 'A write by filter');
    const reread = rereadMatch(source.rows, matches.plan, matches.reader.reading, options);
    const batchSize = removes && removal === 'by-replacing' ? 1 : limits.transactionWrites;
    const chunks = (async function* () {
      for await (const { items } of readPages(matches, options)) yield { rows: items };
    })();
    return writeMatches({ store, table, prepare, batchSize, reread }, chunks, options);
  }

  /** Reads nothing of each row but what tells whose it is. */
  #keys(): Reading<void> {
    const { checkKeys } = this.#state.source;
    return { request: NOTHING, decode: checkKeys };
  }

  async *#pages<I>(reading: Reading<I>, options: PagesOptions | undefined): AsyncGenerator<Page<I>, void, undefined> {
    const source = this.#pageSource(reading);
    const orders = clientOrders(this.#state, source.plan);
    if (orders.length === 0) {
      yield* readPages(source, options);
      return;
    }
    const { take, pageSize } = this.#state;
    if (take === 0) return;
    const sortable = { ...source.reader, reading: sortableReading(this.#state.source, reading, orders) };
    const sorted = await sortRows(readPlan(sortable, { leg: 0 }, options), compareSortable(orders), take);
    const size = pageSize ?? sorted.length;
    for (let first = 0; first < sorted.length; first += size) {
      yield { items: sorted.slice(first, first + size).map(({ value }) => value.result) };
    }
  }

  #pageSource<I>(reading: Reading<I>): PageSource<I> {
    const { source, take, rawFilter } = this.#state;
    const plan = planOf(this.#state);
    const pageSize = rowsPerRequest(this.#state, clientOrders(this.#state, plan).length > 0);
    let fingerprint: string | undefined;
    return {
      plan,
      take,
      className: source.metadata.className,
      limits: source.store.traits.limits,
      secrets: source.queries.continuationSecrets?.() ?? [],
      fingerprint: () => (fingerprint ??= fingerprintOf(this.#state, plan)),
      reader: {
        rows: source.rows,
        plan,
        reading: rawFilter === undefined ? reading : { ...reading, request: { ...reading.request, rawFilter } },
        pageSize,
        comparisons: source.store.traits.limits.comparisons,
        ahead: take !== undefined && take <= pageSize ? 0 : 1,
      },
    };
  }

  #reading(): Reading<R> {
    const { source, selected } = this.#state;
    return (selected?.projector ?? { request: {}, decode: source.decode }) as Reading<R>;
  }

  #checkPageSize(rows: number): number {
    return checkCount('pageSize', rows, 1, this.#state.source.store.traits.limits.pageRows);
  }

  #upToOne(): QueryBuilder<T, R> {
    return this.#with({ take: Math.min(1, this.#state.take ?? 1) });
  }

  #with(changes: Partial<QueryState<T>>): QueryBuilder<T, R> {
    return new QueryBuilder<T, R>({ ...this.#state, ...changes });
  }
}

const NOTHING = Object.freeze({ select: Object.freeze([]) });

const MATCHES: Reading<MatchedRow> = Object.freeze({
  request: Object.freeze({ select: Object.freeze([]), etag: true }),
  decode: (row: RowReader): MatchedRow => ({
    partitionKey: row.string(PARTITION_KEY),
    rowKey: row.string(ROW_KEY),
    etag: row.etag,
  }),
});
