import { Deadline } from '../../async/deadline.js';
import { notify } from '../../async/notify.js';
import type { BulkFailure } from '../../errors/write-reports.js';
import { EntitableError } from '../../errors/entitable-error.js';
import { checkFunction, type OperationOptions } from '../../options/operation-options.js';
import type { ReadyWrite } from '../../writing/batch.js';
import { writeBulk } from '../../writing/bulk-write.js';
import { checkWriting } from '../copy-options.js';
import { EntityRepair, SurplusEntry } from './index-repair.js';
import { IndexComparison } from './index-comparison.js';
import type { IndexFailure, RebuildIndexesOptions, RebuildIndexesReport } from './index-options.js';
import type { IndexedClass } from './indexed-class.js';

/**
 * Writes the entries of a class that are missing or hold other values than their entities, and deletes the stale ones.
 */
export async function rebuildIndexes(
  indexed: IndexedClass,
  options: RebuildIndexesOptions,
): Promise<RebuildIndexesReport> {
  const { concurrency, onProgress, timeout } = options;
  checkWriting({ concurrency, timeout });
  if (onProgress !== undefined) checkFunction('onProgress', onProgress);
  return new IndexRebuild(indexed, options).run();
}

/** One run of `rebuild`. */
class IndexRebuild {
  readonly #indexed: IndexedClass;
  readonly #options: RebuildIndexesOptions;
  readonly #requests: OperationOptions;
  readonly #comparison: IndexComparison;
  readonly #failed: IndexFailure[] = [];
  #written = 0;
  #deleted = 0;

  constructor(indexed: IndexedClass, options: RebuildIndexesOptions) {
    const { signal, timeout } = options;
    this.#indexed = indexed;
    this.#options = options;
    this.#requests = { signal, timeout };
    this.#comparison = new IndexComparison(indexed, this.#requests, () => this.#report());
  }

  async run(): Promise<RebuildIndexesReport> {
    for await (const { partitionKey, rowKey, refusals } of this.#comparison.readEntities()) {
      for (const { index, error } of refusals) this.#failed.push({ partitionKey, rowKey, indexes: [index], error });
    }
    await this.#deleteStale();
    await this.#writeMissing();
    const { entities, entries } = this.#comparison;
    return Object.freeze({
      entities,
      entries,
      written: this.#written,
      deleted: this.#deleted,
      failed: Object.freeze(this.#failed),
    });
  }

  /**
   * Deletes the stale entries, except those that were written again meanwhile: such an entry has another ETag, and
   * belongs to an entity.
   */
  async #deleteStale(): Promise<void> {
    const failed = await this.#write(this.#staleEntries(), (entry: SurplusEntry) => entry.ready(() => this.#deleted++));
    for (const { item, error } of failed) {
      if (!EntitableError.is(error, 'store.precondition-failed')) this.#fail(item, error);
    }
  }

  async *#staleEntries(): AsyncGenerator<SurplusEntry, void, undefined> {
    for await (const page of this.#comparison.staleEntries()) yield* page.map((entry) => new SurplusEntry(entry));
  }

  /**
   * Writes the entries that are missing or hold other values than their entities. Repairs that failed are resumed one
   * by one at the end.
   */
  async #writeMissing(): Promise<void> {
    const onWritten = (entries: number): void => {
      this.#written += entries;
    };
    const failed = await this.#write(this.#repairs(), (repair: EntityRepair) => repair.ready(onWritten));
    for (const { item, error } of failed) await this.#resume(item, error, onWritten);
  }

  /**
   * Resumes a repair that failed. If a unique index refused the entity's entry, it writes the entries in the remaining
   * indexes. If other writers kept changing the entity, it reads the entity again and writes its entries. The failures
   * that remain are added to the report.
   */
  async #resume(repair: EntityRepair, error: unknown, onWritten: (entries: number) => void): Promise<void> {
    let rest = repair;
    for (let failure: unknown = error; failure !== undefined;) {
      new Deadline(this.#requests).check();
      if (EntitableError.is(failure, 'entity.not-unique')) {
        const { index } = failure.details;
        this.#fail(
          rest.only((name) => name === index),
          failure,
        );
        rest = rest.only((name) => name !== index);
        if (rest.indexes.length === 0) break;
      } else if (failure !== error || !EntitableError.is(failure, 'store.precondition-failed')) {
        this.#fail(rest, failure);
        break;
      }
      failure = await rest.untilWritten(onWritten).then(
        () => undefined,
        (cause: unknown) => cause,
      );
    }
    this.#report();
  }

  async *#repairs(): AsyncGenerator<EntityRepair, void, undefined> {
    for await (const gaps of this.#comparison.gaps()) {
      const entities = new Map(gaps.map(({ entity }) => [entity, gaps.filter((gap) => gap.entity === entity)]));
      for (const [entity, own] of entities) {
        const makers = own.map(({ maker }) => maker);
        yield new EntityRepair(this.#indexed, entity, makers, this.#requests);
      }
    }
  }

  /**
   * Sends the writes of items, at most one transaction of each partition at a time. Returns the items whose writes
   * failed; throws the error that stopped the remaining ones.
   */
  async #write<I>(items: AsyncIterable<I>, prepare: (item: I) => ReadyWrite): Promise<readonly BulkFailure<I>[]> {
    const { signal, timeout, concurrency } = this.#options;
    const task = { store: this.#indexed.mapper.store, prepare, ignored: 'store.not-found' } as const;
    try {
      const onProgress = (): void => this.#report();
      const options = { signal, timeout, concurrency, onError: 'collect', onProgress } as const;
      return (await writeBulk(items, task, options)).failed;
    } catch (error) {
      new Deadline({ signal }).check();
      throw EntitableError.is(error, 'commit.bulk-stopped') ? error.cause : error;
    }
  }

  #fail({ partitionKey, rowKey, indexes }: EntityRepair | SurplusEntry, error: unknown): void {
    this.#failed.push(Object.freeze({ partitionKey, ...(rowKey !== undefined && { rowKey }), indexes, error }));
  }

  #report(): void {
    const { onProgress } = this.#options;
    if (onProgress === undefined) return;
    const { entities, entries } = this.#comparison;
    const failed = this.#failed.length;
    notify(onProgress, { entities, entries, written: this.#written, deleted: this.#deleted, failed });
  }
}
