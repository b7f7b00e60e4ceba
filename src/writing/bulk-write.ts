import { onAbort, withLinkedSignal } from '../async/linked-signal.js';
import type { BulkFailure } from '../errors/write-reports.js';
import { EntitableError } from '../errors/entitable-error.js';
import { checkFunction } from '../options/operation-options.js';
import { Deadline } from '../async/deadline.js';
import type { TableStore } from '../store/table-store.js';
import type { Batch, ReadyWrite } from './batch.js';
import { isOfWrite } from './refusals.js';
import { PartitionQueues } from './partition-queues.js';
import {
  checkItems,
  type BulkDeleteOptions,
  type BulkOptions,
  type BulkResult,
  type BulkProgress,
} from './bulk-options.js';
import { ItemReader, type Items, type ReadItem } from '../async/item-reader.js';
import { sendBatch, type BulkSending, type IgnoredRefusal, type BulkItem } from './bulk-transaction.js';
import { checkChoice } from '../options/check-option.js';
import { concurrencyOf } from './concurrency.js';
import { notify } from '../async/notify.js';

/**
 * Time without a new item, in milliseconds, after which the items read so far are sent even if they do not fill a
 * transaction.
 */
const LINGER = 250;

/** The part of a bulk write that does not depend on its input: the store, and how an item becomes a write. */
export interface BulkTask<I> {
  readonly store: TableStore;
  readonly prepare: (item: I) => ReadyWrite | Promise<ReadyWrite>;
  /** Code of the refusal that counts as success, if any. */
  readonly ignored?: IgnoredRefusal | undefined;
  /** The number of items that are prepared at the same time, if preparing them takes a request; 1 by default. */
  readonly ahead?: number | undefined;
}

/**
 * Returns the code of the refusal that a bulk delete counts as success; `undefined` if every refusal is an error.
 * Throws `validation.invalid-option`.
 */
export function ignoredOf(missing: NonNullable<BulkDeleteOptions['missing']>): IgnoredRefusal | undefined {
  return checkChoice('missing', missing, ['throw', 'ignore']) === 'ignore' ? 'store.not-found' : undefined;
}

/** Writes an input of any length. Throws `commit.bulk-stopped`, which reports what was written. */
export function writeBulk<I>(items: Items<I>, task: BulkTask<I>, options: BulkOptions): Promise<BulkResult<I>> {
  return withLinkedSignal(options.signal, (signal) => new BulkWrite(items, task, { ...options, signal }).run());
}

/**
 * One bulk write: reads a bounded number of items ahead of the store, and sends transactions of many partitions
 * concurrently.
 */
class BulkWrite<I> {
  readonly #task: BulkTask<I>;
  readonly #sending: BulkSending;
  readonly #signal: AbortSignal | undefined;
  readonly #report: (done: number, failed: number) => void;
  readonly #reader: ItemReader<I>;
  readonly #lanes: PartitionQueues<BulkItem<I>>;
  readonly #failed: BulkFailure<I>[] = [];
  readonly #unsent: BulkItem<I>[] = [];
  /** Items whose preparation was not finished when the write was stopped. */
  readonly #unprepared: ReadItem<I>[] = [];
  #written = 0;
  #underWay = 0;
  /** Number of items that are being prepared or are waiting for earlier ones. */
  #waiting = 0;
  #turn = Promise.resolve();
  #stop: { readonly cause: unknown } | undefined;
  /**
   * Aborted when the bulk write stops, which then no longer waits for an item that is being prepared, e.g. validated.
   */
  readonly #halt = new AbortController();
  #changed: () => void = () => undefined;

