import type { WriteMode, WriteReceipt } from '../store/table-store.js';

/** How long a row may be mistaken for a younger one: the service refuses requests whose clock is further off. */
export const REMEMBERED = 15 * 60_000;
/** Writes that are remembered: each newer one takes the place of the oldest. */
const MOST = 20_000;

/** A write as what others did to its row concerns it. */
export interface OwnWrite {
  readonly partitionKey: string;
  readonly mode: WriteMode;
  readonly rowKey: string;
  readonly ifMatch?: string | undefined;
}

/** A write that was carried out: fingerprints of the ETag that it used up, and of the one that it made. */
interface RecentWrite {
  readonly mode: WriteMode;
  readonly used: number;
  readonly made: number;
}

/** As they are stored, by their index. */
const MODES: readonly WriteMode[] = ['insert', 'merge', 'replace', 'upsert-merge', 'upsert-replace', 'delete'];

/** The fingerprint of no ETag. */
export const NO_ETAG = 0;

/**
 * What one process has written lately. Every write is remembered, and only one whose answer was lost is asked about: to remember must cost
 * next to nothing, and to ask may take a search. Hence columns of fingerprints: texts would keep whole answers alive, whose parts they
 * are, and the garbage collector would copy them.
 */
export class RecentWrites {
  readonly #times = new Float64Array(MOST);
  readonly #rows = new Int32Array(MOST);
  readonly #modes = new Uint8Array(MOST);
  readonly #used = new Int32Array(MOST);
  readonly #made = new Int32Array(MOST);
  /** Where the oldest is. */
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

  /** The writes of one row, the oldest first. */
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

/** What an ETag is remembered as; `NO_ETAG` where there is none, or any will do. */
export function fingerprintOf(etag: string | undefined): number {
  return etag === undefined || etag === '*' ? NO_ETAG : fingerprint(etag);
}

/**
 * A hash of 32 bits (FNV-1a). One of a row and one of an ETag must be those of others before a write is mistaken for another; where only
 * the row is, more is held to be possible than is.
 */
function fingerprint(text: string, seed = -2_128_831_035): number {
  let hash = seed;
  for (let index = 0; index < text.length; index++) hash = Math.imul(hash ^ text.charCodeAt(index), 16_777_619);
  return hash;
}
