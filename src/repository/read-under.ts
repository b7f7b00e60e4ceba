import type { Address } from '../mapping/entity-address.js';
import type { EntityMapper } from '../mapping/entity-mapper.js';
import type { RetainedRow } from '../store/row.js';
import type { OperationOptions } from '../store/table-store.js';
import { rowError } from './row-error.js';

/** Reads the row that an entity of another process stands for. Throws `store.not-found`, and `store.precondition-failed` for another ETag. */
export async function readUnder<T extends object>(
  mapper: EntityMapper<T>,
  etag: string,
  address: Address,
  options: OperationOptions | undefined,
): Promise<{ readonly etag: string; readonly row: RetainedRow }> {
  const found = await mapper.rows.get(
    address.partitionKey,
    address.rowKey,
    (row) => ({ etag: row.etag, row: row.retain() }),
    undefined,
    options,
  );
  if (found === undefined) throw rowError(mapper, address, 'store.not-found');
  if (found.etag === etag || etag === '*') return found;
  throw rowError(mapper, address, 'store.precondition-failed');
}
