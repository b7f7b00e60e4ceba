import { SYSTEM, SYSTEM_TABLE } from '../embedded/system-table.js';
import { Block } from './block.js';
import { placeOf } from './block-key.js';

/** The keys of a row, or of a place before it. */
export interface RowKeys {
  readonly partitionKey: string;
  readonly rowKey: string;
}

/** Something in a store that is not as it was written. */
export interface StoreDamage {
  /** What is wrong, in a sentence. */
  readonly problem: string;
  /** The table that it begins in, as far as its name can be read; absent for what the store keeps of itself, such as the list of tables. */
  readonly table?: string;
  /** The first key that a damaged row may have. */
  readonly from?: RowKeys;
  /** The key before which rows are whole again; absent where that is in another table, or nowhere. */
  readonly to?: RowKeys;
}

/** What was found in a store. */
export interface StoreVerification {
  /** Rows that are whole, in all tables. */
  readonly rows: number;
  /** The same by the names of the tables that can be read. */
  readonly tables: Readonly<Record<string, number>>;
  /** Everything that is wrong; empty where all is well. */
  readonly damaged: readonly StoreDamage[];
}

interface Range {
  readonly problem: string;
  readonly from?: string;
  readonly to?: string | undefined;
}

const MISSING = 'Rows are missing, or the blocks that held them cannot be found.';
const CHANGED = 'Rows cannot be read: their bytes are not those that were written.';
const TWICE = 'A block holds keys that another block holds as well.';
const DISORDERED = 'Rows are not in the order of their keys, or lie in the wrong block.';
const NUMBER_BYTES = 4;

/** Takes the blocks of a store in the order of their first keys: counts their rows, and finds what is missing between them. */
export class BlockWalk {
  readonly #rows = new Map<number, number>();
  readonly #names = new Map<number, string>();
  readonly #ranges: Range[] = [];
  /** The key that the next block begins with; `undefined` behind the last. */
  #next: string | undefined = '';
  /** What is wrong between that and the block that comes. */
  #problem = MISSING;

  /** Something is wrong, and where is not known. */
  note(problem: string): void {
    this.#ranges.push({ problem });
  }

  /** Takes one block; `undefined` for content that cannot be read. */
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

  /** What was found, once all blocks were taken. */
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
      last = key;
      const { table, partitionKey } = placeOf(key);
      this.#rows.set(table, (this.#rows.get(table) ?? 0) + 1);
      if (table === SYSTEM_TABLE && partitionKey === SYSTEM.tables) this.#name(block, index);
    }
  }

  #name(block: Block, index: number): void {
    const row = block.bytes.subarray(block.rowStart(index), block.rowEnd(index));
    if (row.length > NUMBER_BYTES) this.#names.set(row.readUInt32LE(0), row.toString('utf8', NUMBER_BYTES));
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
