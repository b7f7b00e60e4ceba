import { checkOperation, OPERATION_NAMES, type OperationOptions } from '../options/operation-options.js';
import { passingRows } from './client-filter.js';
import type { RowReading } from './merge-rows.js';
import { readPages, type PageSource } from './page-reader.js';
import type { Page, PagesOptions } from './query.js';
import { clientOrders, queryFingerprint, planOf, rowsPerRequest, type QueryState } from './query-state.js';
import { readPlan } from './execute-plan.js';
import { compareSortable, sortableReading, sortRows } from './client-sort.js';

/**
 * Plans a query and returns the source of its pages. Throws the planner's errors, such as `query.too-many-requests`.
 */
export function pageSourceOf<T extends object, I>(state: QueryState<T>, reading: RowReading<I>): PageSource<I> {
  const { source, take, rawFilter, clientFilters } = state;
  const { limits } = source.store.traits;
  const plan = planOf(state);
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
      rows: clientFilters.length === 0 ? source.rows : passingRows(source, clientFilters),
      plan,
      reading: rawFilter === undefined ? reading : { ...reading, request: { ...reading.request, rawFilter } },
      pageSize,
      comparisons: limits.comparisons,
      ahead: take !== undefined && take <= pageSize ? 0 : 1,
    },
  };
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
  const sortable = { ...source.reader, reading: sortableReading(state.source, reading, orders) };
  const sorted = await sortRows(readPlan(sortable, { leg: 0 }, options), compareSortable(orders), take);
  const size = pageSize ?? sorted.length;
  for (let first = 0; first < sorted.length; first += size) {
    yield { items: sorted.slice(first, first + size).map(({ value }) => value.result) };
  }
}

/** Counts the results of a query. Reads only the keys of each row, which show whether it belongs to the class. */
export async function countResults<T extends object>(
  state: QueryState<T>,
  options: OperationOptions | undefined,
): Promise<number> {
  checkOperation(options, OPERATION_NAMES);
  const { checkKeys } = state.source;
  const keys: RowReading<void> = { request: { select: [] }, decode: checkKeys };
  let count = 0;
  for await (const { items } of resultPages({ ...state, orders: [] }, keys, options)) count += items.length;
  return count;
}
