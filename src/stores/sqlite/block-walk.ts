import { isVariable, Layout } from '../embedded/rows/layout.js';
import { carriedLayoutOf, fixedStartOf, layoutNumberOf } from '../embedded/rows/row-format.js';
import { SYSTEM, SYSTEM_TABLE } from '../embedded/system-table.js';
import { Block } from './block.js';
import { placeOf } from './block-key.js';

/** The keys of a row, or of the boundary before it. */
export interface RowKeys {
  /** The partition key. */
  readonly partitionKey: string;
  /** The row key; empty for the boundary before all rows of the partition. */
  readonly rowKey: string;
}

/** One damaged range of a store. */
export interface StoreDamage {
  /** A sentence that describes the damage. */
  readonly problem: string;
  /**
   * The table in which the range begins, if its name can be read. Absent for the store's own rows, such as the list of
   * tables.
   */
  readonly table?: string;
  /** The first key that a damaged row may have. */
  readonly from?: RowKeys;
  /** The key at which rows are intact again. Absent if that is in another table, or if there are no more rows. */
  readonly to?: RowKeys;
}

/** The result of a verification. */
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
 * Verifies the blocks of a store, which it visits in the order of their first keys: it counts their rows and finds what
 * is missing between them.
 */
export class BlockWalk {
  readonly #rows = new Map<number, number>();
  readonly #names = new Map<number, string>();
  /** Layouts by their numbers. They are stored before all rows that use them. */
  readonly #layouts = new Map<number, Layout | undefined>();
  readonly #ranges: Range[] = [];
  /** The key at which the next block must begin; `undefined` after the last block. */
  #next: string | undefined = '';
  /** The problem to report if the next block begins later. */
  #problem = MISSING;

  /** Records a problem whose position is unknown. */
  note(problem: string): void {
    this.#ranges.push({ problem });
  }

  /** Visits the next block. `content` may be anything if it could not be read. */
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

  /** Reads one of the store's own rows. Returns `false` if it is invalid. */
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

  /** Returns whether a row has a layout, and contains everything that the layout describes. */
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

  /** Records a row without a valid layout. It extends the last damaged range if that ends at the row before. */
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
