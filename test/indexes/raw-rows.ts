import type { RowShape } from '../../src/store/row.js';
import type { Opened } from '../support/every-store.js';

const SHAPE: RowShape = { properties: [] };

/** Writes rows of a table as another program might, which does not know of indexes. */
export class RawRows {
  readonly #opened: Opened;
  readonly #table: string;

  constructor(opened: Opened, table: string) {
    this.#opened = opened;
    this.#table = opened.tableName(table);
  }

  /** Replaces or inserts a row with these properties. */
  put(
    partitionKey: string,
    rowKey: string,
    values: Readonly<Record<string, string | number | boolean>>,
  ): Promise<void> {
    return this.#submit('upsert-replace', partitionKey, rowKey, values);
  }

  /** Merges these properties into a row. */
  merge(
    partitionKey: string,
    rowKey: string,
    values: Readonly<Record<string, string | number | boolean>>,
  ): Promise<void> {
    return this.#submit('upsert-merge', partitionKey, rowKey, values);
  }

  async delete(partitionKey: string, rowKey: string): Promise<void> {
    const { store } = this.#opened;
    const rows = store.rows(this.#table, SHAPE);
    await store.submit(this.#table, [rows.prepare({ mode: 'delete', partitionKey, rowKey, ifMatch: '*' })]);
  }

  async #submit(
    mode: 'upsert-merge' | 'upsert-replace',
    partitionKey: string,
    rowKey: string,
    values: Readonly<Record<string, string | number | boolean>>,
  ): Promise<void> {
    const { store } = this.#opened;
    const rows = store.rows(this.#table, SHAPE);
    const write = rows.prepare({
      mode,
      partitionKey,
      rowKey,
      write(writer) {
        for (const [name, value] of Object.entries(values)) {
          const type = typeof value === 'string' ? 'String' : typeof value === 'number' ? 'Int32' : 'Boolean';
          writer.undeclared(name, { type, text: String(value) });
        }
      },
    });
    await store.submit(this.#table, [write]);
  }
}
