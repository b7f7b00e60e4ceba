import { EntitableError } from '../errors/entitable-error.js';
import { invalidOption, isList, checkChoice, checkCount } from '../options/check-option.js';
import { bind } from '../filter/bind.js';
import { toOData } from '../filter/odata.js';
import type { DataKey, Projection } from '../metadata/key-types.js';
import { checkFunction, checkOperation, type OperationOptions } from '../options/operation-options.js';
import type { VerbName } from '../store/verb-observer.js';
import { changeMatches, MATCHES, withResults } from './write-by-filter.js';
import type { ClientFilter } from './client-filter.js';
import { forEachResult, type ResultHandler } from './for-each.js';
import { ItemIterator } from './item-iterator.js';
import type { RowReading } from './merge-rows.js';
import { rawByIndex } from './indexes/covered.js';
import { PAGE_NAMES, PAGES_NAMES, READ_NAMES } from './option-names.js';
import { readPage } from './page-reader.js';
import { planFilter } from './planning/plan.js';
import type {
  CompiledQuery,
  ForEachOptions,
  Page,
  PageOptions,
  PagesOptions,
  Query,
  ReadOptions,
  SortableKey,
} from './query.js';
import type { WriteByFilterOptions, WriteReport } from './write-options.js';
import { explainPlan, type QueryPlan } from './explain.js';
import { clientOrders, planOf, refuseSorted, rowsPerRequest, storedNames, type QueryState } from './query-state.js';
import { countResults, entityReading, pageSourceOf, readingOf, resultPages } from './result-pages.js';
import { checkSortOrder } from './client-sort.js';
import { StoppablePages, withinTime } from './stoppable-pages.js';
import { whereCondition } from '../filter/make-filter.js';

/** The implementation of `Query`: an immutable state, refined and executed by its methods. */
export class QueryBuilder<T extends object, R> implements Query<T, R> {
  readonly #state: QueryState<T>;

  constructor(state: QueryState<T>) {
    this.#state = Object.freeze(state);
    Object.freeze(this);
  }

