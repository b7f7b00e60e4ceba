import type { EntitableError } from '../errors/entitable-error.js';
import type { StaleEntry } from '../errors/write-reports.js';
import type { OperationOptions } from '../options/operation-options.js';
import type { ServiceLimits } from '../store/limits.js';
import type { RowShape } from '../store/row.js';
import type { PreparedWrite, Rows, WriteReceipt } from '../store/table-store.js';

/**
 * A further row that is written in the same transaction as the row of an entity, e.g. its entry in an index. The
 * entity's own row and its further rows form a row group: either all of them are written or none.
 */
export interface GroupRow {
  /** The name of the index, for `plan()` and for messages. */
  readonly index: string;
  readonly write: PreparedWrite;
  /** The ETag that the write requires, `*` for any, `undefined` for an unconditional write. */
  readonly ifMatch?: string | undefined;
  /** The rows that prepared the write, which read it back after a lost response. */
  readonly rows: Rows;
  readonly shape: RowShape;
  /**
   * Called when the store refuses this row. Resolves to the row to send in its place, or to `undefined` to leave it
   * out. Rejects with the error of the whole group, e.g. `entity.not-unique`.
   */
  refused(error: EntitableError, options: OperationOptions): Promise<GroupRow | undefined>;
  /**
   * Returns the same row as an unconditional write, which replaces whatever is stored there. Used in a transaction in
   * which another group deletes that row.
   */
  replacing(): GroupRow;
  /** Creates the error for a commit in which two groups write this row. */
  conflict(): EntitableError;
}

/** The outcome of a write, as far as it is known from the response. */
export type WriteOutcome = 'written' | 'not-written' | 'unknown';

/**
 * The entries of one entity in indexes with partitions of their own. No transaction can hold them together with the row
 * of the entity, so new entries are written before the row, and old ones are deleted after it. An entry may thus exist
 * without its row, but a row never exists without its entry.
 */
export interface ApartEntries {
  /**
   * Milliseconds for which the row may still be sent. Only reserved values of a unique index limit it; otherwise it is
   * infinite.
   */
  readonly timeLeft: number;
  /** Number of requests that are sent for the entries, before and after the row. */
  readonly requests: number;
  /**
   * Writes the new entries, and reads the ETags under which the old ones will be deleted. The row may be sent only if
   * this has succeeded. Sends nothing if it has already succeeded and there is enough time left. Throws
   * `entity.not-unique` and `store.*`, but never an error that leaves open whether the row was written.
   */
  before(options: OperationOptions): Promise<void>;
  /**
   * Deletes the entries that the outcome has made superfluous. Returns those that may not have been deleted. It never
   * throws, and does nothing if `before` was not called since the last known outcome. After a call with `unknown`, only
   * a call with `written` deletes anything. `cause` is the error of the row's write, unless the row was certainly
   * written.
   */
  after(outcome: WriteOutcome, options: OperationOptions, cause?: unknown): Promise<readonly StaleEntry[]>;
}

/** A write with its table and the rows that go with it: all that is needed to plan batches. */
export interface TableWrite {
  /** The table's name in the store. */
  readonly table: string;
  readonly write: PreparedWrite;
  /** Further rows that are written with this one, in the same transaction. Most writes have none. */
  readonly others?: readonly GroupRow[] | undefined;
  /** The entity's entries in indexes with partitions of their own. Most writes have none. */
  readonly apart?: ApartEntries | undefined;
}

/** A write with its group, wherever it is sent. */
type Grouped = Pick<TableWrite, 'write' | 'others'>;

/** A row of a transaction: the own row of a write, or a further row of its group. */
export interface TransactionRow<W extends Grouped = TableWrite> {
  /** The write to whose group the row belongs. */
  readonly item: W;
  /** The further row; `undefined` for the own row of the write. */
  readonly other?: GroupRow | undefined;
  readonly write: PreparedWrite;
}

/**
 * Returns the rows of a transaction in the order in which they are sent: each write's own row, then the others of its
 * group. A row that one group deletes and another group writes is sent once: the delete is left out, and the other
 * write replaces whatever is there. `othersOf` returns the further rows of a write, by default its `others`.
 */
export function rowsOf<W extends Grouped>(
  writes: readonly W[],
  othersOf: (item: W) => readonly GroupRow[] | undefined = ({ others }) => others,
): readonly TransactionRow<W>[] {
  const rows: (TransactionRow<W> | undefined)[] = [];
  const places = new Map<string, number>();
  for (const item of writes) {
    rows.push({ item, write: item.write });
    for (const other of othersOf(item) ?? []) {
      const { rowKey, mode } = other.write;
      const place = places.get(rowKey);
      const met = place === undefined ? undefined : rows[place];
      if (place !== undefined && met?.other !== undefined) {
        if (mode === 'delete') {
          if (met.write.mode !== 'delete') rows[place] = replacing(met.item, met.other);
          continue;
        }
        if (met.write.mode === 'delete') rows[place] = undefined;
      }
      places.set(rowKey, rows.length);
      rows.push(met?.write.mode === 'delete' ? replacing(item, other) : { item, other, write: other.write });
    }
  }
  return rows.filter((row) => row !== undefined);
}

function replacing<W extends Grouped>(item: W, row: GroupRow): TransactionRow<W> {
  const other = row.write.mode === 'upsert-replace' ? row : row.replacing();
  return { item, other, write: other.write };
}

