import { createHash } from 'node:crypto';
import { EntitableError } from '../errors/entitable-error.js';
import type { BoundFilter } from '../filter/bound-filter.js';
import { express } from '../filter/express.js';
import { onlyKey } from '../filter/key-range.js';
import { toOData } from '../filter/odata.js';
import type { EntityRows, Projector } from '../mapping/entity-rows.js';
import { planFilter, type Leg, type Plan, type Step } from './plan.js';
import { planLegs } from './plan-query.js';
import type { MatchWrites } from './match-writes.js';
import { scopeOf } from './scope.js';
import { isKeyOrder, type SortOrder } from './sort-order.js';

/** What a query says. All members are always there: V8 takes long to copy an object and to add one. */
export interface QueryState<T extends object> {
  readonly source: EntityRows<T>;
  /** The partitions, by their stored keys, in ascending order and once each; undefined for all of them. */
  readonly partitions: readonly string[] | undefined;
  readonly writes: MatchWrites | undefined;
  readonly filters: readonly BoundFilter[];
  readonly rawFilter: string | undefined;
  readonly orders: readonly SortOrder[];
  readonly selected: { readonly names: readonly string[]; readonly projector: Projector } | undefined;
  readonly take: number | undefined;
  readonly pageSize: number | undefined;
}

/** How a query is carried out. Throws `query.not-expressible` and `query.too-many-comparisons`. */
export function planOf<T extends object>({ source, partitions, filters, rawFilter }: QueryState<T>): Plan {
  const { limits, ordered } = source.store.traits;
  const legs: Leg[] = [];
  for (const partition of partitions ?? [undefined]) {
    const scope = scopeOf(source.metadata, partition);
    legs.push(...planLegs(scope, express({ kind: 'and', operands: filters }, scope.known), limits));
  }
  const asked = rawFilter === undefined ? legs : legs.map(({ steps }) => ({ steps: steps.map(asScan) }));
  // Without an order there is nothing to merge by: the steps, which read different rows, are read one after the other.
  return { legs: ordered ? asked : asked.flatMap(({ steps }) => steps.map((step) => ({ steps: [step] }))) };
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
export function fingerprintOf<T extends object>({ source, selected, rawFilter }: QueryState<T>, plan: Plan): string {
  const filter = planFilter(plan);
  const content = [
    source.store.traits.kind,
    source.table,
    filter === undefined ? '' : toOData(filter),
    rawFilter,
    selected?.names,
  ];
  return createHash('sha256').update(JSON.stringify(content)).digest('base64url');
}

/** Rows of one request: no more than are taken. */
export function rowsPerRequest<T extends object>({ source, take, pageSize }: QueryState<T>, sorted: boolean): number {
  const most = pageSize ?? source.store.traits.limits.pageRows;
  return sorted || take === undefined ? most : Math.max(1, Math.min(take, most));
}

/** Refuses what cannot be done with results that are sorted here. */
export function refuseSorted(orders: readonly SortOrder[], feature: string): void {
  if (orders.length === 0) return;
  throw new EntitableError(
    'query.sorted-on-client',
    `${feature} goes through the results in the order of their keys, and orderBy("${orders[0]!.name}") sorts them here, after all were read. ` +
      'Leave orderBy out, or sort by the key.',
    { feature },
  );
}