  constructor(items: Items<I>, task: BulkTask<I>, options: BulkOptions) {
    const { concurrency = 16, onError = 'throw', onProgress, signal, timeout } = options;
    checkItems('A bulk write', items);
    if (onProgress !== undefined) checkFunction('onProgress', onProgress);
    this.#task = task;
    this.#sending = {
      store: task.store,
      operation: { signal, timeout },
      concurrency: concurrencyOf(concurrency),
      collects: checkChoice('onError', onError, ['throw', 'collect']) === 'collect',
      ignored: task.ignored,
      stopped: () => this.#stop !== undefined,
    };
    this.#signal = signal;
    this.#report = progressReport(items, onProgress);
    this.#reader = new ItemReader(items);
    this.#lanes = new PartitionQueues(task.store.traits.limits);
  }

  async run(): Promise<BulkResult<I>> {
    const linger = this.#sendWhenIdle();
    const release = onAbort(this.#signal, () => this.#stopFor(this.#signal?.reason));
    try {
      await this.#readAll();
      while (this.#underWay > 0 || this.#start('any')) await this.#change();
    } finally {
      clearInterval(linger);
      release();
    }
    this.#failed.sort((a, b) => a.index - b.index);
    if (this.#stop !== undefined) throw this.#stopped(this.#stop.cause);
    return { written: this.#written, failed: this.#failed };
  }

  async #readAll(): Promise<void> {
    const { ahead = 1 } = this.#task;
    const preparing: Promise<void>[] = [];
    try {
      while (this.#stop === undefined) {
        // An item that is available at once is not awaited: to await each item would cost more than to process it.
        const asked = this.#reader.next();
        const next = asked instanceof Promise ? await asked : asked;
        if (next === undefined) break;
        const taken = this.#take(next);
        if (taken !== undefined) {
          preparing.push(taken);
          if (preparing.length >= ahead) await preparing.shift();
        }
        this.#start('full');
        while (this.#lanes.full && this.#stop === undefined) await this.#change();
      }
    } catch (error) {
      this.#stopFor(error);
    }
    await Promise.all(preparing);
    this.#reader.close();
  }

  #take(read: ReadItem<I>): Promise<void> | undefined {
    try {
      const prepared = this.#task.prepare(read.item);
      if (prepared instanceof Promise) {
        // The time limit of a request also applies to the preparation of an item, e.g. its validation.
        const { timeout } = this.#sending.operation;
        return this.#inTurn(
          new Deadline({ signal: this.#halt.signal, timeout }).wait(prepared).then(
            (write) => () => this.#add(read, write),
            (error: unknown) => () =>
              this.#stop === undefined ? this.#fail(read, error) : void this.#unprepared.push(read),
          ),
        );
      }
      if (this.#waiting > 0) return this.#inTurn(Promise.resolve(() => this.#add(read, prepared)));
      this.#add(read, prepared);
    } catch (error) {
      if (this.#waiting > 0) return this.#inTurn(Promise.resolve(() => this.#fail(read, error)));
      this.#fail(read, error);
    }
    return undefined;
  }

  /** Runs an item's step after the steps of all earlier items, so that the writes of a partition keep their order. */
  #inTurn(step: Promise<() => void>): Promise<void> {
    this.#waiting++;
    const before = this.#turn;
    const take = async (): Promise<void> => {
      await before;
      (await step)();
      this.#waiting--;
    };
    return (this.#turn = take());
  }

  #add({ index, item }: ReadItem<I>, ready: ReadyWrite): void {
    const { table, write, others, apart } = ready;
    this.#lanes.add({ index, item, table, write, others, apart, ready }); // a spread would cost as much as all the rest
  }

  #fail(read: ReadItem<I>, error: unknown): void {
    const { ignored } = this.#task;
    if (ignored !== undefined && EntitableError.is(error) && error.code === ignored) {
      this.#written++;
      return;
    }
    // The row of the item could not be read because the store does not respond, so other items would fail as well.
    if (this.#task.ahead !== undefined && EntitableError.is(error, 'store.') && !isOfWrite(error)) {
      this.#unprepared.push(read);
      return this.#stopFor(error);
    }
    const { index, item } = read;
    this.#failed.push({ index, item, error });
    if (!this.#sending.collects || !EntitableError.is(error)) this.#stopFor(error);
  }

  /** Starts transactions until as many are in flight as the concurrency allows. Returns whether any is in flight. */
  #start(which: 'full' | 'any'): boolean {
    while (this.#stop === undefined && this.#underWay < this.#sending.concurrency.limit) {
      const batch = this.#lanes.take(this.#lanes.full ? 'any' : which);
      if (batch === undefined) break;
      void this.#send(batch);
    }
    return this.#underWay > 0;
  }

  async #send(batch: Batch<BulkItem<I>>): Promise<void> {
    this.#underWay++;
    try {
      const { written, failed, unsent, stop } = await sendBatch(batch, this.#sending);
      this.#written += written;
      this.#failed.push(...failed);
      this.#unsent.push(...unsent);
      if (stop !== undefined) this.#stopFor(stop.cause);
      this.#report(this.#written, this.#failed.length);
    } catch (error) {
      this.#stopFor(error);
    }
    this.#underWay--;
    this.#lanes.done(batch);
    this.#start('full');
    this.#changed();
  }

  #change(): Promise<void> {
    return new Promise((resolve) => {
      this.#changed = resolve;
    });
  }

  /**
   * Starts a timer that sends the items read so far whenever the input stalls, e.g. a queue that is empty for a while.
   */
  #sendWhenIdle(): NodeJS.Timeout {
    let before = 0;
    return setInterval(() => {
      if (this.#reader.read === before) this.#start('any');
      before = this.#reader.read;
    }, LINGER);
  }

  #stopFor(cause: unknown): void {
    this.#stop ??= { cause };
    this.#reader.giveUp();
    this.#halt.abort(cause);
    this.#changed();
  }

  #stopped(cause: unknown): EntitableError {
    const { read } = this.#reader;
    const unsent: readonly ReadItem<I>[] = [...this.#unsent, ...this.#lanes.held(), ...this.#unprepared].toSorted(
      (a, b) => a.index - b.index,
    );
    const counts = `${read} items were read, ${this.#written} of them written; ${this.#failed.length} failed and ${unsent.length} were not sent`;
    const isOfItem = isOfWrite(cause) || (this.#failed.length > 0 && EntitableError.is(cause));
    const goOn =
      isOfItem && !this.#sending.collects ? " Pass onError: 'collect' to go on past items that cannot be written." : '';
    return new EntitableError(
      'commit.bulk-stopped',
      `The bulk write was stopped${this.#signal?.aborted ? ' by its signal' : ''}: ${counts}. ` +
        `The cause says why, details.failed and details.pending which.${goOn}`,
      { read, written: this.#written, failed: this.#failed, pending: unsent.map(({ item }) => item) },
      { cause },
    );
  }
}

/** Creates a function that reports the progress of a bulk write to a listener. */
function progressReport(
  items: Items<unknown>,
  listener: ((progress: BulkProgress) => unknown) | undefined,
): (done: number, failed: number) => void {
  if (listener === undefined) return () => undefined;
  const begin = performance.now();
  const total = sizeOf(items);
  return (done, failed) => {
    const seconds = (performance.now() - begin) / 1000;
    notify(listener, {
      done,
      failed,
      ...(total !== undefined && { total }),
      ratePerSecond: seconds > 0 ? Math.round(done / seconds) : 0,
    });
  };
}

function sizeOf(items: Items<unknown>): number | undefined {
  if (Array.isArray(items)) return items.length;
  return items instanceof Set || items instanceof Map ? items.size : undefined;
}
