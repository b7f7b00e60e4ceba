import { checkOperation, OPERATION_NAMES, type OperationOptions } from '../options/operation-options.js';
import { passingRows, sieveOf } from './client-filter.js';
import type { RowReading } from './merge-rows.js';
import { readPages, readResults, type PageSource, type Resolve } from './page-reader.js';
import type { Page, PagesOptions } from './query.js';
import { clientOrders, queryFingerprint, planOf, rowsPerRequest, type QueryState } from './query-state.js';
import type { PlanReader } from './execute-plan.js';
import { compareSortable, sortableReading, sortRows } from './client-sort.js';

/**
 * Plans a query and returns the source of its pages. Throws the planner's errors, such as `query.too-many-requests`.
 */
export function pageSourceOf<T extends object, I>(
  state: QueryState<T>,
  reading: RowReading<I>,
  plan = planOf(state),
): PageSource<I> {
  const { source, take } = state;
  const { limits } = source.store.traits;
  const pageSize = rowsPerRequest(state, clientOrders(state, plan).length > 0);
  let fingerprint: string | undefined;
  return {
    plan,
    take,
    className: source.metadata.className,
    limits,
    secrets: source.queries.continuationSecrets?.() ?? [],
    fingerprint: () => (fingerprint ??= queryFingerprint(state, plan)),
    reader: {
      ...rowsOf(state, reading),
      plan,
      pageSize,
      comparisons: limits.comparisons,
      ahead: take !== undefined && take <= pageSize ? 0 : 1,
    },
    resolve: resolveOf(state, reading),
  };
}

/** Returns the rows of the plan, and how they are read. */
function rowsOf<T extends object>(
  { source, index, rawFilter, clientFilters }: QueryState<T>,
  reading: RowReading<unknown>,
): Pick<PlanReader<unknown>, 'rows' | 'reading'> {
  if (index !== undefined) return reading.entityOf !== undefined ? { rows: index.alone, reading } : index;
  return {
    rows: passingRows(source, clientFilters),
    reading: rawFilter === undefined ? reading : { ...reading, request: { ...reading.request, rawFilter } },
  };
}

/** Returns how the entities of an index are read, after their entries. */
function resolveOf<T extends object, I>(
  { source, index, clientFilters }: QueryState<T>,
  reading: RowReading<I>,
): Resolve<I> | undefined {
  if (reading.entityOf !== undefined) return undefined;
  return index?.resolver({ reading, sieve: sieveOf(source, clientFilters) }) as Resolve<I> | undefined;
}

/** Reads the results of a query page by page. If they are sorted on the client, all are read first. */
export async function* resultPages<T extends object, I>(
  state: QueryState<T>,
  reading: RowReading<I>,
  options: PagesOptions | undefined,
): AsyncGenerator<Page<I>, void, undefined> {
  const source = pageSourceOf(state, reading);
  const orders = clientOrders(state, source.plan);
  if (orders.length === 0) {
    yield* readPages(source, options);
    return;
  }
  const { take, pageSize } = state;
  if (take === 0) return;
  const sortable = pageSourceOf(state, sortableReading(projectorOf(state, reading), reading, orders), source.plan);
  const sorted = await sortRows(readResults(sortable, options), compareSortable(orders), take);
  const size = pageSize ?? sorted.length;
  for (let first = 0; first < sorted.length; first += size) {
    yield { items: sorted.slice(first, first + size).map(({ value }) => value.result) };
  }
}

/** Returns the function that makes readings of further properties for a reading, from entries or from entities. */
function projectorOf<T extends object>(
  { source, index }: QueryState<T>,
  { entityOf }: RowReading<unknown>,
): (names: readonly string[]) => RowReading<object> {
  return entityOf !== undefined && index !== undefined
    ? (names) => index.project(names)
    : (names) => source.project(names);
}

/** Returns the reading of a query's results. It reads no entities if the entries of an index hold all that is asked. */
export function readingOf<T extends object>(state: QueryState<T>): RowReading<object> {
  const { index, selected, orders, clientFilters } = state;
  if (index === undefined || selected === undefined || clientFilters.length > 0) return entityReading(state);
  const names = [...selected.names, ...orders.map(({ name }) => name)];
  return index.covers(names) ? index.project(selected.names) : entityReading(state);
}

/** Returns the reading of a query's results from the rows of the entities. */
export function entityReading<T extends object>({ source, selected }: QueryState<T>): RowReading<object> {
  return selected?.projector ?? { request: {}, decode: source.decode };
}

/** Counts the results of a query. Reads only the keys of each row, which show whether it belongs to the class. */
export async function countResults<T extends object>(
  state: QueryState<T>,
  options: OperationOptions | undefined,
): Promise<number> {
  checkOperation(options, OPERATION_NAMES);
  const { source, index, clientFilters } = state;
  const counting = clientFilters.length === 0 ? index?.counting : undefined;
  const keys: RowReading<void> = counting ?? { request: { select: [] }, decode: source.checkKeys };
  let count = 0;
  for await (const { items } of resultPages({ ...state, orders: [] }, keys, options)) count += items.length;
  return count;
}
