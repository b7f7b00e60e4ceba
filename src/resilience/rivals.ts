import { onAbort } from '../async/on-abort.js';
import type { OperationOptions, WriteMode, WriteReceipt } from '../store/table-store.js';
import type { Verdict } from './read-back.js';
import { pause } from './wait.js';

/** How long a row may be mistaken for a younger one: the service refuses requests whose clock is further off. */
const REMEMBERED = 15 * 60_000;

/** Facts that are remembered at most; each write leaves two or fewer. */
const MOST = 20_000;

interface Fact {
  readonly at: number;
  readonly mode: WriteMode;
}

/**
 * Writes of one process to the same rows tell each other what they did, also when they are over: what another has written is not taken
 * for one's own, however alike it is.
 */
export class Rivals {
  readonly #partitions = new Map<string, Set<Contender>>();
  /** ETags that writes have used up or made, the oldest first. */
  readonly #facts = new Map<string, Fact>();

  /** Writes of one partition are begun. Who begins them says when they end. */
  enter(table: string, writes: readonly OwnWrite[]): Contender {
    const partition = `${table}\n${writes[0]?.partitionKey}`;
    let contenders = this.#partitions.get(partition);
    if (contenders === undefined) this.#partitions.set(partition, (contenders = new Set()));
    const contender = new Contender(this, partition, writes, contenders, () => this.#partitions.delete(partition));
    contenders.add(contender);
    return contender;
  }

  /** Remembers what was written. */
  remember(partition: string, { mode, rowKey, ifMatch }: OwnWrite, etag: string | undefined): void {
    const at = Date.now();
    const row = `${partition}\n${rowKey}`;
    if (ifMatch !== undefined && ifMatch !== '*') this.#facts.set(`${row}\nused ${ifMatch}`, { at, mode });
    if (etag !== undefined) this.#facts.set(`${row}\nmade ${etag}`, { at, mode });
    for (const [key, fact] of this.#facts) {
      if (this.#facts.size <= MOST && fact.at >= at - REMEMBERED) break;
      this.#facts.delete(key);
    }
  }

  /** What is known of the row of a write that was not seen to succeed, where the row has this ETag now. */
  verdictOn(partition: string, { mode, rowKey, ifMatch }: OwnWrite, etag: string | undefined): Verdict {
    const row = `${partition}\n${rowKey}`;
    if (this.#facts.has(`${row}\nused ${ifMatch}`)) return 'not-written';
    const maker = this.#facts.get(`${row}\nmade ${etag}`);
    if (maker === undefined) return undefined;
    return mode === 'insert' && maker.mode === 'insert' ? 'not-written' : 'anothers';
  }
}

interface OwnWrite {
  readonly partitionKey: string;
  readonly mode: WriteMode;
  readonly rowKey: string;
  readonly ifMatch?: string | undefined;
}

/** What is submitted together, as its rivals see it. */
export class Contender {
  readonly #rivals: Rivals;
  readonly #partition: string;
  readonly #writes: readonly OwnWrite[];
  readonly #all: Set<Contender>;
  readonly #onLast: () => void;
  /** Keys of rows that others have deleted meanwhile. */
  #deletedByOthers: Set<string> | undefined;
  /** Told when it is known whether this one was carried out, or when only reading back can tell. */
  #onDecided: (() => void)[] | undefined;
  #isDecided = false;

  constructor(rivals: Rivals, partition: string, writes: readonly OwnWrite[], all: Set<Contender>, onLast: () => void) {
    this.#rivals = rivals;
    this.#partition = partition;
    this.#writes = writes;
    this.#all = all;
    this.#onLast = onLast;
  }

  /** Tells the others what was written. */
  succeeded(receipts: readonly WriteReceipt[]): void {
    this.#writes.forEach((write, index) => this.#rivals.remember(this.#partition, write, receipts[index]?.etag));
    if (this.#all.size === 1) return;
    const deleted = this.#writes.filter(({ mode }) => mode === 'delete');
    if (deleted.length === 0) return;
    for (const other of this.#others()) {
      for (const { rowKey } of deleted) (other.#deletedByOthers ??= new Set()).add(rowKey);
    }
  }

  /** No answer is waited for any more: others need not wait for this one. */
  readsBack(): void {
    this.#decide();
  }

  leave(): void {
    this.#decide();
    this.#all.delete(this);
    if (this.#all.size === 0) this.#onLast();
  }

  /** Waits until all others that began before now are decided; `false` when there is no time for that. */
  async othersDecided({ signal, timeout = Infinity }: OperationOptions): Promise<boolean> {
    const undecided = this.#others().filter((other) => !other.#isDecided);
    if (undecided.length === 0) return true;
    const over = new AbortController();
    const release = onAbort(signal, () => over.abort());
    const decided = Promise.all(
      undecided.map((other) => new Promise<void>((resolve) => (other.#onDecided ??= []).push(resolve))),
    );
    const inTime = await Promise.race([decided.then(() => true), pause(timeout, over.signal).then(() => false)]);
    over.abort(); // ends the pause
    release();
    return inTime;
  }

  /**
   * What the others prove of a write. It was not carried out where another used up its ETag, inserted the row that is there, or deleted the
   * one that is not; where the row is as any other left it, what it holds says nothing about this one.
   */
  verdictOn(write: OwnWrite, etag: string | undefined): Verdict {
    if (write.mode === 'delete' && etag === undefined && this.#deletedByOthers?.has(write.rowKey)) return 'not-written';
    return this.#rivals.verdictOn(this.#partition, write, etag);
  }

  #others(): readonly Contender[] {
    const rows = new Set(this.#writes.map(({ rowKey }) => rowKey));
    return [...this.#all].filter((other) => other !== this && other.#writes.some(({ rowKey }) => rows.has(rowKey)));
  }

  #decide(): void {
    this.#isDecided = true;
    for (const tell of this.#onDecided ?? []) tell();
    this.#onDecided = undefined;
  }
}
