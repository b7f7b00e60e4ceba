import type { EntitableError } from '../errors/entitable-error.js';
import type { OperationOptions } from '../options/operation-options.js';
import type { ServiceLimits } from '../store/limits.js';
import type { RowShape } from '../store/row.js';
import type { PreparedWrite, Rows, WriteReceipt } from '../store/table-store.js';

/** A further row that is written in the same transaction as the row of an entity, e.g. its entry in an index. */
export interface GroupRow {
  /** The name of the index that the row is an entry of. */
  readonly index: string;
  readonly write: PreparedWrite;
  readonly ifMatch?: string | undefined;
  /** The rows that prepared the write, and their shape, to read it back after a lost response. */
  readonly rows: Rows;
  readonly shape: RowShape;
  /**
   * Called when the store refuses this row. Resolves to the row to send in its place, or to `undefined` to leave it
   * out. Rejects with the error of the whole group, e.g. `entity.not-unique`.
   */
  refused(error: EntitableError, options: OperationOptions): Promise<GroupRow | undefined>;
  /** Returns the same row, written over an existing one: for a transaction in which another group gives it up. */
  replacing(): GroupRow;
}

/** A write and its table: the parts that are needed to plan batches. */
export interface TableWrite {
  /** The table's name in the store. */
  readonly table: string;
  readonly write: PreparedWrite;
  /** The rows that are written or refused together with this one. Most writes have none. */
  readonly others?: readonly GroupRow[] | undefined;
}

/** A write that is ready to be sent, with callbacks for the store's response. */
export interface ReadyWrite extends TableWrite {
  /** Called after the write has succeeded. */
  written(receipt: WriteReceipt): unknown;
  /** Translates the store's error for this write, e.g. into one that names the entity class. */
  refused(error: unknown): unknown;
}

/**
 * Writes that are sent as one transaction, in their order: of one table and one partition, each row once, within the
 * store's limits.
 */
export interface Batch<W extends TableWrite = TableWrite> {
  readonly table: string;
  readonly partitionKey: string;
  readonly writes: readonly W[];
  /** Size of the request body. */
  readonly bytes: number;
}

/** A batch to which writes can still be added. */
export class OpenBatch<W extends TableWrite> implements Batch<W> {
  readonly table: string;
  readonly partitionKey: string;
  readonly writes: W[] = [];
  readonly #rowKeys = new Set<string>();
  #bytes = 0;

  constructor({ table, write }: W) {
    this.table = table;
    this.partitionKey = write.partitionKey;
  }

  get bytes(): number {
    return this.#bytes;
  }

  /** Returns whether it has as many writes as one transaction can hold. */
  isFull({ transactionWrites }: ServiceLimits): boolean {
    return this.writes.length >= transactionWrites;
  }

  /**
   * Returns whether the transaction can hold another write: it contains each row once. A write too large for any
   * transaction gets one of its own.
   */
  takes({ bytes, rowKey }: PreparedWrite, limits: ServiceLimits): boolean {
    if (this.writes.length === 0) return true;
    return !this.isFull(limits) && this.#bytes + bytes <= limits.transactionBytes && !this.#rowKeys.has(rowKey);
  }

  add(item: W): void {
    this.writes.push(item);
    this.#rowKeys.add(item.write.rowKey);
    this.#bytes += item.write.bytes;
  }
}

/** Identifies a partition. A table name contains no slash, so no two partitions share an id. */
function partitionId({ table, write: { partitionKey } }: TableWrite): string {
  return `${table}/${partitionKey}`;
}

/**
 * Groups writes by table and partition, and splits each group where a transaction would be too long, too large, or
 * contain a row twice. Each inner list is one partition: writes keep their order within it, and partitions are in the
 * order of their first writes. Used by units of work.
 */
export function planBatches<W extends TableWrite>(
  writes: Iterable<W>,
  limits: ServiceLimits,
): readonly (readonly Batch<W>[])[] {
  const partitions = new Map<string, OpenBatch<W>[]>();
  for (const item of writes) {
    const id = partitionId(item);
    let batches = partitions.get(id);
    if (batches === undefined) partitions.set(id, (batches = []));
    let last = batches.at(-1);
    if (last === undefined || !last.takes(item.write, limits)) batches.push((last = new OpenBatch(item)));
    last.add(item);
  }
  return [...partitions.values()];
}
