import { EntitableError } from '../errors/entitable-error.js';
import type { Address } from '../mapping/entity-address.js';
import type { EntityMapper } from '../mapping/entity-mapper.js';
import type { PendingWrite } from './pending-write.js';

/** One row that a unit of work tracks: its entity, if it was loaded, and its pending write. */
export interface TrackedRow {
  /** Identifies the row among all rows of the store; see {@link rowId}. */
  readonly id: string;
  readonly mapper: EntityMapper<object>;
  readonly address: Address;
  readonly entity: object | undefined;
  readonly held: PendingWrite;
  /**
   * The ETag that `require()` has set: the commit succeeds only if the row has it, whatever else is written to the row.
   */
  readonly required: string | undefined;
}

/** The identity map of a unit of work: one entity for each row. */
export class IdentityMap {
  readonly #byId = new Map<string, TrackedRow>();
  readonly #byEntity = new Map<object, TrackedRow>();
  /**
   * Ids of the rows that are being sent, or whose last write has an unknown outcome. Their pending writes must not
   * change.
   */
  readonly #locked = new Set<string>();

  /**
   * Returns the tracked row at an address. Throws `commit.row-tracked` if it is tracked as an entity of another class.
   */
  at<T extends object>(mapper: EntityMapper<T>, address: Address): TrackedRow | undefined {
    const row = this.#byId.get(rowId(mapper.source.table, address));
    if (row === undefined || row.mapper.metadata.entityClass === mapper.metadata.entityClass) return row;
    throw rowTracked(mapper, row);
  }

  of(entity: object): TrackedRow | undefined {
    return this.#byEntity.get(entity);
  }

  all(): Iterable<TrackedRow> {
    return this.#byId.values();
  }

  /**
   * Tracks a row with its entity and pending write, or replaces those of a tracked row. Throws `commit.in-progress`
   * while the row is being sent.
   */
  set<T extends object>(mapper: EntityMapper<T>, address: Address, entity: T | undefined, held: PendingWrite): void {
    const id = rowId(mapper.source.table, address);
    this.#put({ id, mapper, address, entity, held, required: this.#byId.get(id)?.required });
  }

  /**
   * Makes the commit check that a row still has the ETag `etag`; `undefined` removes the check. Throws
   * `commit.in-progress` while the row is being sent.
   */
  require(row: TrackedRow, etag: string | undefined): void {
    this.#checkUnlocked(row);
    this.#put({ ...row, required: etag });
  }

  /**
   * Changes the entity, the pending write or the required ETag of a row. Throws `commit.in-progress` while it is being
   * sent.
   */
  change(row: TrackedRow, changes: Partial<Pick<TrackedRow, 'entity' | 'held' | 'required'>>): void {
    this.#put({ ...row, ...changes });
  }

  /** Stops tracking a row and detaches its entity. Throws `commit.in-progress` while the row is being sent. */
  forget(row: TrackedRow): void {
    this.#checkUnlocked(row);
    if (row.entity !== undefined) this.#byEntity.delete(row.entity);
    this.#byId.delete(row.id);
  }

  clear(): void {
    this.#byId.clear();
    this.#byEntity.clear();
    this.#locked.clear();
  }

  lock(row: TrackedRow): void {
    this.#locked.add(row.id);
  }

  unlock(row: TrackedRow): void {
    this.#locked.delete(row.id);
  }

  isLocked(row: TrackedRow): boolean {
    return this.#locked.has(row.id);
  }

  /** Returns the current state of a tracked row, which may have been replaced since `row` was returned. */
  current(row: TrackedRow): TrackedRow | undefined {
    return this.#byId.get(row.id);
  }

  #put(row: TrackedRow): void {
    const before = this.#byId.get(row.id);
    if (before?.held !== row.held) this.#checkUnlocked(row);
    if (before?.entity !== undefined && before.entity !== row.entity) this.#byEntity.delete(before.entity);
    this.#byId.set(row.id, row);
    if (row.entity !== undefined) this.#byEntity.set(row.entity, row);
  }

  #checkUnlocked(row: TrackedRow): void {
    if (!this.isLocked(row)) return;
    const { className } = row.mapper.metadata;
    throw new EntitableError(
      'commit.in-progress',
      `This ${className} is being written, or the answer to its last write was lost. Await commit(), or call it again, before you change what is held of it.`,
      { className },
    );
  }
}

/** Creates the error for adding a second entity of a row that is already tracked. */
export function rowTracked<T extends object>(
  { metadata: { className }, table }: EntityMapper<T>,
  row: TrackedRow,
): EntitableError {
  const trackedAs = row.mapper.metadata.className;
  return new EntitableError(
    'commit.row-tracked',
    `This unit of work has another ${trackedAs} for the same row of table ${table}${trackedAs === className ? '' : `, and you work with a ${className}`}. ` +
      'A row has one entity in a unit of work: change that one, which get() gives, or use another unit.',
    { className, table, trackedAs },
  );
}

/**
 * Returns a text that is unique for each row of a store, whatever characters its keys contain. The text includes the
 * length of the partition key, which shows where that key ends; table names contain no slash.
 */
export function rowId(table: string, { partitionKey, rowKey }: Address): string {
  return `${table}/${partitionKey.length}/${partitionKey}${rowKey}`;
}
