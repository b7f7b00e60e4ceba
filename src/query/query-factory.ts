import type { BoundFilter, PartTest } from '../filter/bind.js';
import type { EntityReader } from '../mapping/entity-reader.js';
import type { IndexReader } from './indexes/index-reader.js';
import type { MatchWrites } from './matched-writes.js';
import { QueryBuilder } from './query-builder.js';
import type { Query } from './query.js';

/** Creates a query of one partition or several, given by their stored keys. `writes` performs its writes by filter. */
export function partitionQuery<T extends object>(
  source: EntityReader<T>,
  partitions: string | readonly string[],
  writes?: MatchWrites,
): Query<T> {
  const sorted = typeof partitions === 'string' ? [partitions] : inOrder(partitions);
  return new QueryBuilder<T, T>({ source, index: undefined, partitions: sorted, writes, ...NOTHING_SAID });
}

/** Creates a query of all partitions. Without bounds on the partition key it reads the whole table. */
export function tableQuery<T extends object>(source: EntityReader<T>, writes?: MatchWrites): Query<T> {
  return new QueryBuilder<T, T>({ source, index: undefined, partitions: undefined, writes, ...NOTHING_SAID });
}

/** Creates a query of the entities whose entries are in some partitions of an index and pass all of some tests. */
export function indexQuery<T extends object>(
  { source, index }: { readonly source: EntityReader<T>; readonly index: IndexReader<T> },
  partitions: readonly string[],
  tests: readonly PartTest[],
  writes: MatchWrites,
): Query<T> {
  const filter: BoundFilter | undefined = tests.length === 0 ? undefined : { kind: 'and', operands: tests };
  return new QueryBuilder<T, T>({ source, index, partitions: inOrder(partitions), writes, ...NOTHING_SAID, filter });
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

/** Returns partition keys in the order of the service, each once. */
function inOrder(partitions: readonly string[]): readonly string[] {
  return [...new Set(partitions)].toSorted(byUnit);
}

function byUnit(left: string, right: string): number {
  return left < right ? -1 : Number(left > right);
}
