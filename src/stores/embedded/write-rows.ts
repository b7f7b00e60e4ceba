import type { Instant } from '../../edm/date-time.js';
import { keyedSize, type ServiceLimits } from '../../store/limits.js';
import type { WriteReceipt } from '../../store/table-store.js';
import { etagText } from './rows/instant.js';
import { ownedRow, type RowTransaction, type EngineRow } from './ordered-rows.js';
import type { LayoutDictionary } from './rows/layout-dictionary.js';
import { sizeProblem, type PreparedRow } from './prepared-row.js';
import { refusal, refused, type RuleViolation } from './service-rules.js';
import type { RowCodec } from './rows/row-codec.js';
import type { EncodedWrite } from './rows/row-encoder.js';
import { stampRow, timestampMillisecondsOf, timestampTicksOf } from './rows/row-format.js';

/** The parts of the engine that writing rows needs. */
export interface WriteContext {
  readonly limits: ServiceLimits;
  readonly layouts: LayoutDictionary;
  readonly codec: RowCodec;
}

/**
 * Writes rows of one table that have passed {@link batchProblem}. Throws at the first write that conflicts with its
 * stored row.
 */
export function writeRows(
  transaction: RowTransaction,
  table: number,
  writes: readonly PreparedRow[],
  timestamp: Instant,
  context: WriteContext,
): readonly WriteReceipt[] {
  const etag = etagText(timestamp.milliseconds, timestamp.ticks);
  const receipt = { etag };
  const numberOf = context.layouts.numbering(transaction);
  return writes.map((write, operation) => {
    const { partitionKey, rowKey, mode } = write;
    const existing = transaction.get(table, partitionKey, rowKey);
    const problem = conflict(write, existing);
    if (problem !== undefined) throw refused(problem, { table: write.table, operation });
    if (mode === 'delete') {
      transaction.delete(table, partitionKey, rowKey);
      return {};
    }
    const merges = mergesInto(write, existing);
    const row = merges ? merged(write, existing!, operation, transaction, context) : write.encoded;
    const stored = ownedRow(partitionKey, rowKey, stampRow(row, numberOf(row.layout), timestamp));
    transaction.put(table, stored);
    write.stored = merges ? undefined : stored;
    write.etag = etag;
    return receipt;
  });
}

/**
 * Returns why a write conflicts with the stored row, or with the fact that there is none; `undefined` if it does not.
 */
function conflict(write: PreparedRow, existing: EngineRow | undefined): RuleViolation | undefined {
  const { mode, ifMatch } = write;
  if (mode === 'insert') {
    return (
      existing && refusal('EntityAlreadyExists', `${nameOf(write)} exists already. Upsert it, or change its keys.`)
    );
  }
  if (ifMatch === undefined) return undefined;
  if (existing === undefined) return refusal('ResourceNotFound', `${nameOf(write)} does not exist.`);
  return ifMatch === '*' ||
    ifMatch ===
      etagText(
        timestampMillisecondsOf(existing.bytes, existing.start),
        timestampTicksOf(existing.bytes, existing.start),
      )
    ? undefined
    : refusal(
        'UpdateConditionNotSatisfied',
        `${nameOf(write)} has another ETag: it was changed meanwhile. Read it again.`,
      );
}

function nameOf({ table, partitionKey, rowKey }: PreparedRow): string {
  return `The entity ${JSON.stringify(partitionKey)}, ${JSON.stringify(rowKey)} of table ${table}`;
}

function mergesInto({ mode }: PreparedRow, existing: EngineRow | undefined): boolean {
  return mode === 'merge' || (mode === 'upsert-merge' && existing !== undefined);
}

function merged(
  write: PreparedRow,
  existing: EngineRow,
  operation: number,
  transaction: RowTransaction,
  { codec, limits }: WriteContext,
): EncodedWrite {
  const row = codec.merge(existing, write.encoded, write.remove, transaction);
  const problem = row.problem ?? sizeProblem(keyedSize(write.partitionKey, write.rowKey) + row.entityBytes, limits);
  if (problem !== undefined) throw refused(problem, { table: write.table, operation });
  return row;
}
