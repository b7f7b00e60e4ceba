import { EntitableError } from '../errors/entitable-error.js';
import type { Address } from '../mapping/entity-address.js';
import type { EntityMapper } from '../mapping/entity-mapper.js';
import type { RetainedRow } from '../store/row.js';
import type { OperationOptions } from '../store/table-store.js';

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
  if (found === undefined) throw notStored(mapper, address);
  if (found.etag === etag || etag === '*') return found;
  throw new EntitableError(
    'store.precondition-failed',
    `${rowName(mapper, address)} was changed since this entity's ETag was taken. Read it again and repeat the change.`,
    { table: mapper.table },
  );
}

/** `store.not-found`, for a row that is not there. */
export function notStored<T extends object>(mapper: EntityMapper<T>, address: Address): EntitableError {
  return new EntitableError('store.not-found', `${rowName(mapper, address)} is not stored.`, { table: mapper.table });
}

/** A row in a message. */
export function rowName<T extends object>(
  { metadata, table }: EntityMapper<T>,
  { partitionKey, rowKey }: Address,
): string {
  return `${metadata.className} ("${partitionKey}", "${rowKey}") of the table ${table}`;
}
