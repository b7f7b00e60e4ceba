import type { Boundary, RowSource, RowTransaction, EngineRow } from './ordered-rows.js';

/** The destination of staged writes. */
export interface StagingTarget {
  put(table: number, row: EngineRow): void;
  delete(table: number, partitionKey: string, rowKey: string): void;
}

interface StagedWrite {
  readonly table: number;
  readonly partitionKey: string;
  readonly rowKey: string;
  /** Absent for a delete. */
  readonly row: EngineRow | undefined;
}

/** Work that waits for its turn, with the callbacks of the promise that its caller waits for. */
export interface QueuedWork {
  readonly work: (transaction: RowTransaction) => unknown;
  readonly resolve: (result: unknown) => void;
  readonly reject: (error: unknown) => void;
}

/**
 * Runs one piece of work within a transaction that commits several. Returns a callback that settles its promise, to be
 * called after the commit. If the work throws, the others are not affected.
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

/** A transaction that holds its writes back until its work has returned, so that work that throws writes nothing. */
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
