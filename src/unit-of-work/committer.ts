import { EntitableError } from '../errors/entitable-error.js';
import type { CommitReport } from '../errors/write-reports.js';
import { checkCount } from '../options/check-option.js';
import { entriesAfter, entriesBefore, haveEntries } from '../writing/apart-phases.js';
import { isJoined, planBatches, type Batch, type GroupRow } from '../writing/batch.js';
import { checkGroup } from '../writing/check-group.js';
import { joinGroups } from '../writing/join-groups.js';
import { ownRow } from '../repository/entity-etag.js';
import type { CommitOptions } from '../repository/session.js';
import { Deadline } from '../async/deadline.js';
import type { ServiceLimits } from '../store/limits.js';
import type { TableStore, WriteReceipt } from '../store/table-store.js';
import type { OperationOptions } from '../options/operation-options.js';
import { changeOf, type ChangeSet } from './change-set.js';
import { CommitRecord } from './commit-report.js';
import { checkAtomic } from './plan.js';
import { settleWrites, type LostWrites } from '../resilience/settle-writes.js';
import type { SeenRows } from './seen-rows.js';
import { readUncertain } from './unit-knowledge.js';
import { sendBatches, type BatchOutcome } from './send-batches.js';
import type { IdentityMap } from './identity-map.js';

/** A batch whose response was lost, so that its outcome is unknown. */
interface LostBatch {
  readonly batch: Batch<ChangeSet>;
  /** The further rows that were sent with the writes, e.g. entries of indexes. */
  readonly others: readonly GroupRow[];
  /** Start of the commit that sent it, in milliseconds since 1970. */
  readonly since: number;
  readonly error: unknown;
}

/** Sends the pending writes of a unit of work and updates its identity map with their outcome. */
export class Committer {
  readonly #store: TableStore;
  readonly #rows: IdentityMap;
  readonly #seen: SeenRows;
  readonly #validate: (changes: readonly ChangeSet[]) => Promise<void>;
  /**
   * Batches whose response was lost. Their rows stay locked, i.e. accept no other pending write, until the outcome is
   * known.
   */
  readonly #lost = new Set<LostBatch>();

  #hasWritten = false;

  constructor(
    store: TableStore,
    rows: IdentityMap,
    seen: SeenRows,
    validate: (changes: readonly ChangeSet[]) => Promise<void>,
  ) {
    this.#store = store;
    this.#rows = rows;
    this.#seen = seen;
    this.#validate = validate;
  }

  /** True if a commit has written something, or may have. */
  get hasWritten(): boolean {
    return this.#hasWritten;
  }