/** A write that is ready to be sent, with callbacks for the store's response. */
export interface ReadyWrite extends TableWrite {
  /**
   * Makes the write again after another writer has changed its row; absent for a write that does not depend on the
   * stored row.
   */
  readonly again?: Repetition | undefined;
  /** Called after the write has succeeded. */
  written(receipt: WriteReceipt): unknown;
  /** Translates the store's error for this write, e.g. into one that names the entity class. */
  refused(error: unknown): unknown;
}

/** The repetition of a write that depends on the row as it was read, e.g. because entries of indexes must change. */
export interface Repetition {
  /** Returns whether a refusal means that another writer was faster, so that reading the row again may succeed. */
  when(error: unknown): boolean;
  /** Reads the row again and makes the write for it. Throws the error of the write if it cannot be made. */
  prepare(): Promise<ReadyWrite>;
}

/**
 * Writes that are sent as one transaction, in order. They belong to one table and one partition, write each row only
 * once, and stay within the store's limits. The rows of a group always stay in one transaction.
 */
export interface Batch<W extends TableWrite = TableWrite> {
  readonly table: string;
  readonly partitionKey: string;
  readonly writes: readonly W[];
  /** Number of rows: one for each write, and the further rows of its group. */
  readonly rows: number;
  /** Upper bound of the size of the request body, in bytes. */
  readonly bytes: number;
}

/** A batch to which writes can still be added. */
export class OpenBatch<W extends TableWrite> implements Batch<W> {
  readonly table: string;
  readonly partitionKey: string;
  readonly writes: W[] = [];
  readonly #rowKeys = new Set<string>();
  #bytes = 0;

  constructor({ table, write }: W) {
    this.table = table;
    this.partitionKey = write.partitionKey;
  }

  get rows(): number {
    return this.#rowKeys.size;
  }

  get bytes(): number {
    return this.#bytes;
  }

  /** Returns whether the batch has as many rows as one transaction can hold. */
  isFull({ transactionWrites }: ServiceLimits): boolean {
    return this.#rowKeys.size >= transactionWrites;
  }

  /**
   * Returns whether the transaction can hold another write with its group. A transaction may contain each row only
   * once. A write too large for any transaction gets one of its own.
   */
  takes({ write: { bytes, rowKey }, others }: Grouped, limits: ServiceLimits): boolean {
    if (this.writes.length === 0) return true;
    if (this.isFull(limits) || this.#bytes + bytes > limits.transactionBytes || this.#rowKeys.has(rowKey)) return false;
    return others === undefined || this.#takesRows([{ rowKey, bytes }, ...others.map((row) => row.write)], limits);
  }

  /** Returns whether the transaction can also hold all writes of a set that must stay in one transaction. */
  takesAll(joined: readonly W[], limits: ServiceLimits): boolean {
    return this.writes.length === 0 || this.#takesRows(writesOf(joined), limits);
  }

  add(item: W): void {
    const { write, others } = item;
    this.writes.push(item);
    this.#addRow(write);
    if (others !== undefined) for (const row of others) this.#addRow(row.write);
  }

  /** Adds all writes of a set that must stay in one transaction. */
  addAll(joined: readonly W[]): void {
    this.writes.push(...joined);
    for (const write of writesOf(joined)) this.#addRow(write);
  }

  #takesRows(
    rows: readonly Pick<PreparedWrite, 'rowKey' | 'bytes'>[],
    { transactionWrites, transactionBytes }: ServiceLimits,
  ): boolean {
    return (
      this.#rowKeys.size + rows.length <= transactionWrites &&
      rows.reduce((sum, { bytes }) => sum + bytes, this.#bytes) <= transactionBytes &&
      !rows.some(({ rowKey }) => this.#rowKeys.has(rowKey))
    );
  }

  #addRow({ rowKey, bytes }: PreparedWrite): void {
    this.#rowKeys.add(rowKey);
    this.#bytes += bytes;
  }
}

function writesOf(joined: readonly TableWrite[]): readonly PreparedWrite[] {
  return rowsOf(joined).map(({ write }) => write);
}

/** Identifies a partition. A table name contains no slash, so no two partitions share an id. */
export function partitionId({ table, write: { partitionKey } }: TableWrite): string {
  return `${table}/${partitionKey}`;
}

/**
 * Groups writes by table and partition, and splits each partition where a transaction would be too long, too large, or
 * contain a row twice. An inner array of the input is a set of writes of one partition that must stay in one
 * transaction. Each inner list of the result is one partition: writes keep their order within it, and partitions are in
 * the order of their first writes. Used by units of work.
 */
export function planBatches<W extends TableWrite>(
  writes: Iterable<W | readonly W[]>,
  limits: ServiceLimits,
): readonly (readonly Batch<W>[])[] {
  const partitions = new Map<string, OpenBatch<W>[]>();
  for (const item of writes) {
    const first = isJoined(item) ? item[0]! : item;
    const id = partitionId(first);
    let batches = partitions.get(id);
    if (batches === undefined) partitions.set(id, (batches = []));
    let last = batches.at(-1);
    const takes = isJoined(item) ? last?.takesAll(item, limits) : last?.takes(item, limits);
    if (last === undefined || takes !== true) batches.push((last = new OpenBatch(first)));
    if (isJoined(item)) last.addAll(item);
    else last.add(item);
  }
  return [...partitions.values()];
}

/** Returns whether an item of a plan is a set of writes that must stay in one transaction. */
export function isJoined<W extends TableWrite>(item: W | readonly W[]): item is readonly W[] {
  return Array.isArray(item);
}
