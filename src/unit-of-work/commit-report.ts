import type { CommitReport, FailedWrite } from '../errors/error-details.js';
import { EntitableError } from '../errors/entitable-error.js';
import { withHidden } from '../errors/hidden-details.js';
import { inWordsOf } from '../repository/row-error.js';
import { describeChange, type Change } from './change.js';

/** Writes down what becomes of the writes of a commit. */
export class CommitRecord {
  readonly #committed: Change[] = [];
  readonly #failed = new Map<Change, unknown>();
  readonly #unknown: Change[] = [];
  readonly #pending = new Set<Change>();
  #cause: unknown;

  /** Writes that are about to be sent. */
  planned(changes: Iterable<Change>): void {
    for (const change of changes) this.#pending.add(change);
  }

  committed(changes: Iterable<Change>): void {
    this.#move(changes, (change) => this.#committed.push(change));
  }

  failed(changes: Iterable<Change>, error: unknown): void {
    this.#cause ??= error;
    this.#move(changes, (change) => this.#failed.set(change, error));
  }

  unknown(changes: Iterable<Change>, error: unknown): void {
    this.#cause ??= error;
    this.#move(changes, (change) => this.#unknown.push(change));
  }

  /** Why writes may be left that nothing is wrong with. */
  stoppedBy({ reason }: AbortSignal): void {
    const message = 'The commit was aborted before everything was sent.';
    this.#cause ??= new EntitableError('store.aborted', message, {}, { cause: reason });
  }

  /** Everything that was written. Throws `commit.partial` where that is not everything that was to be. */
  conclude(): CommitReport {
    const report: CommitReport = Object.freeze({
      committed: Object.freeze(this.#committed.map(describeChange)),
      failed: Object.freeze(Array.from(this.#failed, ([change, error]) => failedWrite(change, error))),
      unknown: Object.freeze(this.#unknown.map(describeChange)),
      pending: Object.freeze(Array.from(this.#pending, describeChange)),
    });
    if (report.failed.length + report.unknown.length + report.pending.length > 0) throw partial(report, this.#cause);
    return report;
  }

  #move(changes: Iterable<Change>, to: (change: Change) => unknown): void {
    for (const change of changes) {
      this.#pending.delete(change);
      to(change);
    }
  }
}

function failedWrite(change: Change, refused: unknown): FailedWrite {
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