  /**
   * Returns the batches of each partition, without rows whose last write has an unknown outcome. Throws `key.changed`,
   * `validation.*`, `entity.not-unique` if two entities want the same unique value, and `commit.not-atomic` if an
   * entity's row and its entries in indexes do not fit into one transaction.
   */
  plan(): readonly (readonly Batch<ChangeSet>[])[] {
    const rows = Array.from(this.#rows.all()).filter((row) => !this.#rows.isLocked(row));
    const changes = rows.map(changeOf).filter((change) => change !== undefined);
    const { limits } = this.#store.traits;
    const groups = joinGroups(changes);
    for (const group of groups) checkFits(group, limits);
    return planBatches(groups, limits);
  }

  async commit({ atomic = false, concurrency = 16, ...options }: CommitOptions): Promise<CommitReport> {
    checkCount('concurrency', concurrency, 1);
    const record = new CommitRecord(this.#seen);
    const isSettled = await this.#settleLost(record, options);
    await readUncertain(this.#rows, this.#seen, options);
    const partitions = this.plan();
    if (!isSettled) {
      record.planned(changesOf(partitions));
    } else {
      const requirement = changesOf(partitions).find(({ isRequirement }) => isRequirement);
      if (atomic || requirement !== undefined) checkAtomic(partitions, this.#store.traits, requirement);
      await this.#send(partitions, record, { concurrency, ...options });
    }
    return record.conclude();
  }

  /** Forgets the batches of unknown outcome. */
  discard(): void {
    this.#lost.clear();
  }

  async #send(
    partitions: readonly (readonly Batch<ChangeSet>[])[],
    record: CommitRecord,
    options: OperationOptions & { readonly concurrency: number },
  ): Promise<void> {
    const changes = changesOf(partitions);
    const since = Date.now();
    for (const { row } of changes) this.#rows.lock(row);
    try {
      await new Deadline(options).wait(this.#validate(changes));
      record.planned(changes);
      if (!(await this.#prepareEntries(changes, record, options))) return;
      await sendBatches(this.#store, partitions, {
        ...options,
        answered: (batch, sent) => this.#answered(batch, sent, { since, record }),
        onStale: (entries) => record.stale(entries),
      });
      if (options.signal?.aborted) record.stoppedBy(options.signal);
    } finally {
      const unknown = new Set(Array.from(this.#lost, ({ batch }) => batch.writes).flat());
      const known = changes.filter((change) => !unknown.has(change));
      if (haveEntries(changes)) {
        const onStale = record.stale.bind(record);
        await entriesAfter([...unknown], 'unknown', { options, cause: record.cause, onStale });
        await entriesAfter(known, 'not-written', { options, cause: record.cause, onStale });
      }
      for (const { row } of known) this.#rows.unlock(row);
    }
  }

  /**
   * Writes the entries of all changes in indexes with partitions of their own, before any row is sent. Resolves to
   * `false` if one of them could not be written, so that no row may be sent.
   */
  async #prepareEntries(
    changes: readonly ChangeSet[],
    record: CommitRecord,
    options: OperationOptions,
  ): Promise<boolean> {
    if (!haveEntries(changes)) return true;
    const refused = await entriesBefore(changes, options);
    for (const [change, error] of refused)
      record.failed(EntitableError.is(error, 'store.aborted') ? [] : [change], error);
    return refused.size === 0;
  }

  #answered(
    batch: Batch<ChangeSet>,
    sent: BatchOutcome,
    { since, record }: { readonly since: number; readonly record: CommitRecord },
  ): void {
    switch (sent.outcome) {
      case 'written':
        this.#committed(sent.receipts);
        return record.committed(batch.writes);
      case 'not-written':
        return record.failed(sent.failed, sent.error);
      case 'unknown':
        this.#hasWritten = true;
        this.#lost.add({ batch, others: sent.others, since, error: sent.error });
        return record.unknown(batch.writes, sent.error);
      default:
        return sent satisfies never;
    }
  }

  /** Determines the outcome of lost batches by reading their rows. Resolves to `true` if all of them are settled. */
  async #settleLost(record: CommitRecord, options: OperationOptions): Promise<boolean> {
    for (const lost of this.#lost) {
      const { writes } = lost.batch;
      try {
        const receipts = await settleWrites(lostWrites(lost), options);
        this.#lost.delete(lost);
        for (const { row } of writes) this.#rows.unlock(row);
        if (receipts === undefined) continue;
        this.#committed(new Map(writes.map((change, index) => [change, receipts[index]!])));
        record.committed(writes);
        await entriesAfter(writes, 'written', { options, onStale: (entries) => record.stale(entries) });
      } catch (error) {
        record.unknown(writes, error);
      }
    }
    return this.#lost.size === 0;
  }

  #committed(receipts: ReadonlyMap<ChangeSet, WriteReceipt>): void {
    this.#hasWritten = true;
    for (const [{ row, write, before, isBeforeUncertain, unassigned }, receipt] of receipts) {
      this.#rows.unlock(row);
      const current = this.#rows.current(row) ?? row; // a read may have loaded the row's entity during the commit
      const { mapper, entity } = current;
      if (write.mode === 'delete') {
        if (entity !== undefined) mapper.deleted(entity);
        this.#rows.forget(current);
      } else if (entity === undefined) {
        this.#rows.forget(current);
      } else {
        // From now on the entity is compared with what was sent, so the next commit sends changes that were made during
        // this one.
        const known = before ?? (write.mode === 'merge' ? ownRow(mapper, entity) : undefined);
        mapper.written(entity, write, receipt, { before: known, isBeforeUncertain, unassigned });
        this.#rows.change(current, { held: { kind: 'difference' }, required: undefined });
      }
    }
  }
}

/** Checks that one transaction can hold the rows of a group. Throws `commit.not-atomic`. */
function checkFits(group: ChangeSet | readonly ChangeSet[], limits: ServiceLimits): void {
  const joined = isJoined(group) ? group : [group];
  const [{ others, row }] = joined as readonly [ChangeSet];
  if (others !== undefined) checkGroup(joined, limits, row.mapper.metadata.className);
}

function lostWrites({ batch: { table, writes }, others, since, error }: LostBatch): LostWrites {
  const doubtful = writes.map(({ write, ifMatch, removed, row: { mapper } }) => ({
    write,
    ifMatch,
    remove: removed,
    rows: mapper.rows,
    shape: mapper.shape,
  }));
  return { table, writes: [...doubtful, ...others], since, error };
}

function changesOf(partitions: readonly (readonly Batch<ChangeSet>[])[]): readonly ChangeSet[] {
  return partitions.flatMap((batches) => batches.flatMap(({ writes }) => writes));
}
