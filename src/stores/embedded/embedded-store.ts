import type { RowShape } from '../../store/row.js';
import { STORAGE_LIMITS, type ServiceLimits } from '../../store/limits.js';
import type { PreparedWrite, RowPage, Rows, StoreTraits, TableStore, WriteReceipt } from '../../store/table-store.js';
import type { OperationOptions } from '../../options/operation-options.js';
import { batchProblem, PreparedRow } from './prepared-row.js';
import { tick } from './system-table.js';
import { Deadline } from '../../async/deadline.js';
import { EmbeddedRows } from './embedded-rows.js';
import { EngineState } from './engine-state.js';
import { NUMBERED_LAYOUTS } from './rows/layout-dictionary.js';
import type { OrderedRows } from './ordered-rows.js';
import { refusal, refused } from './service-rules.js';
import { writeRows } from './write-rows.js';

/** Maximum number of rows of a dropped table that one transaction removes. */
const SWEPT_ROWS = 1000;

/** Maximum time, in milliseconds, that `close` waits for writes that other processes block. */
const CLOSING_TIME = 30_000;

/** The settings that differ between the embedded stores. */
export interface EmbeddedStoreSettings {
  readonly kind: string;
  readonly identity: string;
  readonly limits?: ServiceLimits | undefined;
  /** Returns the current time in milliseconds since 1970. The default is the system's clock. */
  readonly clock?: (() => number) | undefined;
  /**
   * Maximum number of row layouts (lists of property names and types) that are stored once, under a number that rows
   * refer to. A row with any further layout contains the layout itself.
   */
  readonly numberedLayouts?: number;
}

/**
 * Implements the behaviour of the Table service on top of ordered rows, which are kept in memory, SQLite or LMDB. It
 * rejects the same requests as the service.
 */
export class EmbeddedStore implements TableStore {
  readonly traits: StoreTraits;
  readonly ready: TableStore['ready'];
  readonly backup: TableStore['backup'];
  readonly #state: EngineState;
  /** Backups in progress, which `close` waits for. They may outlive the calls that started them. */
  readonly #backups = new Set<Promise<void>>();

  constructor(
    rows: OrderedRows,
    {
      kind,
      identity,
      limits = STORAGE_LIMITS,
      clock = Date.now,
      numberedLayouts = NUMBERED_LAYOUTS,
    }: EmbeddedStoreSettings,
  ) {
    this.traits = Object.freeze({ kind, identity, ordered: true, removes: 'in-place', limits });
    this.#state = new EngineState(rows, limits, clock, numberedLayouts);
    this.ready = rows.checkPlace && (async (options) => (this.#begin(options), rows.checkPlace!()));
    this.backup = rows.backup && (async (path, options) => this.#backup((end) => rows.backup!(path, end), options));
  }

  rows(table: string, shape: RowShape): Rows {
    return new EmbeddedRows(table, shape, this.#state);
  }

  async submit(
    table: string,
    writes: readonly PreparedWrite[],
    options?: OperationOptions,
  ): Promise<readonly WriteReceipt[]> {
    const deadline = this.#begin(options);
    const state = this.#state;
    checkOwn(writes, table);
    const problem = batchProblem(writes, state.limits);
    if (problem !== undefined) {
      throw refused(
        problem.refusal,
        problem.operation === undefined ? { table } : { table, operation: problem.operation },
      );
    }
    state.layouts.refresh();
    return state.rows.transact((transaction) => {
      deadline.check();
      const number = state.tables.numberOf(transaction, table, writes.length > 0 ? 0 : undefined);
      return writes.length === 0 ? [] : writeRows(transaction, number, writes, tick(transaction, state.clock()), state);
    }, deadline);
  }

  async createTable(table: string, options?: OperationOptions): Promise<boolean> {
    const deadline = this.#begin(options);
    return this.#state.rows.transact((transaction) => {
      deadline.check();
      return this.#state.tables.create(transaction, table);
    }, deadline);
  }

  async deleteTable(table: string, options?: OperationOptions): Promise<boolean> {
    const deadline = this.#begin(options);
    const existed = await this.#state.rows.transact((transaction) => {
      deadline.check();
      return this.#state.tables.drop(transaction, table);
    }, deadline);
    await this.#state.rows.renew(deadline);
    for (const number of this.#state.tables.dropped(this.#state.rows)) await this.#sweep(number);
    return existed;
  }

  async tables(
    { prefix = '', continuation }: { readonly prefix?: string; readonly continuation?: string } = {},
    options?: OperationOptions,
  ): Promise<RowPage<string>> {
    await this.#state.rows.renew(this.#begin(options));
    return this.#state.tables.list(this.#state.rows, prefix, continuation);
  }

  async close({ timeout = CLOSING_TIME }: { readonly timeout?: number | undefined } = {}): Promise<void> {
    if (this.#state.closed) return;
    this.#state.closed = true;
    await Promise.allSettled(this.#backups);
    await this.#state.rows.close(timeout);
  }

  async [Symbol.asyncDispose](): Promise<void> {
    await this.close();
  }

  #backup(copy: (deadline: Deadline) => Promise<void>, options: OperationOptions | undefined): Promise<void> {
    const deadline = this.#begin(options);
    const copying: Promise<void> = copy(deadline).finally(() => this.#backups.delete(copying));
    this.#backups.add(copying);
    return deadline.wait(copying);
  }

  #begin(options: OperationOptions | undefined): Deadline {
    this.#state.checkOpen();
    const deadline = new Deadline(options);
    deadline.check();
    return deadline;
  }

  /**
   * Removes the rows of a dropped table in several transactions. If the process ends before all are removed, the next
   * call of `deleteTable` removes the rest.
   */
  async #sweep(number: number): Promise<void> {
    let more: boolean;
    do {
      this.#state.checkOpen();
      more = await this.#state.rows.transact((transaction) => {
        let left = SWEPT_ROWS;
        transaction.range(number, undefined, undefined, ({ partitionKey, rowKey }) => {
          transaction.delete(number, partitionKey, rowKey);
          return --left > 0;
        });
        if (left > 0) this.#state.tables.forget(transaction, number);
        return left === 0;
      });
    } while (more);
  }
}

function checkOwn(writes: readonly PreparedWrite[], table: string): asserts writes is readonly PreparedRow[] {
  if (writes.every((write) => write instanceof PreparedRow && write.table === table)) return;
  throw refused(refusal('InvalidInput', 'A write was prepared for another table or by another store.'), { table });
}
