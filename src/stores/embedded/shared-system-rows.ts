import type { Boundary, RowSource, EngineRow } from './ordered-rows.js';
import type { StagingTarget } from './staged-writes.js';
import { SYSTEM_TABLE } from './system-table.js';

/** The cached state of one system row. */
interface SystemRow {
  /** The row; `undefined` if there is none. */
  row: EngineRow | undefined;
  /** True if the row has changed and is not written yet. */
  isChanged: boolean;
}

/**
 * Access to the rows of all tables within a database transaction that commits several requested transactions together.
 * Each requested transaction reads the engine's system rows, such as the clock, and most change them. This class caches
 * the system rows, so that each is read and written only once for all requested transactions.
 */
export class SharedSystemRows implements RowSource, StagingTarget {
  readonly #source: RowSource;
  readonly #target: StagingTarget;
  /** System rows by partition key and row key, each read once. */
  readonly #known = new Map<string, Map<string, SystemRow>>();

  constructor(source: RowSource, target: StagingTarget) {
    this.#source = source;
    this.#target = target;
  }

  get(table: number, partitionKey: string, rowKey: string): EngineRow | undefined {
    if (table !== SYSTEM_TABLE) return this.#source.get(table, partitionKey, rowKey);
    return this.#knownRow(partitionKey, rowKey).row;
  }

  range(table: number, from: Boundary | undefined, to: Boundary | undefined, visit: (row: EngineRow) => boolean): void {
    if (table === SYSTEM_TABLE) this.write();
    this.#source.range(table, from, to, visit);
  }

  put(table: number, row: EngineRow): void {
    if (table === SYSTEM_TABLE) this.#change(row.partitionKey, row.rowKey, row);
    else this.#target.put(table, row);
  }

  delete(table: number, partitionKey: string, rowKey: string): void {
    if (table === SYSTEM_TABLE) this.#change(partitionKey, rowKey, undefined);
    this.#target.delete(table, partitionKey, rowKey);
  }

  /** Writes the system rows that were changed. Call it before the transaction ends. */
  write(): void {
    for (const rows of this.#known.values()) {
      for (const known of rows.values()) {
        if (known.isChanged && known.row !== undefined) this.#target.put(SYSTEM_TABLE, known.row);
        known.isChanged = false;
      }
    }
  }

  #change(partitionKey: string, rowKey: string, row: EngineRow | undefined): void {
    const known = this.#knownRow(partitionKey, rowKey);
    known.isChanged = true;
    known.row = row;
  }

  #knownRow(partitionKey: string, rowKey: string): SystemRow {
    let rows = this.#known.get(partitionKey);
    if (rows === undefined) this.#known.set(partitionKey, (rows = new Map<string, SystemRow>()));
    let known = rows.get(rowKey);
    if (known === undefined) {
      known = { row: this.#source.get(SYSTEM_TABLE, partitionKey, rowKey), isChanged: false };
      rows.set(rowKey, known);
    }
    return known;
  }
}
