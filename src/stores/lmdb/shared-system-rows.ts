import type { Place, RowSource, StoredRow } from '../embedded/ordered-rows.js';
import type { WriteTarget } from '../embedded/staged-writes.js';
import { SYSTEM_TABLE } from '../embedded/system-table.js';

/**
 * The rows of one transaction as its works see and write them. Each work needs the engine's own rows, such as the clock, and most change
 * them: they are read once and written once, however many works there are.
 */
export class SharedSystemRows implements RowSource, WriteTarget {
  readonly #source: RowSource;
  readonly #target: WriteTarget;
  /** By partition key and row key; `undefined` for a row that is not there. */
  readonly #known = new Map<string, Map<string, StoredRow | undefined>>();
  readonly #unwritten = new Set<StoredRow>();

  constructor(source: RowSource, target: WriteTarget) {
    this.#source = source;
    this.#target = target;
  }

  get(table: number, partitionKey: string, rowKey: string): StoredRow | undefined {
    if (table !== SYSTEM_TABLE) return this.#source.get(table, partitionKey, rowKey);
    const rows = this.#rowsOf(partitionKey);
    const known = rows.get(rowKey);
    if (known !== undefined || rows.has(rowKey)) return known;
    const row = this.#source.get(table, partitionKey, rowKey);
    rows.set(rowKey, row);
    return row;
  }

  range(table: number, from: Place | undefined, to: Place | undefined, visit: (row: StoredRow) => boolean): void {
    if (table === SYSTEM_TABLE) this.write();
    this.#source.range(table, from, to, visit);
  }

  put(table: number, row: StoredRow): void {
    if (table === SYSTEM_TABLE) this.#change(row.partitionKey, row.rowKey, row);
    else this.#target.put(table, row);
  }

  delete(table: number, partitionKey: string, rowKey: string): void {
    if (table === SYSTEM_TABLE) this.#change(partitionKey, rowKey, undefined);
    this.#target.delete(table, partitionKey, rowKey);
  }

  /** Writes what was changed and is not written yet: before the transaction ends. */
  write(): void {
    for (const row of this.#unwritten) this.#target.put(SYSTEM_TABLE, row);
    this.#unwritten.clear();
  }

  #change(partitionKey: string, rowKey: string, row: StoredRow | undefined): void {
    const rows = this.#rowsOf(partitionKey);
    const before = rows.get(rowKey);
    if (before !== undefined) this.#unwritten.delete(before);
    rows.set(rowKey, row);
    if (row !== undefined) this.#unwritten.add(row);
  }

  #rowsOf(partitionKey: string): Map<string, StoredRow | undefined> {
    let rows = this.#known.get(partitionKey);
    if (rows === undefined) this.#known.set(partitionKey, (rows = new Map<string, StoredRow | undefined>()));
    return rows;
  }
}
