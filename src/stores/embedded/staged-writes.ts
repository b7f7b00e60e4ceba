import type { Place, RowSource, RowTransaction, StoredRow } from './ordered-rows.js';

/** Where staged writes end up. */
export interface WriteTarget {
  put(table: number, partitionKey: string, rowKey: string, bytes: Buffer): void;
  delete(table: number, partitionKey: string, rowKey: string): void;
}

/** A transaction whose writes are held until its work has returned, so that work that throws has written nothing. */
export class StagedWrites implements RowTransaction {
  readonly #source: RowSource;
  readonly #writes: ((target: WriteTarget) => void)[] = [];

  constructor(source: RowSource) {
    this.#source = source;
  }

  get(table: number, partitionKey: string, rowKey: string): StoredRow | undefined {
    return this.#source.get(table, partitionKey, rowKey);
  }

  range(table: number, from: Place | undefined, to: Place | undefined, visit: (row: StoredRow) => boolean): void {
    this.#source.range(table, from, to, visit);
  }

  put(table: number, partitionKey: string, rowKey: string, bytes: Buffer): void {
    this.#writes.push((target) => target.put(table, partitionKey, rowKey, bytes));
  }

  delete(table: number, partitionKey: string, rowKey: string): void {
    this.#writes.push((target) => target.delete(table, partitionKey, rowKey));
  }

  apply(target: WriteTarget): void {
    for (const write of this.#writes) write(target);
  }
}
