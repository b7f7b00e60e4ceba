import type { OrderedRows, Boundary, RowTransaction, EngineRow } from '../embedded/ordered-rows.js';
import { StagedWrites, type StagingTarget } from '../embedded/staged-writes.js';
import { SortedMap } from '../embedded/sorted-map.js';

type Partitions = SortedMap<SortedMap<EngineRow>>;

/** Ordered rows in memory: for each table a sorted map of partitions, each of which is a sorted map of rows. */
export class MemoryRows implements OrderedRows {
  readonly #tables = new Map<number, Partitions>();
  readonly #target: StagingTarget = {
    put: (table, row) => this.#put(table, row),
    delete: (table, partitionKey, rowKey) => this.#delete(table, partitionKey, rowKey),
  };

  /** Does nothing: there are no snapshots, so every read sees the current rows. */
  renew(): undefined {
    return undefined;
  }

  get(table: number, partitionKey: string, rowKey: string): EngineRow | undefined {
    return this.#tables.get(table)?.get(partitionKey)?.get(rowKey);
  }

  range(table: number, from: Boundary | undefined, to: Boundary | undefined, visit: (row: EngineRow) => boolean): void {
    const partitions = this.#tables.get(table);
    if (partitions === undefined) return;
    let goesOn = true;
    const first = from?.partitionKey ?? '';
    const skipsFirst = from !== undefined && from.after && from.rowKey === undefined;
    partitions.visit(first, skipsFirst, (rows, partitionKey) => {
      if (to !== undefined && isBeyond(partitionKey, to)) return false;
      const begins = from?.rowKey !== undefined && partitionKey === first ? from : undefined;
      const ends = to?.rowKey !== undefined && partitionKey === to.partitionKey ? to : undefined;
      rows.visit(begins?.rowKey ?? '', begins?.after ?? false, (row, rowKey) => {
        goesOn = (ends === undefined || isBefore(rowKey, ends.rowKey!, ends.after)) && visit(row);
        return goesOn;
      });
      return goesOn;
    });
  }

  /**
   * Runs a transaction in a microtask of its own, so that it never changes rows while a page of query results is being
   * read.
   */
  async transact<T>(work: (transaction: RowTransaction) => T): Promise<T> {
    await Promise.resolve();
    const writes = new StagedWrites(this);
    const result = work(writes);
    writes.apply(this.#target);
    return result;
  }

  async close(): Promise<void> {
    this.#tables.clear();
  }

  #put(table: number, row: EngineRow): void {
    let partitions = this.#tables.get(table);
    if (partitions === undefined) this.#tables.set(table, (partitions = new SortedMap()));
    let rows = partitions.get(row.partitionKey);
    if (rows === undefined) partitions.set(row.partitionKey, (rows = new SortedMap()));
    rows.set(row.rowKey, row);
  }

  #delete(table: number, partitionKey: string, rowKey: string): void {
    const partitions = this.#tables.get(table);
    const rows = partitions?.get(partitionKey);
    rows?.delete(rowKey);
    if (rows?.size === 0) partitions?.delete(partitionKey);
    if (partitions?.size === 0) this.#tables.delete(table);
  }
}

/** Returns whether all rows of a partition come after a boundary. */
function isBeyond(partitionKey: string, { partitionKey: last, rowKey, after }: Boundary): boolean {
  return partitionKey > last || (partitionKey === last && rowKey === undefined && !after);
}

function isBefore(key: string, last: string, inclusive: boolean): boolean {
  return inclusive ? key <= last : key < last;
}