  where(...asked: readonly unknown[]): Query<T, R> {
    const { source, index, filter } = this.#state;
    const condition = whereCondition(asked);
    const byIndex = index?.where(condition);
    const bound = byIndex?.bound ?? bind(source.metadata, condition);
    return this.#with({
      index: byIndex?.index,
      filter: filter === undefined ? bound : { kind: 'and', operands: [filter, bound] },
    });
  }

  rawFilter(filter: string): Query<T, R> {
    const { source, index } = this.#state;
    const { kind, rawFilters } = source.store.traits;
    if (index !== undefined) throw rawByIndex(index.of, kind);
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

  filterOnClient(predicate: ClientFilter<T>): Query<T, R> {
    checkFunction('filterOnClient', predicate);
    return this.#with({ clientFilters: [...this.#state.clientFilters, predicate] });
  }

  select<const K extends DataKey<T>>(...properties: readonly [K, ...K[]]): Query<T, Projection<T, K>> {
    checkCount('The number of selected properties', properties.length, 1);
    const [list] = properties as readonly unknown[];
    if (isList(list)) throw invalidOption('select', "names one by one, as in select('a', 'b')", 'an array');
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
    const { source, index, rawFilter, take } = this.#state;
    const plan = planOf(this.#state);
    const filter = planFilter(plan);
    const texts = [...(filter === undefined ? [] : [toOData(filter)]), ...(rawFilter === undefined ? [] : [rawFilter])];
    const { metadata, table } = index ?? source;
    const reading = readingOf(this.#state);
    const { select } = (index !== undefined && reading.entityOf === undefined ? index.reading : reading).request;
    return Object.freeze({
      table,
      filter: texts.length > 1 ? texts.map((text) => `(${text})`).join(' and ') : (texts[0] ?? ''),
      ...(select !== undefined && { select: storedNames(metadata, select) }),
      ...(take !== undefined && { take }),
      pageSize: rowsPerRequest(this.#state, clientOrders(this.#state, plan).length > 0),
    });
  }

  explain(): QueryPlan {
    const plan = planOf(this.#state);
    const { index, clientFilters } = this.#state;
    const sorts = clientOrders(this.#state, plan).map(({ name, direction }) => `${name} ${direction}`);
    const work = [
      ...(index === undefined || readingOf(this.#state).entityOf !== undefined ? [] : ENTITIES_READ),
      ...(clientFilters.length > 0 ? ['reads every row whole and tests it by filterOnClient'] : []),
      ...(sorts.length > 0 ? [`reads every match and sorts by ${sorts.join(', ')}`] : []),
    ];
    return explainPlan(plan, work, index?.of.index.name);
  }

  [Symbol.asyncIterator](): AsyncIterator<R, undefined> {
    return new ItemIterator(this.#observedPages(undefined));
  }

  pages(options?: PagesOptions): AsyncIterable<Page<R>> {
    checkOperation(options, PAGES_NAMES);
    return this.#observedPages(options);
  }

  async page(given: PageOptions = {}): Promise<Page<R>> {
    checkOperation(given, PAGE_NAMES);
    const { continuation, pageSize, ...options } = given;
    const sized = pageSize === undefined ? this : this.#with({ pageSize: this.#checkPageSize(pageSize) });
    return this.#observed('query.page', async () => {
      const source = pageSourceOf(sized.#state, this.#reading());
      refuseSorted(this.#state, source.plan, 'page()');
      return withinTime(options, (limited) => readPage(source, continuation, { ...limited }));
    });
  }

  async forEach(handler: ResultHandler<R>, options: ForEachOptions = {}): Promise<number> {
    const { className } = this.#state.source.metadata;
    return this.#observed('query.forEach', async () =>
      forEachResult((reading) => this.#pages(reading), handler, options, className),
    );
  }

  async toArray(options?: ReadOptions): Promise<R[]> {
    return this.#observed('query.toArray', () => this.#all(options));
  }

  async first(options?: ReadOptions): Promise<R | undefined> {
    return this.#observed('query.first', async () => (await this.#few(1, options))[0]);
  }

  async firstOrThrow(options?: ReadOptions): Promise<R> {
    return this.#observed('query.firstOrThrow', async () => {
      const [first] = await this.#few(1, options);
      return first ?? this.#noResult();
    });
  }

  async single(options?: ReadOptions): Promise<R> {
    return this.#observed('query.single', async () => {
      const [only, another] = await this.#few(2, options);
      if (another === undefined) return only ?? this.#noResult();
      const { className } = this.#state.source.metadata;
      throw new EntitableError(
        'query.several-results',
        `More than one ${className} matches the query. Narrow it, or use first() where any will do.`,
        { className },
      );
    });
  }

  async count(options?: OperationOptions): Promise<number> {
    return this.#observed('query.count', () => countResults(this.#state, options));
  }

  async exists(options?: OperationOptions): Promise<boolean> {
    const one = this.#upTo(1).#state;
    return this.#observed('query.exists', () =>
      withinTime(options, async (limited) => (await countResults(one, limited)) > 0),
    );
  }

  async delete(options?: WriteByFilterOptions): Promise<WriteReport> {
    return this.#observed('query.delete', () =>
      changeMatches(this.#state, MATCHES, (writes) => writes.delete(), options),
    );
  }

  async merge(patch: object, options?: WriteByFilterOptions): Promise<WriteReport> {
    return this.#observed('query.merge', () => {
      if (typeof patch !== 'function')
        return changeMatches(this.#state, MATCHES, (writes) => writes.merge(patch), options);
      const patchOf = patch as (result: unknown) => unknown;
      return changeMatches(
        this.#state,
        withResults(entityReading(this.#state)),
        (writes) => writes.mergeEach(patchOf),
        options,
      );
    });
  }

  #pages(options: PagesOptions | undefined): AsyncGenerator<Page<R>, void, undefined> {
    return resultPages(this.#state, this.#reading(), options);
  }

  /** Reads the first `count` results, for a method whose `timeout` applies to all its pages together. */
  #few(count: number, options: ReadOptions | undefined): Promise<R[]> {
    return withinTime(options, (limited) => this.#upTo(count).#all(limited));
  }

  async #all(options: ReadOptions | undefined): Promise<R[]> {
    checkOperation(options, READ_NAMES);
    const all: R[] = [];
    for await (const { items } of this.#pages(options)) {
      for (const item of items) all.push(item);
    }
    return all;
  }

  /** Runs a method and reports it to the observer, if there is one. */
  #observed<V>(verb: VerbName, work: () => Promise<V>): Promise<V> {
    const { queries, metadata, table } = this.#state.source;
    return queries.verbs === undefined
      ? work()
      : queries.verbs.run({ verb, className: metadata.className, table }, work);
  }

  #observedPages(options: PagesOptions | undefined): StoppablePages<R> {
    const { queries, metadata, table } = this.#state.source;
    const { verbs } = queries;
    const verb = { verb: 'query.pages', className: metadata.className, table } as const;
    const watch = verbs && ((pages: AsyncGenerator<Page<R>, void, undefined>) => verbs.iterate(verb, pages));
    return new StoppablePages({ read: (stoppable) => this.#pages(stoppable), watch }, options);
  }

  #reading(): RowReading<R> {
    return readingOf(this.#state) as RowReading<unknown> as RowReading<R>;
  }

  #checkPageSize(rows: number): number {
    return checkCount('pageSize', rows, 1, this.#state.source.store.traits.limits.pageRows);
  }

  #upTo(count: number): QueryBuilder<T, R> {
    return this.#with({ take: Math.min(count, this.#state.take ?? count) });
  }

  #noResult(): never {
    const { className } = this.#state.source.metadata;
    throw new EntitableError(
      'query.no-result',
      `No ${className} matches the query. Use first() where that is no error.`,
      { className },
    );
  }

  #with(changes: Partial<QueryState<T>>): QueryBuilder<T, R> {
    return new QueryBuilder<T, R>({ ...this.#state, ...changes });
  }
}

const ENTITIES_READ = ['reads each entity by its key, 16 at once', 'leaves out entries that no longer hold'];
