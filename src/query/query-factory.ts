import type { EntityRows } from '../mapping/entity-rows.js';
import { QueryBuilder } from './query-builder.js';
import type { Query } from './query.js';

/** A query of one partition, given by its stored key. */
export function partitionQuery<T extends object>(source: EntityRows<T>, partition: string): Query<T> {
  return new QueryBuilder<T, T>({ source, partition, filters: [] });
}

/** A query of all partitions: without bounds on the partition key it reads the whole table. */
export function tableQuery<T extends object>(source: EntityRows<T>): Query<T> {
  return new QueryBuilder<T, T>({ source, filters: [] });
}
