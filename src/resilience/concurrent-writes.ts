import { pause } from '../async/backoff.js';
import { linkSignal } from '../async/linked-signal.js';
import type { WriteMode, WriteReceipt } from '../store/table-store.js';
import type { OperationOptions } from '../options/operation-options.js';
import type { Verdict } from './read-back.js';
import { fingerprintOf, NO_ETAG, REMEMBERED, RecentWrites, type OwnWrite } from './recent-writes.js';

/** Maximum number of submissions of unknown outcome that are remembered. */
const MOST_DOUBTS = 1000;

/**
 * Writes that were submitted together and whose outcome is unknown: the condition of each, by row key. A condition is
 * an ETag, `insert` for a row that must not exist, or `*` for all other writes.
 */
interface Doubt {
  readonly at: number;
  readonly partition: string;
  readonly rows: ReadonlyMap<string, string>;
}

/**
 * Informs concurrent writes to the same rows, within one process, of each other's outcomes, and remembers the outcomes
 * after the writes have ended. A write whose response was lost therefore does not mistake a row that another write has
 * stored for its own, even if the content is the same.
 */
export class ConcurrentWrites {
  readonly #partitions = new Map<string, Set<InFlightWrite>>();
  readonly #recent = new RecentWrites();
  /** The writes of unknown outcome, the oldest first. */
  readonly #doubts = new Set<Doubt>();
  /** The entry of `#doubts` that a write belongs to, so that it can be dropped if the outcome becomes known later. */
  readonly #doubtOf = new WeakMap<OwnWrite, Doubt>();

