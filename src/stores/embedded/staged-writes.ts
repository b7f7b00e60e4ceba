import type { Boundary, RowSource, RowTransaction, EngineRow } from './ordered-rows.js';

/** The destination of the writes that {@link StagedWrites} collects. */
export interface StagingTarget {
  put(table: number, row: EngineRow): void;
  delete(table: number, partitionKey: string, rowKey: string): void;
}

interface StagedWrite {
  readonly table: number;
  readonly partitionKey: string;
  readonly rowKey: string;
  /** The row to store; `undefined` for a delete. */
  readonly row: EngineRow | undefined;
}

/**
 * The callback of a requested transaction that has not run yet, with the functions that settle the caller's promise.
 */
export interface QueuedWork {
  readonly work: (transaction: RowTransaction) => unknown;
  readonly resolve: (result: unknown) => void;
  readonly reject: (error: unknown) => void;
}

/**
 * Runs the callback of one requested transaction within a database transaction that commits several of them. Returns a
 * function that settles the caller's promise, to be called after the commit. If the callback throws, none of its own
 * writes are applied; the other requested transactions are not affected.
 */
export function carryOut({ work, resolve, reject }: QueuedWork, rows: RowSource & StagingTarget): () => void {
  const writes = new StagedWrites(rows);
  let result: unknown;
  try {
    result = work(writes);
  } catch (error) {
    return () => reject(error);
  }
  writes.apply(rows);
  return () => resolve(result);
}

/**
 * A transaction that collects its writes until its callback has returned, so that a callback that throws writes
 * nothing.
 */
export class StagedWrites implements RowTransaction {
  readonly #source: RowSource;
  readonly #writes: StagedWrite[] = [];

  constructor(source: RowSource) {
    this.#source = source;
  }

  get(table: number, partitionKey: string, rowKey: string): EngineRow | undefined {
    return this.#source.get(table, partitionKey, rowKey);
  }

  range(table: number, from: Boundary | undefined, to: Boundary | undefined, visit: (row: EngineRow) => boolean): void {
    this.#source.range(table, from, to, visit);
  }

  put(table: number, row: EngineRow): void {
    this.#writes.push({ table, partitionKey: row.partitionKey, rowKey: row.rowKey, row });
  }

  delete(table: number, partitionKey: string, rowKey: string): void {
    this.#writes.push({ table, partitionKey, rowKey, row: undefined });
  }

  apply(target: StagingTarget): void {
    for (const { table, partitionKey, rowKey, row } of this.#writes) {
      if (row === undefined) target.delete(table, partitionKey, rowKey);
      else target.put(table, row);
    }
  }
}
