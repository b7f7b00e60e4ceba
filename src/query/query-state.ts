import { createHash } from 'node:crypto';
import { EntitableError } from '../errors/entitable-error.js';
import type { BoundFilter } from '../filter/bind.js';
import { lowerFilter } from '../filter/lower-filter.js';
import { onlyKey } from '../filter/key-range.js';
import { toOData } from '../filter/odata.js';
import type { EntityReader, Projector } from '../mapping/entity-reader.js';
import { planFilter, MOST_REQUESTS, RequestBudget, scopeOf, type Plan, type Step } from './plan.js';
import { planLegs } from './planner.js';
import type { ClientFilter } from './client-filter.js';
import type { MatchWrites } from './matched-writes.js';
import { isKeyOrder, type SortOrder } from './client-sort.js';
import type { EntityMetadata } from '../metadata/entity-metadata.js';
import { PARTITION_KEY, ROW_KEY, TIMESTAMP, type Slot } from '../store/row.js';

/** What a query says. All members are always there: V8 takes long to copy an object and to add one. */
export interface QueryState<T extends object> {
  readonly source: EntityReader<T>;
  /** The partitions, by their stored keys, in ascending order and once each; undefined for all of them. */
  readonly partitions: readonly string[] | undefined;
  readonly writes: MatchWrites | undefined;
  /** Everything that `where` said. */
  readonly filter: BoundFilter | undefined;
  readonly rawFilter: string | undefined;
  /** Asked here of what the store gave. */
  readonly clientFilters: readonly ClientFilter<T>[];
  readonly orders: readonly SortOrder[];
  readonly selected: { readonly names: readonly string[]; readonly projector: Projector } | undefined;
  readonly take: number | undefined;
  readonly pageSize: number | undefined;
  /** The most requests that may be planned, where the query says so itself. */
  readonly maxRequests: number | undefined;
}

/** How a query is carried out. Throws `query.not-expressible`, `query.too-many-comparisons` and `query.too-many-requests`. */
export function planOf<T extends object>(state: QueryState<T>): Plan {
  const { source, partitions, filter = EVERYTHING, rawFilter } = state;
  const { limits, ordered } = source.store.traits;
  const budget = requestBudget(state);
  const legs = (partitions ?? [undefined]).flatMap((partition) => {
    const scope = scopeOf(source.metadata, partition);
    return planLegs(scope, lowerFilter(filter, scope.known), limits, budget);
  });
  const asked = rawFilter === undefined ? legs : legs.map(({ steps }) => ({ steps: steps.map(asScan) }));
  // Without an order there is nothing to merge by: the steps, which read different rows, are read one after the other.
  return { legs: ordered ? asked : asked.flatMap(({ steps }) => steps.map((step) => ({ steps: [step] }))) };
}

const EVERYTHING: BoundFilter = Object.freeze({ kind: 'always', holds: true });

/** Where nobody says how many: partitions that the program itself lists are as many as it wants, one request each. */
function requestBudget<T extends object>({ source, partitions, maxRequests }: QueryState<T>): RequestBudget {
  const asked = maxRequests ?? source.queries.maxRequests;
  return new RequestBudget(asked ?? Math.max(MOST_REQUESTS, partitions?.length ?? 0));
}

/** A point read takes no filter. */
function asScan(step: Step): Step {
  return step.kind === 'scan'
    ? step
    : { kind: 'scan', partitionKey: onlyKey(step.partitionKey), rowKey: onlyKey(step.rowKey) };
}

/** The orders that the results do not have by themselves. */
export function clientOrders<T extends object>({ source, orders }: QueryState<T>, plan: Plan): readonly SortOrder[] {
  return source.store.traits.ordered && isKeyOrder(source.metadata, plan, orders) ? [] : orders;
}

/** What continuations of this query are good for: the same kind of store, table, bounds, filter and selection. */
export function queryFingerprint<T extends object>(state: QueryState<T>, plan: Plan): string {
  const { source, selected, rawFilter, clientFilters } = state;
  const filter = planFilter(plan);
  const content = [
    source.store.traits.kind,
    source.table,
    filter === undefined ? '' : toOData(filter),
    rawFilter,
    selected?.names,
    ...(clientFilters.length === 0 ? [] : [clientFilters.length]), // what a function asks has no text that stays the same
  ];
  return createHash('sha256').update(JSON.stringify(content)).digest('base64url');
}

/** Rows of one request: no more than are taken, unless more must be seen to find them. */
export function rowsPerRequest<T extends object>(state: QueryState<T>, sorted: boolean): number {
  const { source, take, pageSize, clientFilters } = state;
  const most = pageSize ?? source.store.traits.limits.pageRows;
  return sorted || take === undefined || clientFilters.length > 0 ? most : Math.max(1, Math.min(take, most));
}

/** Refuses what cannot be done with results that are sorted here. */
export function refuseSorted<T extends object>(state: QueryState<T>, plan: Plan, feature: string): void {
  const [order] = clientOrders(state, plan);
  if (order === undefined) return;
  const { metadata } = state.source;
  const backwards = state.orders.map(({ name, direction }): SortOrder => ({
    name,
    direction: direction === 'asc' ? 'desc' : 'asc',
  }));
  const remedy = isKeyOrder(metadata, plan, backwards)
    ? 'The service reads keys forwards only: let the key itself sort the other way, e.g. @RowKey({ converter: newestFirst }) for dates and ' +
      'descendingInteger for numbers, or read the first of them with take(n).'
    : 'Leave orderBy out, or sort by the key.';
  throw new EntitableError(
    'query.sorted-on-client',
    `${feature} goes through the results in the order of their keys, and orderBy("${order.name}", "${order.direction}") sorts them here, after ` +
      `all were read. ${remedy}`,
    { feature },
  );
}

const SYSTEM_NAMES: ReadonlyMap<Slot, string> = new Map([
  [PARTITION_KEY, 'PartitionKey'],
  [ROW_KEY, 'RowKey'],
  [TIMESTAMP, 'Timestamp'],
]);

/** The stored names of slots. */
export function storedNames({ properties }: EntityMetadata, slots: readonly Slot[]): readonly string[] {
  return Object.freeze(slots.map((slot) => SYSTEM_NAMES.get(slot) ?? properties[slot]!.storedName));
}
