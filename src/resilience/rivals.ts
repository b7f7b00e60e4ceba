import { onAbort } from '../async/on-abort.js';
import type { OperationOptions, WriteMode, WriteReceipt } from '../store/table-store.js';
import type { KeptWrite } from './kept-write.js';
import { pause } from './wait.js';

/**
 * Writes of one process that are under way to the same rows tell each other what they did: what another has written is not taken for
 * one's own, however alike it is.
 */
export class Rivals {
  readonly #partitions = new Map<string, Set<Contender>>();

  /** Writes of one partition are begun. Who begins them says when they end. */
  enter(table: string, writes: readonly KeptWrite[]): Contender {
    const partition = `${table}\n${writes[0]?.partitionKey}`;
    let contenders = this.#partitions.get(partition);
    if (contenders === undefined) this.#partitions.set(partition, (contenders = new Set()));
    const contender = new Contender(writes, contenders, () => this.#partitions.delete(partition));
    contenders.add(contender);
    return contender;
  }
}

interface OwnWrite {
  readonly mode: WriteMode;
  readonly rowKey: string;
  readonly ifMatch?: string | undefined;
}

/** What is submitted together, as its rivals see it. */
export class Contender {
  readonly #writes: readonly KeptWrite[];
  readonly #all: Set<Contender>;
  readonly #onLast: () => void;
  /** What others did to rows of this one: what they inserted and deleted, and ETags that they used up. */
  #doneByOthers: Set<string> | undefined;
  /** Told when it is known whether this one was carried out, or when only reading back can tell. */
  #onDecided: (() => void)[] | undefined;
  #isDecided = false;

  constructor(writes: readonly KeptWrite[], all: Set<Contender>, onLast: () => void) {
    this.#writes = writes;
    this.#all = all;
    this.#onLast = onLast;
  }

  /** Tells the others what was written. */
  succeeded(receipts: readonly WriteReceipt[]): void {
    if (this.#all.size === 1) return;
    for (const other of this.#others()) {
      this.#writes.forEach((write, index) => other.#note(write, receipts[index]?.etag));
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

  /** Whether another proves that a write was not carried out: it inserted the row that is there, deleted the one that is not, or used up the ETag. */
  isRuledOut({ mode, rowKey, ifMatch }: OwnWrite, etag: string | undefined): boolean {
    const done = this.#doneByOthers;
    if (done === undefined) return false;
    if (ifMatch !== undefined && ifMatch !== '*' && done.has(`used ${ifMatch} ${rowKey}`)) return true;
    if (mode === 'insert') return done.has(`inserted ${etag} ${rowKey}`);
    return mode === 'delete' && etag === undefined && done.has(`deleted ${rowKey}`);
  }

  #note({ mode, rowKey, ifMatch }: KeptWrite, etag: string | undefined): void {
    const done = (this.#doneByOthers ??= new Set());
    if (mode === 'insert') done.add(`inserted ${etag} ${rowKey}`);
    if (mode === 'delete') done.add(`deleted ${rowKey}`);
    if (ifMatch !== undefined && ifMatch !== '*') done.add(`used ${ifMatch} ${rowKey}`);
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
