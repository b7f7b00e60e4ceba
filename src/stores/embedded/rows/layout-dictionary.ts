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

/** Rows of layouts beyond these carry them: the number of a layout is two bytes of each row. */
export const NUMBERED_LAYOUTS = 60_000;
const INTERNED_LAYOUTS = 10_000;

/**
 * The dictionary of layouts: append-only, kept with the rows, so that several processes share it. A number is remembered only once it
 * was read outside a transaction: one given inside may yet come to nothing.
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

  /** The one layout of a text. Throws `store.damaged` for a text that is none. */
  intern(text: string): Layout {
    const known = this.#interned.get(text);
    if (known !== undefined) return known;
    if (this.#interned.size >= INTERNED_LAYOUTS) this.#interned.clear();
    const layout = Layout.parse(text);
    if (layout === undefined) throw damagedStore('a layout of its rows cannot be read');
    this.#interned.set(text, layout);
    return layout;
  }

  /** The layout of a stored row, read from where the row was read. Throws `store.damaged` where it is not there. */
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

  /** The number of a layout, where it is known without asking. */
  knownNumber(layout: Layout): number | undefined {
    const number = this.#numbers.get(layout.text);
    if (number !== undefined) this.#numbered[number] ??= layout;
    return number;
  }

  /** Reads the numbers that were given since the last time, here or by another process. Call it before a transaction. */
  refresh(): void {
    if (!this.#behind) return;
    addNumbered(this.#rows, this.#numbers.size, this.#numbers);
    this.#behind = false;
  }

  /** Numbers layouts within a transaction, giving new numbers where there are none; `undefined` when no more are left. */
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

/** Adds the layouts from a number on to others, and gives the first number that is free. Throws `store.damaged` where one is missing. */
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
