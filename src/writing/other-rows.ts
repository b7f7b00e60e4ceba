import type { EntitableError } from '../errors/entitable-error.js';
import type { OperationOptions } from '../options/operation-options.js';
import { rowsOf, type GroupRow, type TableWrite, type TransactionRow } from './batch.js';
import {
  contendedRow,
  isOfWrite,
  operationOf,
  refusedEntry,
  unnamedRow,
  withOperation,
  type BatchFailure,
} from './refusals.js';

/** Maximum number of times that a row is replaced after a refusal before its group counts as refused. */
const REPLACEMENTS = 5;

/**
 * The further rows of the groups that are sent in one transaction. A row that the store refuses is replaced, or left
 * out, as the row's method `refused` decides.
 */
export class OtherRows<W extends TableWrite> {
  /** The current further rows of those groups in which a row was replaced or left out. */
  readonly #changed = new Map<W, readonly GroupRow[]>();
  /** The number of replacements of each row, by row key. */
  readonly #replacements = new Map<string, number>();

  /** Returns the rows of the next transaction. */
  rowsOf(writes: readonly W[]): readonly TransactionRow<W>[] {
    return rowsOf(writes, (item) => this.#changed.get(item) ?? item.others);
  }

  /**
   * Finds the group because of which a transaction was refused. Returns `undefined` if the transaction is to be sent
   * again, because a further row was replaced or left out.
   */
  async refused(
    rows: readonly TransactionRow<W>[],
    writes: readonly W[],
    error: unknown,
    options: OperationOptions,
  ): Promise<BatchFailure<W> | undefined> {
    const others = rows.map(({ other }) => other).filter((other) => other !== undefined);
    const at = operationOf(error);
    const row = at === undefined ? undefined : rows[at];
    if (row === undefined) {
      if (writes.length > 1) return { error, refused: undefined, others };
      return { error: rows.length > 1 ? unnamedRow(error) : error, refused: writes[0], others };
    }
    const { item, other } = row;
    const operation = writes.indexOf(item);
    if (other === undefined || !isOfWrite(error)) {
      return { error: withOperation(error, operation), refused: item, others };
    }
    try {
      this.#change(item, other, await this.#instead(other, error, options, operation));
      return undefined;
    } catch (refusal) {
      const own = refusal === error ? refusedEntry(error, other.index, operation) : refusal;
      return { error: own, refused: item, isRefusal: true, others };
    }
  }

  async #instead(
    row: GroupRow,
    error: EntitableError,
    options: OperationOptions,
    operation: number,
  ): Promise<GroupRow | undefined> {
    const { rowKey } = row.write;
    const replacements = this.#replacements.get(rowKey) ?? 0;
    if (replacements === REPLACEMENTS) throw contendedRow(error, row.index, operation);
    this.#replacements.set(rowKey, replacements + 1);
    return row.refused(error, options);
  }

  #change(item: W, row: GroupRow, instead: GroupRow | undefined): void {
    const before = this.#changed.get(item) ?? item.others ?? [];
    const { rowKey } = row.write;
    const rest = before.flatMap((other) =>
      other.write.rowKey !== rowKey ? [other] : instead === undefined ? [] : [instead],
    );
    this.#changed.set(item, rest);
  }
}
