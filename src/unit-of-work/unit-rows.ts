import type { EntityMapper } from '../mapping/entity-mapper.js';
import type { EntityRows } from '../mapping/entity-rows.js';
import { LEFT_OUT, sievedRows } from '../query/sieved-rows.js';
import type { Rows } from '../store/table-store.js';
import type { TrackedReads } from './tracked-reads.js';

/** What queries of a unit of work read: the store's rows without those that the unit has removed, as the entities it tracks. */
export function unitRows<T extends object>(
  mapper: EntityMapper<T>,
  stored: Rows,
  reads: TrackedReads<T>,
): EntityRows<T> {
  return {
    metadata: mapper.metadata,
    store: mapper.store,
    table: mapper.table,
    queries: mapper.queries,
    rows: remainingRows(stored, reads),
    decode: reads.decode,
    peek: reads.peek,
    checkKeys: mapper.checkKeys,
    project: (names) => mapper.project(names),
  };
}

function remainingRows<T extends object>(rows: Rows, reads: TrackedReads<T>): Rows {
  return sievedRows(rows, (decode, { refresh = false } = {}) => (row) => {
    return reads.isRemoved(row) ? LEFT_OUT : reads.decoding(refresh, () => decode(row));
  });
}
