import type { EntityRows } from '../mapping/entity-rows.js';
import type { MatchWrites } from './match-writes.js';
import { QueryBuilder } from './query-builder.js';
import type { Query } from './query.js';

/** A query of one partition or of several, given by their stored keys; `writes` is what its writes by filter go through. */
export function partitionQuery<T extends object>(
  source: EntityRows<T>,
  partitions: string | readonly string[],
  writes?: MatchWrites,
): Query<T> {
  const sorted = typeof partitions === 'string' ? [partitions] : [...new Set(partitions)].toSorted(byUnit);
  return new QueryBuilder<T, T>({ source, partitions: sorted, writes, ...NOTHING_SAID });
}

/** A query of all partitions: without bounds on the partition key it reads the whole table. */
export function tableQuery<T extends object>(source: EntityRows<T>, writes?: MatchWrites): Query<T> {
  return new QueryBuilder<T, T>({ source, partitions: undefined, writes, ...NOTHING_SAID });
}

const NOTHING_SAID = {
  filter: undefined,
  rawFilter: undefined,
  clientFilters: [],
  orders: [],
  selected: undefined,
  take: undefined,
  pageSize: undefined,
  maxRequests: undefined,
} as const;

function byUnit(left: string, right: string): number {
  return left < right ? -1 : Number(left > right);
}
