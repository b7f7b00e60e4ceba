import { EntitableError } from '../errors/entitable-error.js';
import { bind } from '../filter/bind.js';
import type { BoundFilter } from '../filter/bound-filter.js';
import { express } from '../filter/express.js';
import { toOData } from '../filter/odata.js';
import type { EntityRows, Projector } from '../mapping/entity-rows.js';
import type { DataKey, Projection } from '../metadata/entity-types.js';
import { countComparisons } from '../store/filter-node.js';
import type { OperationOptions } from '../store/table-store.js';
import { checkCount } from './check-option.js';
import { planStep, stepFilter, type Step } from './plan.js';
import type { CompiledQuery, Page, Query } from './query.js';
import { readStep, type Reading } from './read-step.js';
import { scopeOf } from './scope.js';
import { storedNames } from './stored-names.js';
import { whereCondition } from './where-condition.js';

/** What a query says. */
export interface QueryState<T extends object> {
  readonly source: EntityRows<T>;
  /** The partition, by its stored key; absent: all of them. */
  readonly partition?: string;
  readonly filters: readonly BoundFilter[];
  readonly projector?: Projector;
  readonly take?: number;
  readonly pageSize?: number;
}

/** What a query says, and how it is carried out. */
export class QueryBuilder<T extends object, R> implements Query<T, R> {
  readonly #state: QueryState<T>;

  constructor(state: QueryState<T>) {
    this.#state = Object.freeze(state);
    Object.freeze(this);
  }

  where(...asked: readonly unknown[]): Query<T, R> {
    const { source, filters } = this.#state;
    return this.#with({ filters: [...filters, bind(source.metadata, whereCondition<T>(asked))] });
  }

  select<const K extends DataKey<T>>(...properties: readonly [K, ...K[]]): Query<T, Projection<T, K>> {
    checkCount('The number of selected properties', properties.length, 1);
    return new QueryBuilder<T, Projection<T, K>>({ ...this.#state, projector: this.#state.source.project(properties) });
  }

  take(count: number): Query<T, R> {
    return this.#with({ take: checkCount('take', count, 0) });
  }

  pageSize(rows: number): Query<T, R> {
    return this.#with({ pageSize: checkCount('pageSize', rows, 1, this.#state.source.store.traits.limits.pageRows) });
  }

  compile(): CompiledQuery {
    const { source, projector, take } = this.#state;
    const filter = stepFilter(this.#plan());
    const select = projector?.request.select;
    return Object.freeze({
      table: source.table,
      filter: filter === undefined ? '' : toOData(filter),
      ...(select !== undefined && { select: storedNames(source.metadata, select) }),
      ...(take !== undefined && { take }),
      pageSize: this.#rowsPerRequest(),
    });
  }

  async *[Symbol.asyncIterator](): AsyncGenerator<R, void, undefined> {
    for await (const { items } of this.pages()) yield* items;
  }

  pages(options?: OperationOptions): AsyncIterable<Page<R>> {
    const { source, projector } = this.#state;
    return this.#pages((projector ?? { request: {}, decode: source.decode }) as Reading<R>, options);
  }

  async toArray(options?: OperationOptions): Promise<R[]> {
    const all: R[] = [];
    for await (const { items } of this.pages(options)) {
      for (const item of items) all.push(item);
    }
    return all;
  }

  async first(options?: OperationOptions): Promise<R | undefined> {
    return (await this.#only(options))[0];
  }

  async firstOrThrow(options?: OperationOptions): Promise<R> {
    const [first] = await this.#only(options);
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
    for await (const { items } of this.#pages(KEYS_ONLY, options)) {
      count += items.length;
    }
    return count;
  }

  async exists(options?: OperationOptions): Promise<boolean> {
    for await (const { items } of this.#upToOne().#pages(KEYS_ONLY, options)) {
      if (items.length > 0) return true;
    }
    return false;
  }

  #only(options: OperationOptions | undefined): Promise<R[]> {
    return this.#upToOne().toArray(options);
  }

  async *#pages<I>(
    reading: Reading<I>,
    options: OperationOptions | undefined,
  ): AsyncGenerator<Page<I>, void, undefined> {
    const { source, take = Infinity } = this.#state;
    const step = this.#plan();
    let remaining = take;
    if (remaining === 0) return;
    for await (const { rows } of readStep(source.rows, step, reading, { pageSize: this.#rowsPerRequest() }, options)) {
      yield { items: rows.length > remaining ? rows.slice(0, remaining) : rows };
      remaining -= rows.length;
      if (remaining <= 0) return;
    }
  }

  #plan(): Step {
    const { source, partition, filters } = this.#state;
    const scope = scopeOf(source.metadata, partition);
    const step = planStep(scope, express({ kind: 'and', operands: filters }, scope.known));
    const filter = stepFilter(step);
    const count = filter === undefined ? 0 : countComparisons(filter);
    const limit = source.store.traits.limits.comparisons;
    if (count <= limit) return step;
    throw new EntitableError(
      'query.too-many-comparisons',
      `The query has ${count} comparisons, the partition and the bounds on keys included; the store takes ${limit}. ` +
        'Ask several queries, or test on the client what the keys do not tell.',
      { count, limit },
    );
  }

  #rowsPerRequest(): number {
    const { source, take = Infinity, pageSize = source.store.traits.limits.pageRows } = this.#state;
    return Math.max(1, Math.min(take, pageSize));
  }

  #upToOne(): QueryBuilder<T, R> {
    return this.#with({ take: Math.min(1, this.#state.take ?? 1) });
  }

  #with(changes: Partial<QueryState<T>>): QueryBuilder<T, R> {
    return new QueryBuilder<T, R>({ ...this.#state, ...changes });
  }
}

const KEYS_ONLY: Reading<undefined> = Object.freeze({
  request: Object.freeze({ select: Object.freeze([]) }),
  decode: () => undefined,
});
