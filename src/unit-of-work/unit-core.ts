import type { CommitReport } from '../errors/write-reports.js';
import { EntitableError } from '../errors/entitable-error.js';
import { assignedNames } from '../mapping/unassigned.js';
import type { CommitOptions, UnitOfWorkOptions } from '../repository/session.js';
import { withLinkedSignal } from '../async/linked-signal.js';
import type { TableStore } from '../store/table-store.js';
import type { EntityValidator } from '../validation/entity-validator.js';
import type { ChangeSet } from './change-set.js';
import { Committer } from './committer.js';
import { plannedBatch, type PlannedBatch } from './plan.js';
import { AsyncContext } from '../async/async-context.js';
import { SeenRows } from './seen-rows.js';
import { IdentityMap } from './identity-map.js';

/**
 * The state that all views of a unit of work share: the rows that it tracks, the rows that it has seen in the store,
 * and its commits. A view is the `UnitOfWork` that one data source uses, with that data source's table names.
 */
export class UnitCore {
  readonly rows = new IdentityMap();
  readonly seen = new SeenRows();
  readonly #store: TableStore;
  readonly #validator: EntityValidator;
  readonly #committer: Committer;
  readonly #validating = new AsyncContext<true>();
  #commits = 0;
  #lastCommit: Promise<unknown> = Promise.resolve();
  /** True if work that joined the unit requires an atomic commit. */
  #mustBeAtomic = false;
  /** The error that work which joined the unit has thrown. It makes every commit of the unit fail until `discard()`. */
  #failure: { readonly error: unknown } | undefined;

  constructor(store: TableStore, validator: EntityValidator) {
    this.#store = store;
    this.#validator = validator;
    const validate = (changes: readonly ChangeSet[]): Promise<void> => this.#validate(changes);
    this.#committer = new Committer(store, this.rows, this.seen, validate);
  }

  /** True if a commit has written something, or may have. */
  get hasWritten(): boolean {
    return this.#committer.hasWritten;
  }

  plan(): readonly PlannedBatch[] {
    const { traits } = this.#store;
    return this.#committer.plan().flatMap((batches) => batches.map((batch) => plannedBatch(batch, traits)));
  }

  /**
   * Runs work that joins the unit. If it throws, the unit cannot be committed, because the writes that it has recorded
   * cannot be told apart from the unit's other writes.
   */
  async join<R>(work: () => R | Promise<R>, { atomic, maxRetries }: UnitOfWorkOptions): Promise<R> {
    if (this.#validating.value === true) throw inProgress('A validator joined it');
    this.#mustBeAtomic ||= atomic === true || maxRetries !== undefined;
    try {
      return await work();
    } catch (error) {
      this.#failure ??= { error };
      throw error;
    }
  }

  async commit(options: CommitOptions): Promise<CommitReport> {
    if (this.#validating.value === true) throw inProgress('commit() was called by a validator');
    this.#commits++;
    const commit = this.#lastCommit
      .then(() => withLinkedSignal(options.signal, (signal) => this.#commit({ ...options, signal })))
      .finally(() => this.#commits--);
    this.#lastCommit = commit.catch(() => undefined); // the caller of commit() receives the error
    return commit;
  }

  /** Forgets everything that is pending and tracked. Throws `commit.in-progress` during a commit. */
  discard(): void {
    if (this.#commits > 0) throw inProgress('discard() was called');
    this.rows.clear();
    this.#committer.discard();
    this.#mustBeAtomic = false;
    this.#failure = undefined;
  }

  /** Waits for a running commit, then discards the unit. */
  async abandon(): Promise<void> {
    await this.#lastCommit;
    this.discard();
  }

  async #commit({ atomic, ...options }: CommitOptions): Promise<CommitReport> {
    if (this.#failure !== undefined) throw innerFailed(this.#failure.error);
    const report = await this.#committer.commit({ ...options, atomic: atomic === true || this.#mustBeAtomic });
    this.#mustBeAtomic = false;
    return report;
  }

  async #validate(changes: readonly ChangeSet[]): Promise<void> {
    await this.#validating.run(true, async () => {
      for (const change of changes) {
        const pending = change.isRequirement ? undefined : this.#validateChange(change);
        if (pending instanceof Promise) await pending;
      }
    });
  }

  #validateChange({ row: { mapper, entity, held }, unassigned }: ChangeSet): void | Promise<void> {
    const { metadata } = mapper;
    const { entityClass } = metadata;
    if (held.kind === 'delete') return undefined;
    if (entity !== undefined)
      return this.#validator.validate(entity, entityClass, unassigned && assignedNames(metadata, entity, unassigned));
    if (held.kind !== 'merge') return undefined;
    return this.#validator.validate(held.patch, entityClass, Object.keys(held.patch));
  }
}

function inProgress(what: string): EntitableError {
  return new EntitableError(
    'commit.in-progress',
    `${what} while this unit of work is being committed. Await the commit first.`,
    {},
  );
}

function innerFailed(error: unknown): EntitableError {
  return new EntitableError(
    'commit.inner-failed',
    'Work that joined this unit of work threw, and its error was caught outside of it. What it had held until then cannot be told from the rest, ' +
      "so nothing is committed. Let the error through, give work that may fail alone a unit of its own by run(work, { nested: 'separate' }), or discard() the unit.",
    { error },
    { cause: error },
  );
}