  /**
   * Registers writes of one partition that are about to be sent. The caller calls `leave` on the result when they end.
   */
  enter(table: string, writes: readonly OwnWrite[]): InFlightWrite {
    const partition = `${table}\n${writes[0]?.partitionKey}`;
    let contenders = this.#partitions.get(partition);
    if (contenders === undefined) this.#partitions.set(partition, (contenders = new Set()));
    const contender = new InFlightWrite(this, partition, writes, contenders, () => this.#partitions.delete(partition));
    contenders.add(contender);
    return contender;
  }

  /** Remembers writes that succeeded, with the ETags that they created. */
  remember(partition: string, writes: readonly OwnWrite[], receipts: readonly WriteReceipt[]): void {
    this.#recent.remember(partition, writes, receipts);
  }

  /** Remembers writes whose outcome is unknown. */
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

  /** Removes writes whose outcome is known now from those of unknown outcome. */
  forget(writes: readonly OwnWrite[]): void {
    if (this.#doubts.size === 0) return;
    for (const write of writes) {
      const doubt = this.#doubtOf.get(write);
      if (doubt !== undefined) this.#doubts.delete(doubt);
    }
  }

  /** Returns whether another write, whose outcome is unknown, may have produced the current row. */
  isDoubted(partition: string, writes: readonly OwnWrite[], rowKey: string): boolean {
    const rows = conditionsOf(writes);
    const own = new Set(writes.map((write) => this.#doubtOf.get(write)));
    return [...this.#doubts].some(
      (doubt) => doubt.partition === partition && !own.has(doubt) && mayBeMistaken(rows, doubt.rows, rowKey),
    );
  }

  /**
   * Returns what the remembered writes prove about a write whose response was lost, given the current ETag of its row.
   */
  verdictOn(partition: string, { mode, rowKey, ifMatch }: OwnWrite, etag: string | undefined): Verdict {
    const recent = this.#recent.of(partition, rowKey);
    const [asked, stands] = [fingerprintOf(ifMatch), fingerprintOf(etag)];
    if (asked !== NO_ETAG && recent.some(({ used }) => used === asked)) return 'not-written';
    const maker = stands === NO_ETAG ? undefined : recent.findLast(({ made }) => made === stands);
    if (maker === undefined) return undefined;
    // If another write inserted the current row, this insert was rejected, unless the row was deleted in between: then
    // this insert may have created the row that was deleted.
    const isFirst = mode === 'insert' && maker.mode === 'insert' && !recent.some((write) => write.mode === 'delete');
    return isFirst ? 'not-written' : 'anothers';
  }

  /**
   * Returns what is known about a delete whose row is gone because another write deleted it. If the row may have been
   * inserted again in between, this delete may have been carried out as well.
   */
  verdictOnDeleted(partition: string, { rowKey }: OwnWrite): Verdict {
    return this.#recent.of(partition, rowKey).some(({ mode }) => MAKES_ROWS.has(mode)) ? 'anothers' : 'not-written';
  }
}

/** Write modes that create the row if it does not exist. */
const MAKES_ROWS: ReadonlySet<WriteMode> = new Set<WriteMode>(['insert', 'upsert-merge', 'upsert-replace']);

const ANY = '*';

/** Returns the condition of each write by row key. */
function conditionsOf(writes: readonly OwnWrite[]): ReadonlyMap<string, string> {
  return new Map(writes.map(({ rowKey, mode, ifMatch }) => [rowKey, mode === 'insert' ? mode : (ifMatch ?? ANY)]));
}

/**
 * Returns whether one transaction may be mistaken for another because both write this row under compatible conditions.
 * Two transactions with the same rows and conditions are excluded: nobody can tell them apart, and it makes no
 * difference, because whichever of them counts as the writer of the rows, the other counts as rejected. If one of them
 * writes more rows, such a rejection would be wrong.
 */
function mayBeMistaken(own: ReadonlyMap<string, string>, other: ReadonlyMap<string, string>, rowKey: string): boolean {
  const [mine, theirs] = [own.get(rowKey), other.get(rowKey)];
  if (mine === undefined || theirs === undefined || (mine !== theirs && mine !== ANY && theirs !== ANY)) return false;
  return own.size !== other.size || [...own].some(([key, condition]) => other.get(key) !== condition);
}

/**
 * Writes that were submitted together, while their outcome is being determined. Other writes to the same rows can wait
 * for it.
 */
export class InFlightWrite {
  readonly #rivals: ConcurrentWrites;
  readonly #partition: string;
  readonly #writes: readonly OwnWrite[];
  readonly #all: Set<InFlightWrite>;
  readonly #onLast: () => void;
  /** Keys of rows that other writes have deleted meanwhile. */
  #deletedByOthers: Set<string> | undefined;
  /** Callbacks that run once the outcome is known, or once only reading back can determine it. */
  #onDecided: (() => void)[] | undefined;
  #isDecided = false;
  /** True while the outcome can only be determined from the rows themselves. */
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

  /**
   * Records that these writes succeeded, and informs the other writes in flight of the rows that these writes deleted.
   */
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

  /** Declares that no response is expected any more, so that other writes stop waiting for this one. */
  readsBack(): void {
    this.#isInDoubt = true;
    this.#decide();
  }

  /** Declares that the outcome is known. */
  settled(): void {
    this.#isInDoubt = false;
    this.#rivals.forget(this.#writes);
  }

  /**
   * Declares that the outcome cannot be determined. From now on, rows that these writes may have written prove nothing
   * about other writes.
   */
  isUnknown(): void {
    this.#rivals.doubt(this.#partition, this.#writes);
  }

  leave(): void {
    this.#decide();
    this.#all.delete(this);
    if (this.#all.size === 0) this.#onLast();
  }

  /**
   * Waits for the other writes to these rows that are in flight now, until the outcome of each is known or can only be
   * determined by reading back. Resolves to `false` if the time limit or the signal ends the wait before that.
   */
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
   * Returns what other writes prove about this one. This one was not carried out if another write with the same ETag as
   * its condition succeeded, or if another write inserted the existing row or deleted the missing one. If another write
   * produced the current row, its content proves nothing about this one.
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
