import type { ServiceLimits } from '../../store/limits.js';
import { tableNameProblem } from '../../edm/names.js';
import type { RowPage } from '../../store/table-store.js';
import { tableContinuation, lastTableOf } from './continuation.js';
import { damagedStore } from './damaged-store.js';
import { OwnedRow, contentOf, type RowSource, type RowTransaction, type EngineRow } from './ordered-rows.js';
import { refusal, refused } from './service-rules.js';
import { numberKey, SYSTEM, SYSTEM_TABLE, systemRows } from './system-table.js';

const NUMBER_BYTES = 4;
const NEXT_NUMBER = 'next-table';
const LETTERS_AND_DIGITS = /^[A-Za-z][A-Za-z0-9]*$/;

/**
 * The names and numbers of tables. A number is never reused, so that the rows of a dropped table can be removed later.
 */
export class Tables {
  readonly #limits: ServiceLimits;

  constructor(limits: ServiceLimits) {
    this.#limits = limits;
  }

  /**
   * Returns the number of a table. Throws `store.table-not-found` if there is none, and `store.rejected` for an invalid
   * name. `operation`, if given, is the index of the write that the error reports as refused; like the service, callers
   * pass that of the first write.
   */
  numberOf(source: RowSource, name: string, operation?: number): number {
    const row = source.get(SYSTEM_TABLE, SYSTEM.tables, this.#fold(name));
    if (row !== undefined) return numberIn(row);
    refuseTableName(name);
    throw refused(
      refusal('TableNotFound', `The table ${name} does not exist. Create it first.`),
      operation === undefined ? { table: name } : { table: name, operation },
    );
  }

  /** Creates a table. Returns `false` if it exists already. */
  create(transaction: RowTransaction, name: string): boolean {
    refuseTableName(name);
    const key = this.#fold(name);
    if (transaction.get(SYSTEM_TABLE, SYSTEM.tables, key) !== undefined) return false;
    const next = transaction.get(SYSTEM_TABLE, SYSTEM.state, NEXT_NUMBER);
    const number = next === undefined ? SYSTEM_TABLE + 1 : numberIn(next);
    transaction.put(SYSTEM_TABLE, new OwnedRow(SYSTEM.state, NEXT_NUMBER, numberBytes(number + 1)));
    const named = Buffer.concat([numberBytes(number), Buffer.from(name)]);
    transaction.put(SYSTEM_TABLE, new OwnedRow(SYSTEM.tables, key, named));
    return true;
  }

  /**
   * Removes the name of a table and lists its number among the dropped tables, whose rows are removed later. Returns
   * `false` if there is no such table.
   */
  drop(transaction: RowTransaction, name: string): boolean {
    refuseTableName(name);
    const key = this.#fold(name);
    const row = transaction.get(SYSTEM_TABLE, SYSTEM.tables, key);
    if (row === undefined) return false;
    transaction.put(SYSTEM_TABLE, new OwnedRow(SYSTEM.dropped, numberKey(numberIn(row)), Buffer.alloc(0)));
    transaction.delete(SYSTEM_TABLE, SYSTEM.tables, key);
    return true;
  }

  /** Returns the numbers of dropped tables whose rows are still to be removed. */
  dropped(source: RowSource): readonly number[] {
    return systemRows(source, SYSTEM.dropped).map(({ rowKey }) => Number(rowKey));
  }

  /** Removes a table from the list of dropped tables. Call it after the last of its rows was removed. */
  forget(transaction: RowTransaction, number: number): void {
    transaction.delete(SYSTEM_TABLE, SYSTEM.dropped, numberKey(number));
  }

  list(source: RowSource, prefix: string, continuation: string | undefined): RowPage<string> {
    const folded = prefix.toLowerCase();
    const last = continuation === undefined ? undefined : lastTableOf(continuation);
    const partitionKey = SYSTEM.tables;
    const from = { partitionKey, rowKey: last ?? folded, after: last !== undefined };
    const rows: string[] = [];
    let next: string | undefined;
    let lastKey = '';
    source.range(SYSTEM_TABLE, from, { partitionKey, after: true }, (row) => {
      const { rowKey } = row;
      if (!rowKey.startsWith(folded)) return false;
      if (rows.length === this.#limits.pageRows) {
        next = tableContinuation(lastKey);
        return false;
      }
      const name = nameIn(row);
      if (this.#limits.tableNamesIgnoreCase || name.startsWith(prefix)) rows.push(name);
      lastKey = rowKey;
      return true;
    });
    return next === undefined ? { rows } : { rows, continuation: next };
  }

  /**
   * Returns the row key that a table name is stored under. It begins with the name in lower case, because tables are
   * listed in that order.
   */
  #fold(name: string): string {
    const lower = name.toLowerCase();
    return this.#limits.tableNamesIgnoreCase ? lower : `${lower} ${name}`;
  }
}

/** Returns the name of a table by its number; `undefined` if there is no such table any more. */
export function tableNameOf(source: RowSource, number: number): string | undefined {
  const row = systemRows(source, SYSTEM.tables).find((each) => numberIn(each) === number);
  return row && nameIn(row);
}

function nameIn(row: EngineRow): string {
  return contentOf(row).toString('utf8', NUMBER_BYTES);
}

function numberIn({ bytes, start, end }: EngineRow): number {
  if (end - start < NUMBER_BYTES) throw damagedStore('a table of it has no number');
  return bytes.readUInt32LE(start);
}

function numberBytes(number: number): Buffer {
  const bytes = Buffer.alloc(NUMBER_BYTES);
  bytes.writeUInt32LE(number);
  return bytes;
}

function refuseTableName(name: string): void {
  const problem = tableNameProblem(name);
  if (problem === undefined) return;
  const serviceCode =
    LETTERS_AND_DIGITS.test(name) && name.toLowerCase() !== 'tables' ? 'OutOfRangeInput' : 'InvalidResourceName';
  throw refused(refusal(serviceCode, `The table name ${JSON.stringify(name)} is refused: ${problem}.`));
}
