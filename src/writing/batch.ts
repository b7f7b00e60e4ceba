import type { ServiceLimits } from '../store/limits.js';
import type { PreparedWrite, WriteReceipt } from '../store/table-store.js';

/** A write and the table it is for: what planning needs to know of anything. */
export interface TableWrite {
  /** The table's name in the store. */
  readonly table: string;
  readonly write: PreparedWrite;
}

/** A write that is ready to be sent, and what becomes of the store's answer. */
export interface ReadyWrite extends TableWrite {
  /** Told when it was written. */
  written(receipt: WriteReceipt): unknown;
  /** A refusal of it, in the words of who writes it. */
  refused(error: unknown): unknown;
}

/** Writes that are sent together, in their order: of one table and one partition, each row once, within the store's limits. */
export interface Batch<W extends TableWrite = TableWrite> {
  readonly table: string;
  readonly partitionKey: string;
  readonly writes: readonly W[];
  /** The bytes of its body. */
  readonly bytes: number;
}

/** A batch that more may be added to. */
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

  /** Whether it has as many writes as one transaction can hold. */
  isFull({ transactionWrites }: ServiceLimits): boolean {
    return this.writes.length >= transactionWrites;
  }

  /** Whether one transaction can hold another write: a row appears in it once. A write too large for any is one by itself. */
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

/** Tells partitions apart: a table name has no slash. */
function partitionId({ table, write: { partitionKey } }: TableWrite): string {
  return `${table}/${partitionKey}`;
}

/**
 * Groups writes by table and partition, and cuts each group where a transaction would be too long, too large, or meet a row again.
 * Writes of one partition keep their order, and so do partitions, by their first write; each inner list is one partition's.
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
