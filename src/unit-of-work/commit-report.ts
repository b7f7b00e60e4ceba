import type { StoreErrorDetails } from '../errors/error-details.js';
import type { CommitReport, FailedWrite, StaleEntry } from '../errors/write-reports.js';
import { EntitableError, type CodesOf, type EntitableErrorOf } from '../errors/entitable-error.js';
import { withHidden } from '../errors/hidden-details.js';
import { inWordsOf } from '../repository/row-error.js';
import { describeChange, type ChangeSet } from './change-set.js';
import type { SeenRows } from './seen-rows.js';

/** Records the outcome of each write of a commit. */
export class CommitRecord {
  readonly #committed: ChangeSet[] = [];
  readonly #failed = new Map<ChangeSet, unknown>();
  readonly #unknown: ChangeSet[] = [];
  readonly #pending = new Set<ChangeSet>();
  readonly #stale: StaleEntry[] = [];
  #cause: unknown;
  /** The first rejection, with the writes that it applies to. */
  #refused: { readonly changes: readonly ChangeSet[]; readonly error: unknown } | undefined;
  readonly #seen: SeenRows;

  constructor(seen: SeenRows) {
    this.#seen = seen;
  }

  /** The first error; `undefined` if there is none. */
  get cause(): unknown {
    return this.#cause;
  }

  /** Records writes that are about to be sent. */
  planned(changes: Iterable<ChangeSet>): void {
    for (const change of changes) this.#pending.add(change);
  }

  committed(changes: Iterable<ChangeSet>): void {
    this.#move(changes, (change) => this.#committed.push(change));
  }

  failed(changes: readonly ChangeSet[], error: unknown): void {
    this.#cause ??= error;
    this.#refused ??= { changes, error };
    this.#move(changes, (change) => this.#failed.set(change, error));
  }

  unknown(changes: Iterable<ChangeSet>, error: unknown): void {
    this.#cause ??= error;
    this.#move(changes, (change) => this.#unknown.push(change));
  }

  /** Records entries of indexes that may be stale. */
  stale(entries: readonly StaleEntry[]): void {
    this.#stale.push(...entries);
  }

  /** Records that the signal was aborted before all writes were sent. */
  stoppedBy({ reason }: AbortSignal): void {
    const message = 'The commit was aborted before everything was sent.';
    this.#cause ??= new EntitableError('store.aborted', message, {}, { cause: reason });
  }

  /**
   * Returns the report if everything was written. Otherwise throws: the reason if nothing was written, `commit.partial`
   * if something was or may have been.
   */
  conclude(): CommitReport {
    const isOver = this.#failed.size + this.#unknown.length + this.#pending.size === 0;
    if (!isOver && this.#committed.length + this.#unknown.length === 0) throw this.#refusal();
    const report: CommitReport = Object.freeze({
      committed: Object.freeze(this.#committed.map(describeChange)),
      failed: Object.freeze(Array.from(this.#failed, ([change, error]) => failedWrite(change, error))),
      unknown: Object.freeze(this.#unknown.map(describeChange)),
      pending: Object.freeze(Array.from(this.#pending, describeChange)),
      ...(this.#stale.length > 0 && { stale: Object.freeze(this.#stale) }),
    });
    if (!isOver) throw partial(report, this.#cause);
    return report;
  }

  /** Returns the error of a commit that wrote nothing. */
  #refusal(): unknown {
    const { changes: [change, ...others] = [], error } = this.#refused ?? { error: this.#cause };
    // An error that does not concern a single write, e.g. an unreachable store, is thrown unchanged.
    if (change === undefined || others.length > 0 || !isOfRow(error)) return error;
    const { code, message, details } = inWordsOf(change.row.mapper, change.write, error) as typeof error;
    const lostRace = Array.from(this.#failed).every(([failed, refused]) => isLostRace(failed, refused, this.#seen));
    const { serviceMessage } = details as StoreErrorDetails; // not enumerable, so the spread below does not copy it
    const all = this.#failed.size + this.#pending.size;
    return new EntitableError(
      code,
      all === 1 ? message : `${message} Nothing was written of the ${all} writes of the commit.`,
      {
        ...details,
        ...(serviceMessage !== undefined && { serviceMessage }),
        write: describeChange(change),
        ...(lostRace && { lostRace }),
      },
      { cause: error },
    );
  }

  #move(changes: Iterable<ChangeSet>, to: (change: ChangeSet) => unknown): void {
    for (const change of changes) {
      this.#pending.delete(change);
      to(change);
    }
  }
}

function isOfRow(error: unknown): error is EntitableErrorOf<CodesOf<'store.'> | 'entity.not-unique'> {
  return EntitableError.is(error, 'store.') || EntitableError.is(error, 'entity.not-unique');
}

function failedWrite(change: ChangeSet, refused: unknown): FailedWrite {
  const write = describeChange(change);
  const error = inWordsOf(change.row.mapper, write, refused);
  const shown = { ...write, error };
  return write.entity === undefined ? Object.freeze(shown) : withHidden(shown, { entity: write.entity });
}

function partial(report: CommitReport, cause: unknown): EntitableError {
  const { committed, failed, unknown, pending } = report;
  const total = committed.length + failed.length + unknown.length + pending.length;
  const [first] = failed;
  const reason =
    first !== undefined
      ? ` The first to be refused is the ${first.mode} of ${first.className} ("${first.partitionKey}", "${first.rowKey}") in table ${first.table}.`
      : '';
  return new EntitableError(
    'commit.partial',
    `${committed.length} of ${total} writes were committed; ${failed.length} were refused, the outcome of ${unknown.length} is unknown, ${pending.length} were not sent.${reason} ` +
      'What is committed stays; the unit of work holds the rest. Mend what failed and commit() again, which first reads back what is unknown, or discard().',
    report,
    { cause },
  );
}

/**
 * Returns whether a write was rejected because another writer had changed the row after the unit of work read it, or
 * had created it after the unit looked for it and did not find it. The same work may then succeed with fresh reads. If
 * the unit never looked for the row, or the ETag came from outside the unit, the write would be rejected again.
 */
function isLostRace(change: ChangeSet, refused: unknown, seen: SeenRows): boolean {
  const { row, ifMatch } = change;
  const { mapper, address } = row;
  if (EntitableError.is(refused, 'entity.not-unique')) return wasFree(change, refused.details.index, seen);
  if (!EntitableError.is(refused, 'store.')) return false;
  const { table } = mapper.source;
  const isConditional = ifMatch !== undefined && ifMatch !== '*';
  switch (refused.code) {
    case 'store.already-exists':
      return seen.wasMissing(table, address);
    case 'store.precondition-failed':
      return isConditional && seen.wasUnder(table, address, ifMatch);
    case 'store.not-found':
      return isConditional ? seen.wasUnder(table, address, ifMatch) : seen.wasPresent(table, address);
    default:
      return false;
  }
}

/** Returns whether the unit looked for the values of a unique index, which another entity has now, and found none. */
function wasFree({ row, others = [] }: ChangeSet, index: string, seen: SeenRows): boolean {
  const { table } = row.mapper.source;
  return others.some((other) => other.index === index && seen.wasMissing(table, other.write));
}
