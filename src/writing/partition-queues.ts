import type { ServiceLimits } from '../store/limits.js';
import { OpenBatch, type Batch, type TableWrite } from './batch.js';

/**
 * Maximum number of queued rows: enough for full transactions of some two hundred partitions whose writes arrive
 * interleaved.
 */
const HELD_ROWS = 20_000;
const HELD_BYTES = 64 * 1024 * 1024;

interface PartitionQueue<W extends TableWrite> {
  readonly partitionKey: string;
  /** The batches in the order in which they are sent; only the last one may take more writes. */
  readonly batches: OpenBatch<W>[];
  /**
   * The fill level of the first batch. It is 0 while that batch is in flight, so that no other batch of the partition
   * is taken and the writes keep their order.
   */
  rank: number;
}

/**
 * The rank of a batch that takes no more writes. Any other rank is the number of binary digits of the batch's number of
 * rows, so that adding a write seldom moves a queue to another rank.
 */
const FULL = 32;

/**
 * Queues of the writes of a bulk write, by table and partition. Even if writes of many partitions arrive interleaved,
 * they fill transactions, while the memory use stays bounded.
 */
export class PartitionQueues<W extends TableWrite> {
  readonly #limits: ServiceLimits;
  readonly #tables = new Map<string, Map<string, PartitionQueue<W>>>();
  /** The queues of the table that was written to last; most writes are to the same one. */
  #last: { readonly table: string; readonly lanes: Map<string, PartitionQueue<W>> } | undefined;
  /** The queues by their rank, so that one of the fullest is found without a search. */
  readonly #ranks: (Set<PartitionQueue<W>> | undefined)[] = [];
  #rows = 0;
  #bytes = 0;

  constructor(limits: ServiceLimits) {
    this.#limits = limits;
  }

  /** True if no more writes may be queued until some are sent. */
  get full(): boolean {
    return this.#rows >= HELD_ROWS || this.#bytes >= HELD_BYTES;
  }

  add(item: W): void {
    const { partitionKey } = item.write;
    const lanes = this.#lanesOf(item.table);
    let lane = lanes.get(partitionKey);
    if (lane === undefined) lanes.set(partitionKey, (lane = { partitionKey, batches: [], rank: 0 }));
    const isBusy = lane.batches.length > 0 && lane.rank === 0;
    let last = lane.batches.at(-1);
    if (last === undefined || (isBusy && lane.batches.length === 1) || !last.takes(item, this.#limits)) {
      lane.batches.push((last = new OpenBatch(item)));
    }
    const { rows, bytes } = last;
    last.add(item);
    this.#rows += last.rows - rows;
    this.#bytes += last.bytes - bytes;
    if (!isBusy) this.#rank(lane);
  }

  /**
   * Returns one of the fullest batches among the partitions that have no batch in flight. With `full`, returns only a
   * batch that takes no more writes.
   */
  take(which: 'full' | 'any'): Batch<W> | undefined {
    const least = which === 'full' ? FULL : 1;
    for (let rank = this.#ranks.length - 1; rank >= least; rank--) {
      const lanes = this.#ranks[rank];
      if (lanes === undefined || lanes.size === 0) continue;
      const [lane] = lanes;
      lanes.delete(lane!);
      lane!.rank = 0;
      return lane!.batches[0];
    }
    return undefined;
  }

  /** Removes a batch that was taken and is no longer in flight. */
  done(batch: Batch<W>): void {
    const lanes = this.#lanesOf(batch.table);
    const lane = lanes.get(batch.partitionKey)!;
    lane.batches.shift();
    this.#rows -= batch.rows;
    this.#bytes -= batch.bytes;
    if (lane.batches.length === 0) lanes.delete(lane.partitionKey);
    else this.#rank(lane);
  }

  /** All queued writes that `take` has not returned. */
  *held(): Iterable<W> {
    for (const lanes of this.#tables.values()) {
      for (const { batches, rank } of lanes.values()) {
        for (const { writes } of rank === 0 ? batches.slice(1) : batches) yield* writes;
      }
    }
  }

  #lanesOf(table: string): Map<string, PartitionQueue<W>> {
    if (this.#last?.table === table) return this.#last.lanes;
    let lanes = this.#tables.get(table);
    if (lanes === undefined) this.#tables.set(table, (lanes = new Map<string, PartitionQueue<W>>()));
    this.#last = { table, lanes };
    return lanes;
  }

  #rank(lane: PartitionQueue<W>): void {
    const { batches, rank: before } = lane;
    const { rows } = batches[0]!;
    const rank = batches.length > 1 || rows >= this.#limits.transactionWrites ? FULL : FULL - Math.clz32(rows);
    if (rank === before) return;
    this.#ranks[before]?.delete(lane);
    lane.rank = rank;
    (this.#ranks[rank] ??= new Set()).add(lane);
  }
}
