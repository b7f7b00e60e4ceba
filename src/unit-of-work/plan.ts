import type { ErrorDetails } from '../errors/error-details.js';
import type { CommitWrite } from '../errors/write-reports.js';
import { EntitableError } from '../errors/entitable-error.js';
import { rowsOf, type Batch, type TransactionRow } from '../writing/batch.js';
import type { StoreTraits } from '../store/table-store.js';
import { describeChange, type ChangeSet } from './change-set.js';

/** One request that a commit would send. Several writes form an entity group transaction. */
export interface PlannedBatch {
  /** The table's name in the store. */
  readonly table: string;
  /** The partition key of all rows of the batch. */
  readonly partitionKey: string;
  /** The writes in the order in which they are sent: those of entities, each with the entries that its indexes need. */
  readonly writes: readonly CommitWrite[];
  /** Upper bound of the size of this batch's request body, in bytes. */
  readonly bytes: number;
  /**
   * Number of requests: one for the batch, one for each row that is read first because the service cannot remove a
   * property in place, and those for entries of indexes with partitions of their own.
   */
  readonly requests: number;
}

/** Returns a batch in the form in which `plan()` shows it. */
export function plannedBatch(
  { table, partitionKey, writes, bytes }: Batch<ChangeSet>,
  { removes }: StoreTraits,
): PlannedBatch {
  const entries = writes.reduce((sum, { apart }) => sum + (apart?.requests ?? 0), 0);
  const reads = removes === 'in-place' ? 0 : writes.filter(({ removed }) => removed.length > 0).length;
  return Object.freeze({
    table,
    partitionKey,
    writes: Object.freeze(rowsOf(writes).map(describeRow)),
    bytes,
    requests: 1 + reads + entries,
  });
}

function describeRow({ item, other }: TransactionRow<ChangeSet>): CommitWrite {
  if (other === undefined) return describeChange(item);
  const { table, row } = item;
  const { mode, partitionKey, rowKey } = other.write;
  const { className } = row.mapper.metadata;
  return Object.freeze({ mode, className, table, partitionKey, rowKey, index: other.index });
}

/**
 * Throws `commit.not-atomic` if one transaction cannot hold an atomic commit. `requirement` is a row for which
 * `require()` was called, if there is one; such a row also makes the commit atomic, and the error message names its
 * class.
 */
export function checkAtomic(
  partitions: readonly (readonly Batch<ChangeSet>[])[],
  { limits }: StoreTraits,
  requirement: ChangeSet | undefined,
): void {
  const batches = partitions.flat();
  if (batches.length <= 1) return;
  const writes = batches.reduce((sum, batch) => sum + batch.rows, 0);
  const bytes = batches.reduce((sum, batch) => sum + batch.bytes, 0);
  const refused = (reason: Reason, found: number, limit: number, rule: string): EntitableError =>
    notAtomic({ reason, found, limit }, rule, requirement);
  if (partitions.length > 1) {
    throw refused('partitions', partitions.length, 1, 'is for one partition of one table');
  }
  throw writes > limits.transactionWrites
    ? refused('writes', writes, limits.transactionWrites, `has at most ${limits.transactionWrites} writes`)
    : refused('bytes', bytes, limits.transactionBytes, `has at most ${limits.transactionBytes} bytes`);
}

type Reason = ErrorDetails['commit.not-atomic']['reason'];

function notAtomic(
  details: ErrorDetails['commit.not-atomic'],
  rule: string,
  requirement: ChangeSet | undefined,
): EntitableError {
  const { reason, found } = details;
  const cause =
    requirement === undefined
      ? 'An atomic commit is one transaction'
      : `This unit of work requires a ${requirement.row.mapper.metadata.className} to be as it was read. What makes sure of that is one transaction`;
  const remedy =
    requirement === undefined
      ? 'Commit less at once, or without { atomic: true }, and be ready for commit.partial.'
      : 'Keep what is required in the partition of what depends on it, or commit less at once.';
  return new EntitableError(
    'commit.not-atomic',
    `${cause}, which ${rule}; there are ${found} ${reason} to be written. Nothing was sent. ${remedy}`,
    details,
  );
}
