import { EntitableError } from '../errors/entitable-error.js';
import type { Address } from '../mapping/entity-address.js';
import type { EntityMapper } from '../mapping/entity-mapper.js';
import type { PendingWrite } from './pending-write.js';

/** One row that a unit of work knows: its entity, where there is one, and what the commit does with it. */
export interface TrackedRow {
  /** Tells it from the other rows of the store. */
  readonly id: string;
  readonly mapper: EntityMapper<object>;
  readonly address: Address;
  readonly entity: object | undefined;
  readonly held: PendingWrite;
  /** The ETag that the row must have when it is committed, whatever is held. */
  readonly required: string | undefined;
}

/** The identity map of a unit of work: one row, one entity. */
export class IdentityMap {
  readonly #byId = new Map<string, TrackedRow>();
  readonly #byEntity = new Map<object, TrackedRow>();
  /** Rows that are being sent, or whose last answer was lost. */
  readonly #locked = new Set<string>();

  /** What is known of a row. Throws `commit.row-tracked` where it is tracked as an entity of another class. */
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

  /** Makes a row known, or known anew. Throws `commit.in-progress` while the row is being sent. */
  set<T extends object>(mapper: EntityMapper<T>, address: Address, entity: T | undefined, held: PendingWrite): void {
    const id = rowId(mapper.source.table, address);
    this.#put({ id, mapper, address, entity, held, required: this.#byId.get(id)?.required });
  }

  /** Has the commit make sure that a row has an ETag, or no longer. Throws `commit.in-progress` while the row is being sent. */
  require(row: TrackedRow, etag: string | undefined): void {
    this.#checkUnlocked(row);
    this.#put({ ...row, required: etag });
  }

  /** Gives a row another entity or another write. Throws `commit.in-progress` while the row is being sent. */
  change(row: TrackedRow, changes: Partial<Pick<TrackedRow, 'entity' | 'held' | 'required'>>): void {
    this.#put({ ...row, ...changes });
  }

  /** Forgets a row: its entity is detached. Throws `commit.in-progress` while the row is being sent. */
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

  /** What is known of a row now. */
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

/** A second entity for a row that has one. */
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

/** Tells the rows of a store apart, whatever their keys hold: the length says where the partition key ends; a table name has no slash. */
export function rowId(table: string, { partitionKey, rowKey }: Address): string {
  return `${table}/${partitionKey.length}/${partitionKey}${rowKey}`;
}
