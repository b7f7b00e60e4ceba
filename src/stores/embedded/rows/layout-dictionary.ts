import { damagedStore } from '../damaged-store.js';
import {
  OwnedRow,
  contentOf,
  type OrderedRows,
  type RowSource,
  type RowTransaction,
  type EngineRow,
} from '../ordered-rows.js';
import { Layout } from './layout.js';
import { carriedLayoutOf, layoutNumberOf } from './row-format.js';
import { numberKey, SYSTEM, SYSTEM_TABLE, systemRows } from '../system-table.js';

/**
 * Maximum number of layouts that get a number, which takes two bytes in each row. A row with any further layout
 * contains the layout itself.
 */
export const NUMBERED_LAYOUTS = 60_000;
const INTERNED_LAYOUTS = 10_000;

/**
 * Assigns numbers to layouts, the lists of property names and types that rows have. The list of numbered layouts is
 * append-only and stored with the rows, so that several processes can share it. A number is cached only after it was
 * read outside a transaction, because a transaction that assigns it may still be rolled back.
 */
export class LayoutDictionary {
  readonly #rows: OrderedRows;
  readonly #limit: number;
  readonly #interned = new Map<string, Layout>();
  readonly #numbered: (Layout | undefined)[] = [];
  readonly #numbers = new Map<string, number>();
  #behind = true;

  constructor(rows: OrderedRows, limit: number) {
    this.#rows = rows;
    this.#limit = limit;
  }

  /**
   * Parses the text of a layout. Returns the same object for the same text as long as it is cached. Throws
   * `store.damaged` for text that is not a layout.
   */
  intern(text: string): Layout {
    const known = this.#interned.get(text);
    if (known !== undefined) return known;
    if (this.#interned.size >= INTERNED_LAYOUTS) this.#interned.clear();
    const layout = Layout.parse(text);
    if (layout === undefined) throw damagedStore('a layout of its rows cannot be read');
    this.#interned.set(text, layout);
    return layout;
  }

  /**
   * Returns the layout of a stored row, reading it from the row's source if necessary. Throws `store.damaged` if it is
   * missing.
   */
  of({ bytes, start }: EngineRow, source: RowSource): Layout {
    const number = layoutNumberOf(bytes, start);
    if (number === undefined) return this.intern(carriedLayoutOf(bytes, start));
    return this.#numbered[number] ?? this.#read(number, source);
  }

  #read(number: number, source: RowSource): Layout {
    const row = source.get(SYSTEM_TABLE, SYSTEM.layouts, numberKey(number));
    if (row === undefined) throw damagedStore('a layout of its rows is missing');
    const layout = this.intern(textOf(row));
    if (source === this.#rows) this.#numbered[number] = layout;
    return layout;
  }

  /** Returns the number of a layout; `undefined` if the number is not cached. */
  knownNumber(layout: Layout): number | undefined {
    const number = this.#numbers.get(layout.text);
    if (number !== undefined) this.#numbered[number] ??= layout;
    return number;
  }

  /** Reads the numbers that this or another process has assigned since the last call. Call it before a transaction. */
  refresh(): void {
    if (!this.#behind) return;
    addNumbered(this.#rows, this.#numbers.size, this.#numbers);
    this.#behind = false;
  }

  /**
   * Returns a function that numbers layouts within a transaction and assigns new numbers as needed. The function
   * returns `undefined` if no number is left.
   */
  numbering(transaction: RowTransaction): (layout: Layout) => number | undefined {
    let given: Map<string, number> | undefined;
    let next = 0;
    return ({ text }) => {
      const known = this.#numbers.get(text);
      if (known !== undefined) return known;
      if (given === undefined) {
        this.#behind = true;
        given = new Map();
        next = addNumbered(transaction, this.#numbers.size, given);
      }
      const number = given.get(text) ?? next;
      if (number >= this.#limit) return undefined;
      if (number === next) {
        transaction.put(SYSTEM_TABLE, new OwnedRow(SYSTEM.layouts, numberKey(number), Buffer.from(text)));
        given.set(text, number);
        next += 1;
      }
      return number;
    };
  }
}

/**
 * Adds the stored layouts, starting at a number, to `numbers`, a map from the text of a layout to its number. Returns
 * the first free number. Throws `store.damaged` if a number is missing or a layout has two.
 */
function addNumbered(source: RowSource, from: number, numbers: Map<string, number>): number {
  let number = from;
  for (const row of systemRows(source, SYSTEM.layouts, numberKey(from))) {
    const text = textOf(row);
    if (row.rowKey !== numberKey(number) || numbers.has(text))
      throw damagedStore('the list of its layouts is not whole');
    numbers.set(text, number++);
  }
  return number;
}

function textOf(row: EngineRow): string {
  return contentOf(row).toString();
}
