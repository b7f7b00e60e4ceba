import type { WriteMode, WriteReceipt } from '../store/table-store.js';

/**
 * Time for which a write is remembered, in milliseconds. Older rows cannot be mistaken for new ones, because the
 * service rejects requests whose time differs more than this from its own.
 */
export const REMEMBERED = 15 * 60_000;
/** Number of writes that are remembered. Each further write replaces the oldest. */
const MOST = 20_000;

/** The part of a write that matters for comparing it with other writes to the same row. */
export interface OwnWrite {
  readonly partitionKey: string;
  readonly mode: WriteMode;
  readonly rowKey: string;
  readonly ifMatch?: string | undefined;
}

/** A write that succeeded, with fingerprints of the ETag that it required and of the ETag that it created. */
interface RecentWrite {
  readonly mode: WriteMode;
  readonly used: number;
  readonly made: number;
}

/** All write modes. A remembered write stores the index of its mode in this list. */
const MODES: readonly WriteMode[] = ['insert', 'merge', 'replace', 'upsert-merge', 'upsert-replace', 'delete'];

/** Fingerprint of an absent ETag. */
export const NO_ETAG = 0;

/**
 * The most recent writes of one process. Every write is recorded, but only a write whose response was lost leads to a
 * lookup, so recording must cost next to nothing while a lookup may be a linear search. The writes are therefore kept
 * as typed arrays of fingerprints: the ETag strings are slices of whole response texts, which they would keep alive and
 * which the garbage collector would have to copy.
 */
export class RecentWrites {
  readonly #times = new Float64Array(MOST);
  readonly #rows = new Int32Array(MOST);
  readonly #modes = new Uint8Array(MOST);
  readonly #used = new Int32Array(MOST);
  readonly #made = new Int32Array(MOST);
  /** Index of the oldest write, which the next one replaces. */
  #next = 0;

  remember(partition: string, writes: readonly OwnWrite[], receipts: readonly WriteReceipt[]): void {
    const now = Date.now();
    const within = fingerprint(partition);
    for (let index = 0; index < writes.length; index++) {
      const { mode, rowKey, ifMatch } = writes[index]!;
      const at = this.#next;
      this.#times[at] = now;
      this.#rows[at] = fingerprint(rowKey, within);
      this.#modes[at] = MODES.indexOf(mode);
      this.#used[at] = fingerprintOf(ifMatch);
      this.#made[at] = fingerprintOf(receipts[index]?.etag);
      this.#next = (at + 1) % MOST;
    }
  }

  /** Returns the remembered writes of one row, the oldest first. */
  of(partition: string, rowKey: string): readonly RecentWrite[] {
    const earliest = Date.now() - REMEMBERED;
    const row = fingerprint(rowKey, fingerprint(partition));
    const found: RecentWrite[] = [];
    for (let index = 0; index < MOST; index++) {
      const at = (this.#next + index) % MOST;
      if (this.#rows[at] !== row || this.#times[at]! < earliest) continue;
      found.push({ mode: MODES[this.#modes[at]!]!, used: this.#used[at]!, made: this.#made[at]! });
    }
    return found;
  }
}

/** Returns the fingerprint of an ETag, or `NO_ETAG` for `undefined` and `*`. */
export function fingerprintOf(etag: string | undefined): number {
  return etag === undefined || etag === '*' ? NO_ETAG : fingerprint(etag);
}

/**
 * Returns a 32-bit FNV-1a hash. A write is mistaken for another only if the hashes of both its row and its ETag
 * collide. If only the hashes of the rows collide, a lookup also finds writes to another row, which only makes the
 * verdict more cautious.
 */
function fingerprint(text: string, seed = -2_128_831_035): number {
  let hash = seed;
  for (let index = 0; index < text.length; index++) hash = Math.imul(hash ^ text.charCodeAt(index), 16_777_619);
  return hash;
}
