import { pause } from '../async/backoff.js';
import { linkSignal } from '../async/linked-signal.js';
import type { WriteMode, WriteReceipt } from '../store/table-store.js';
import type { OperationOptions } from '../options/operation-options.js';
import type { Verdict } from './read-back.js';
import { fingerprintOf, NO_ETAG, REMEMBERED, RecentWrites, type OwnWrite } from './recent-writes.js';

/** Doubts that are remembered at most. */
const MOST_DOUBTS = 1000;

/** What was submitted together, of which nobody can tell whether it was carried out: its rows, and what each write was conditional on. */
interface Doubt {
  readonly at: number;
  readonly partition: string;
  readonly rows: ReadonlyMap<string, string>;
}

/**
 * Writes of one process to the same rows tell each other what they did, also when they are over: what another has written is not taken
 * for one's own, however alike it is.
 */
export class ConcurrentWrites {
  readonly #partitions = new Map<string, Set<InFlightWrite>>();
  readonly #recent = new RecentWrites();
  /** The oldest first. */
  readonly #doubts = new Set<Doubt>();
  /** The doubts of writes, which may be settled later. */
  readonly #doubtOf = new WeakMap<OwnWrite, Doubt>();

  /** Writes of one partition are begun. Who begins them says when they end. */
  enter(table: string, writes: readonly OwnWrite[]): InFlightWrite {
    const partition = `${table}\n${writes[0]?.partitionKey}`;
    let contenders = this.#partitions.get(partition);
    if (contenders === undefined) this.#partitions.set(partition, (contenders = new Set()));
    const contender = new InFlightWrite(this, partition, writes, contenders, () => this.#partitions.delete(partition));
    contenders.add(contender);
    return contender;
  }

  /** Remembers what was written. */
  remember(partition: string, writes: readonly OwnWrite[], receipts: readonly WriteReceipt[]): void {
    this.#recent.remember(partition, writes, receipts);
  }

  /** Remembers writes of which nobody can tell whether they were carried out. */
  doubt(partition: string, writes: readonly OwnWrite[]): void {
    this.forget(writes);
    const at = Date.now();
    const doubt: Doubt = { at, partition, rows: conditionsOf(writes) };
    this.#doubts.add(doubt);
    for (const write of writes) this.#doubtOf.set(write, doubt);
    for (const old of this.#doubts) {
      if (this.#doubts.size <= MOST_DOUBTS && old.at >= at - REMEMBERED) break;
      this.#doubts.delete(old);
    }
  }

  /** It is known now whether they were. */
  forget(writes: readonly OwnWrite[]): void {
    if (this.#doubts.size === 0) return;
    for (const write of writes) {
      const doubt = this.#doubtOf.get(write);
      if (doubt !== undefined) this.#doubts.delete(doubt);
    }
  }

  /** Whether other writes may have left the row of one of these, although nobody has seen them succeed. */
  isDoubted(partition: string, writes: readonly OwnWrite[], rowKey: string): boolean {
    const rows = conditionsOf(writes);
    const own = new Set(writes.map((write) => this.#doubtOf.get(write)));
    return [...this.#doubts].some(
      (doubt) => doubt.partition === partition && !own.has(doubt) && mayBeMistaken(rows, doubt.rows, rowKey),
    );
  }

  /** What is known of the row of a write that was not seen to succeed, where the row has this ETag now. */
  verdictOn(partition: string, { mode, rowKey, ifMatch }: OwnWrite, etag: string | undefined): Verdict {
    const recent = this.#recent.of(partition, rowKey);
    const [asked, stands] = [fingerprintOf(ifMatch), fingerprintOf(etag)];
    if (asked !== NO_ETAG && recent.some(({ used }) => used === asked)) return 'not-written';
    const maker = stands === NO_ETAG ? undefined : recent.findLast(({ made }) => made === stands);
    if (maker === undefined) return undefined;
    // A row that was deleted meanwhile may have been this one's.
    const isFirst = mode === 'insert' && maker.mode === 'insert' && !recent.some((write) => write.mode === 'delete');
    return isFirst ? 'not-written' : 'anothers';
  }

  /** What is known of a delete whose row is not there, and was deleted by another: the row may have been inserted again in between. */
  verdictOnDeleted(partition: string, { rowKey }: OwnWrite): Verdict {
    return this.#recent.of(partition, rowKey).some(({ mode }) => MAKES_ROWS.has(mode)) ? 'anothers' : 'not-written';
  }
}

/** Writes after which a row is there that may not have been. */
const MAKES_ROWS: ReadonlySet<WriteMode> = new Set<WriteMode>(['insert', 'upsert-merge', 'upsert-replace']);

const ANY = '*';

/** By row, what each write is conditional on. */
function conditionsOf(writes: readonly OwnWrite[]): ReadonlyMap<string, string> {
  return new Map(writes.map(({ rowKey, mode, ifMatch }) => [rowKey, mode === 'insert' ? mode : (ifMatch ?? ANY)]));
}

/**
 * Whether one transaction may be taken for another by a row that both write: where one has found that row, so has the other. Two of the
 * same rows under the same conditions cannot be told apart by anybody, and so need not: whichever takes what stands there for its own,
 * the other is refused. Where one writes more rows, the refusal would be a lie.
 */
function mayBeMistaken(own: ReadonlyMap<string, string>, other: ReadonlyMap<string, string>, rowKey: string): boolean {
  const [mine, theirs] = [own.get(rowKey), other.get(rowKey)];
  if (mine === undefined || theirs === undefined || (mine !== theirs && mine !== ANY && theirs !== ANY)) return false;
  return own.size !== other.size || [...own].some(([key, condition]) => other.get(key) !== condition);
}

/** What is submitted together, as its rivals see it. */
export class InFlightWrite {
  readonly #rivals: ConcurrentWrites;
  readonly #partition: string;
  readonly #writes: readonly OwnWrite[];
  readonly #all: Set<InFlightWrite>;
  readonly #onLast: () => void;
  /** Keys of rows that others have deleted meanwhile. */
  #deletedByOthers: Set<string> | undefined;
  /** Told when it is known whether this one was carried out, or when only reading back can tell. */
  #onDecided: (() => void)[] | undefined;
  #isDecided = false;
  /** Whether only what stands in the rows can tell. */
  #isInDoubt = false;

  constructor(
    rivals: ConcurrentWrites,
    partition: string,
    writes: readonly OwnWrite[],
    all: Set<InFlightWrite>,
    onLast: () => void,
  ) {
    this.#rivals = rivals;
    this.#partition = partition;
    this.#writes = writes;
    this.#all = all;
    this.#onLast = onLast;
  }

  /** Tells the others what was written. */
  succeeded(receipts: readonly WriteReceipt[]): void {
    this.settled();
    this.#rivals.remember(this.#partition, this.#writes, receipts);
    if (this.#all.size === 1) return;
    const deleted = this.#writes.filter(({ mode }) => mode === 'delete');
    if (deleted.length === 0) return;
    for (const other of this.#others()) {
      for (const { rowKey } of deleted) (other.#deletedByOthers ??= new Set()).add(rowKey);
    }
  }

  /** No answer is waited for any more: others need not wait for this one. */
  readsBack(): void {
    this.#isInDoubt = true;
    this.#decide();
  }

  /** It is known whether it was carried out. */
  settled(): void {
    this.#isInDoubt = false;
    this.#rivals.forget(this.#writes);
  }

  /** Nobody can tell whether it was carried out: what it may have left is no proof for others. */
  isUnknown(): void {
    this.#rivals.doubt(this.#partition, this.#writes);
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
    const release = linkSignal(signal, over);
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
    if (write.mode === 'delete' && etag === undefined && this.#deletedByOthers?.has(write.rowKey))
      return this.#rivals.verdictOnDeleted(this.#partition, write);
    const verdict = this.#rivals.verdictOn(this.#partition, write, etag);
    return verdict === undefined && this.#isDoubted(write.rowKey) ? 'anothers' : verdict;
  }

  #isDoubted(rowKey: string): boolean {
    const own = conditionsOf(this.#writes);
    const others = this.#others().filter((other) => other.#isInDoubt);
    return (
      others.some((other) => mayBeMistaken(own, conditionsOf(other.#writes), rowKey)) ||
      this.#rivals.isDoubted(this.#partition, this.#writes, rowKey)
    );
  }

  #others(): readonly InFlightWrite[] {
    const rows = new Set(this.#writes.map(({ rowKey }) => rowKey));
    return [...this.#all].filter((other) => other !== this && other.#writes.some(({ rowKey }) => rows.has(rowKey)));
  }

  #decide(): void {
    this.#isDecided = true;
    for (const tell of this.#onDecided ?? []) tell();
    this.#onDecided = undefined;
  }
}
