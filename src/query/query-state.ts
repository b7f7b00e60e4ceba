import { createHash } from 'node:crypto';
import { EntitableError } from '../errors/entitable-error.js';
import type { BoundFilter } from '../filter/bind.js';
import { joinedNodes, lowerFilter } from '../filter/lower-filter.js';
import { keysFrom, onlyKey, outside } from '../filter/key-range.js';
import { toOData } from '../filter/odata.js';
import type { EntityReader, Projector } from '../mapping/entity-reader.js';
import { planFilter, MOST_REQUESTS, RequestBudget, scopeOf, type Plan, type Step } from './planning/plan.js';
import { planLegs } from './planning/planner.js';
import type { ClientFilter } from './client-filter.js';
import { isIndexOrder } from './indexes/covered.js';
import type { IndexReader } from './indexes/index-reader.js';
import type { MatchWrites } from './matched-writes.js';
import { isKeyOrder, type SortOrder } from './client-sort.js';
import type { EntityMetadata } from '../metadata/entity-metadata.js';
import { ENTRY_HEAD } from '../metadata/indexes/index-metadata.js';
import type { FilterNode } from '../store/filter-node.js';
import { PARTITION_KEY, ROW_KEY, TIMESTAMP, type Slot } from '../store/row.js';

/**
 * The state of a query. All members are always present: V8 is slow at copying an object and adding a member to the
 * copy.
 */
export interface QueryState<T extends object> {
  readonly source: EntityReader<T>;
  /** The index that finds the entities: its entries are planned and read, then the entities themselves. */
  readonly index: IndexReader<T> | undefined;
  /** The stored keys of the partitions, in ascending order without duplicates; `undefined` for all partitions. */
  readonly partitions: readonly string[] | undefined;
  readonly writes: MatchWrites | undefined;
  /** The conditions of all calls of `where`. */
  readonly filter: BoundFilter | undefined;
  readonly rawFilter: string | undefined;
  /** Functions that test, on the client, each row that the store returns. */
  readonly clientFilters: readonly ClientFilter<T>[];
  readonly orders: readonly SortOrder[];
  readonly selected: { readonly names: readonly string[]; readonly projector: Projector } | undefined;
  readonly take: number | undefined;
  readonly pageSize: number | undefined;
  /** The maximum number of requests that may be planned; `undefined` if the query does not set one itself. */
  readonly maxRequests: number | undefined;
}

/** Plans a query. Throws `query.not-expressible`, `query.too-many-comparisons` and `query.too-many-requests`. */
export function planOf<T extends object>(state: QueryState<T>): Plan {
  const { source, index, partitions, filter = EVERYTHING, rawFilter } = state;
  const { limits, ordered } = source.store.traits;
  const hidden = index === undefined ? hiddenRows(source) : [];
  const budget = requestBudget(state, 1 + hidden.length);
  const legs = (partitions ?? [undefined]).flatMap((partition) => {
    const scope = scopeOf((index ?? source).metadata, partition);
    const lowered = lowerFilter(filter, scope.known);
    const narrowed = hidden.length === 0 ? lowered : joinedNodes('and', [lowered, ...hidden]);
    return planLegs(scope, narrowed, limits, budget);
  });
  const asked = rawFilter === undefined ? legs : legs.map(({ steps }) => ({ steps: steps.map(asScan) }));
  // A store without key order offers nothing to merge by, so the steps, which read different rows, are read one after
  // the other.
  return { legs: ordered ? asked : asked.flatMap(({ steps }) => steps.map((step) => ({ steps: [step] }))) };
}

const EVERYTHING: BoundFilter = Object.freeze({ kind: 'always', holds: true });

/** The filter for rows that are no entries of an index: two ranges of row keys. */
const NO_ENTRIES = outside('RowKey', keysFrom(ENTRY_HEAD))!;

/** Returns the filters that hide the entries of indexes from the reads of a class. */
export function hiddenRows<T extends object>(source: EntityReader<T>): readonly FilterNode[] {
  return meetsEntries(source) ? [NO_ENTRIES] : [];
}

/**
 * Returns whether a query of a class could read the entries of an index as its entities. Row keys that begin with a
 * literal text are apart from those of entries.
 */
function meetsEntries<T extends object>({ metadata, table, queries }: EntityReader<T>): boolean {
  const { rowKey, indexes } = metadata;
  if (rowKey.literals[0] !== '') return false;
  return (
    indexes.some(({ partition }) => partition === undefined) ||
    queries.tablesWithEntries?.has(table.toLowerCase()) === true
  );
}

/** Returns the budget of requests. By default it covers all partitions that the application lists. */
function requestBudget<T extends object>(
  { source, partitions, maxRequests }: QueryState<T>,
  requestsEach: number,
): RequestBudget {
  const asked = maxRequests ?? source.queries.maxRequests;
  return new RequestBudget(asked ?? Math.max(MOST_REQUESTS, (partitions?.length ?? 0) * requestsEach));
}

/** Turns a point read into a scan, because a point read accepts no filter. */
function asScan(step: Step): Step {
  return step.kind === 'scan'
    ? step
    : { kind: 'scan', partitionKey: onlyKey(step.partitionKey), rowKey: onlyKey(step.rowKey) };
}

/** Returns the requested sort orders if they require sorting on the client; none if the store returns rows that way. */
export function clientOrders<T extends object>(
  { source, index, partitions = [], filter, orders }: QueryState<T>,
  plan: Plan,
): readonly SortOrder[] {
  if (!source.store.traits.ordered) return orders;
  const isSorted =
    index === undefined
      ? isKeyOrder(source.metadata, plan, orders)
      : partitions.length === 1 && isIndexOrder(index.of.index, filter, orders);
  return isSorted ? [] : orders;
}

/**
 * Returns the fingerprint of the queries that may share a continuation: those with the same kind of store, table,
 * bounds, filter and selection.
 */
export function queryFingerprint<T extends object>(state: QueryState<T>, plan: Plan): string {
  const { source, index, selected, rawFilter, clientFilters } = state;
  const filter = planFilter(plan);
  const content = [
    source.store.traits.kind,
    (index ?? source).table,
    filter === undefined ? '' : toOData(filter),
    rawFilter,
    selected?.names,
    ...(clientFilters.length === 0 ? [] : [clientFilters.length]), // functions have no stable text, so use their number
  ];
  return createHash('sha256').update(JSON.stringify(content)).digest('base64url');
}

/** Returns the number of rows per request: no more than `take`, unless more must be read to find that many. */
export function rowsPerRequest<T extends object>(state: QueryState<T>, sorted: boolean): number {
  const { source, take, pageSize, clientFilters } = state;
  const most = pageSize ?? source.store.traits.limits.pageRows;
  return sorted || take === undefined || clientFilters.length > 0 ? most : Math.max(1, Math.min(take, most));
}

/** Throws `query.sorted-on-client` if results are sorted on the client, for a feature that needs them in key order. */
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

/**
 * Returns the stored name for each of the slots. A slot is the index of a property, or a constant for a key or the
 * timestamp.
 */
export function storedNames({ properties }: EntityMetadata, slots: readonly Slot[]): readonly string[] {
  return Object.freeze(slots.map((slot) => SYSTEM_NAMES.get(slot) ?? properties[slot]!.storedName));
}
