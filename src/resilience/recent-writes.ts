import type { WriteMode, WriteReceipt } from '../store/table-store.js';

/** How long a row may be mistaken for a younger one: the service refuses requests whose clock is further off. */
export const REMEMBERED = 15 * 60_000;
/** Writes that are remembered for sure; a quarter more are before the oldest are forgotten together. */
const MOST = 20_000;

/** A write as what others did to its row concerns it. */
export interface OwnWrite {
  readonly partitionKey: string;
  readonly mode: WriteMode;
  readonly rowKey: string;
  readonly ifMatch?: string | undefined;
}

/** A write that was carried out: the ETag that it used up, and the one that it made. */
interface RecentWrite {
  readonly at: number;
  readonly partition: string;
  readonly rowKey: string;
  readonly mode: WriteMode;
  readonly used: string | undefined;
  readonly made: string | undefined;
}

/**
 * What one process has written lately. Every write is remembered, and only one whose answer was lost is asked about: to remember must cost
 * next to nothing, and to ask may take a search.
 */
export class RecentWrites {
  /** The oldest first. */
  #writes: RecentWrite[] = [];

  remember(partition: string, writes: readonly OwnWrite[], receipts: readonly WriteReceipt[]): void {
    const at = Date.now();
    for (const [index, { mode, rowKey, ifMatch }] of writes.entries()) {
      const used = ifMatch === '*' ? undefined : ifMatch;
      this.#writes.push({ at, partition, rowKey, mode, used, made: receipts[index]?.etag });
    }
    const isStale = this.#writes.length > 0 && this.#writes[0]!.at < at - 2 * REMEMBERED;
    if (isStale || this.#writes.length > MOST * 1.25) {
      this.#writes = this.#writes.slice(-MOST).filter((write) => write.at >= at - REMEMBERED);
    }
  }

  /** The writes of one row, the oldest first. */
  of(partition: string, rowKey: string): readonly RecentWrite[] {
    const earliest = Date.now() - REMEMBERED;
    return this.#writes.filter(
      (write) => write.rowKey === rowKey && write.partition === partition && write.at >= earliest,
    );
  }
}
