import type { ServiceLimits } from '../store/limits.js';
import type { PreparedWrite, WriteReceipt } from '../store/table-store.js';

/** A write and its table: the parts that are needed to plan batches. */
export interface TableWrite {
  /** The table's name in the store. */
  readonly table: string;
  readonly write: PreparedWrite;
}

/** A write that is ready to be sent, with callbacks for the store's response. */
export interface ReadyWrite extends TableWrite {
  /** Called after the write has succeeded. */
  written(receipt: WriteReceipt): unknown;
  /** Translates the store's error for this write, e.g. into one that names the entity class. */
  refused(error: unknown): unknown;
}

/**
 * Writes that are sent as one transaction, in their order. They are all of one table and one partition, no row occurs
 * twice, and together they stay within the store's limits.
 */
export interface Batch<W extends TableWrite = TableWrite> {
  readonly table: string;
  readonly partitionKey: string;
  readonly writes: readonly W[];
  /** Size of the request body, in bytes. */
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

  /** Returns whether the batch has as many writes as one transaction can hold. */
  isFull({ transactionWrites }: ServiceLimits): boolean {
    return this.writes.length >= transactionWrites;
  }

  /**
   * Returns whether another write can be added: it must fit into the transaction, and its row must not occur in it yet.
   * An empty batch takes any write, so a write that is too large for a transaction is sent in one of its own.
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
