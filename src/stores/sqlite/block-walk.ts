import { isVariable, Layout } from '../embedded/rows/layout.js';
import { carriedLayoutOf, fixedStartOf, layoutNumberOf } from '../embedded/rows/row-format.js';
import { SYSTEM, SYSTEM_TABLE } from '../embedded/system-table.js';
import { Block } from './block.js';
import { placeOf } from './block-key.js';

/**
 * The position at which a damaged range of rows begins or ends, given by keys. A row with these keys need not exist.
 */
export interface RowKeys {
  /** The partition key. */
  readonly partitionKey: string;
  /** The row key; empty for the position before all rows of the partition. */
  readonly rowKey: string;
}

/** One range of rows that are missing or corrupt, or other damage to a store. */
export interface StoreDamage {
  /** A sentence that describes the damage. */
  readonly problem: string;
  /**
   * The table in which the range begins, if its name can be read. Absent for the store's own rows, such as the list of
   * tables.
   */
  readonly table?: string;
  /** The lowest keys that a damaged row can have. Absent if the position of the damage is unknown. */
  readonly from?: RowKeys;
  /**
   * The keys at which intact rows begin again. Absent if the next intact row is in another table, or if there is none.
   */
  readonly to?: RowKeys;
}

/** The result of verifying a store with `verifyStore()`. */
export interface StoreVerification {
  /** Number of intact rows in all tables. */
  readonly rows: number;
  /** Number of intact rows by table, for all tables whose names can be read. */
  readonly tables: Readonly<Record<string, number>>;
  /** All damage that was found; empty for an intact store. */
  readonly damaged: readonly StoreDamage[];
}

interface Range {
  readonly problem: string;
  readonly from?: string;
  to?: string | undefined;
}

const MISSING = 'Rows are missing, or the blocks that held them cannot be found.';
const CHANGED = 'Rows cannot be read: their bytes are not those that were written.';
const TWICE = 'A block holds keys that another block holds as well.';
const DISORDERED = 'Rows are not in the order of their keys, or lie in the wrong block.';
const UNDESCRIBED = 'Rows cannot be read: what describes them is missing, or describes others.';
const NUMBER_BYTES = 4;

/**
 * Verifies the blocks of a store, which are passed to it in the order of their first keys (see `block.ts`). Counts
 * their intact rows, and detects corrupt blocks and gaps between blocks.
 */
export class BlockWalk {
  readonly #rows = new Map<number, number>();
  readonly #names = new Map<number, string>();
  /**
   * Layouts, which list the names and types of a row's properties, by their numbers. The rows that contain layouts sort
   * before all rows that use them, and so are visited first.
   */
  readonly #layouts = new Map<number, Layout | undefined>();
  readonly #ranges: Range[] = [];
  /** The key at which the next block must begin; `undefined` after the last block. */
  #next: string | undefined = '';
  /** The problem to report if the next block begins at a higher key than `#next`. */
  #problem = MISSING;

  /** Records a problem whose position is unknown. */
  note(problem: string): void {
    this.#ranges.push({ problem });
  }

  /**
   * Verifies the next block, given its first key and its stored bytes. Any other `content`, such as `undefined` after a
   * failed read, is recorded as damage.
   */
  visit(first: string, content: unknown): void {
    if (this.#next === undefined || first < this.#next) {
      this.#ranges.push({ problem: TWICE, from: first });
      return;
    }
    if (first > this.#next) this.#ranges.push({ problem: this.#problem, from: this.#next, to: first });
    const block = content instanceof Uint8Array ? Block.read(first, content) : undefined;
    this.#problem = block === undefined ? CHANGED : MISSING;
    this.#next = block === undefined ? first : block.next;
    if (block !== undefined) this.#count(block);
  }

  /** Returns the result after all blocks were visited. */
  result(): StoreVerification {
    if (this.#next !== undefined) this.#ranges.push({ problem: this.#problem, from: this.#next });
    const tables: Record<string, number> = {};
    let rows = 0;
    for (const [number, name] of this.#names) rows += tables[name] = this.#rows.get(number) ?? 0;
    return { rows, tables, damaged: this.#ranges.map((range) => this.#damage(range)) };
  }

  #count(block: Block): void {
    let last = '';
    for (let index = 0; index < block.count; index++) {
      const key = block.key(index);
      if (!block.covers(key) || (index > 0 && key <= last)) {
        this.#ranges.push({ problem: DISORDERED, from: block.first, to: block.next });
        return;
      }
      const { table, partitionKey, rowKey } = placeOf(key);
      const row = block.bytes.subarray(block.rowStart(index), block.rowEnd(index));
      if (table === SYSTEM_TABLE ? this.#own(partitionKey, rowKey, row) : this.#isDescribed(row)) {
        this.#rows.set(table, (this.#rows.get(table) ?? 0) + 1);
      } else {
        this.#undescribed(key, last);
      }
      last = key;
    }
  }

  /**
   * Reads a row of the system table, in which the store keeps layouts and table names. Returns `false` if it is
   * invalid.
   */
  #own(partitionKey: string, rowKey: string, row: Buffer): boolean {
    if (partitionKey === SYSTEM.layouts) {
      const layout = Layout.parse(row.toString());
      this.#layouts.set(Number(rowKey), layout);
      return layout !== undefined;
    }
    if (partitionKey !== SYSTEM.tables) return true;
    if (row.length <= NUMBER_BYTES) return false;
    this.#names.set(row.readUInt32LE(0), row.toString('utf8', NUMBER_BYTES));
    return true;
  }

  /** Returns whether the layout of a row is known, and the row contains every property that the layout lists. */
  #isDescribed(row: Buffer): boolean {
    const number = layoutNumberOf(row, 0);
    const layout = number === undefined ? Layout.parse(carriedLayoutOf(row, 0)) : this.#layouts.get(number);
    if (layout === undefined) return false;
    const fixed = fixedStartOf(row, 0);
    const size = row.length - fixed - layout.fixedBytes;
    let end = 0;
    return (
      size >= 0 &&
      layout.shape.properties.every(({ type }, index) => {
        if (!isVariable(type)) return true;
        const begin = end;
        end = row.readUInt32LE(fixed + layout.offsets[index]!);
        return end >= begin && end <= size;
      })
    );
  }

  /**
   * Records a row that has no valid layout, or is itself an invalid row of the system table. If the row before it was
   * recorded for the same reason, this extends the range of that row.
   */
  #undescribed(key: string, before: string): void {
    const last = this.#ranges.at(-1);
    const to = `${key}\0`;
    if (last?.problem === UNDESCRIBED && last.to === `${before}\0`) last.to = to;
    else this.#ranges.push({ problem: UNDESCRIBED, from: key, to });
  }

  #damage({ problem, from, to }: Range): StoreDamage {
    if (from === undefined) return { problem };
    const [begin, end] = [placeOf(from), to === undefined ? undefined : placeOf(to)];
    const table = this.#names.get(begin.table);
    return {
      problem,
      ...(table !== undefined && { table }),
      from: keysOf(begin),
      ...(end?.table === begin.table && { to: keysOf(end) }),
    };
  }
}

function keysOf({ partitionKey, rowKey }: RowKeys): RowKeys {
  return { partitionKey, rowKey };
}
