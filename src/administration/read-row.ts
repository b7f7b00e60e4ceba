import { PARTITION_KEY, ROW_KEY, TIMESTAMP, type RowReader } from '../store/row.js';
import type { ReadRequest } from '../store/table-store.js';
import type { StoredProperty } from './check-row.js';
import { storedValue, type StoredRow, type StoredValue } from './stored-row.js';

/** A row as a store gave it: its properties stay the texts and bytes they are stored as until somebody looks at them. */
export class ReadRow implements StoredRow {
  /** What reading one asks of a store. */
  static readonly REQUEST: ReadRequest = Object.freeze({ undeclared: true });

  readonly partitionKey: string;
  readonly rowKey: string;
  /** Every property exactly as it was read. */
  readonly stored: readonly StoredProperty[];
  readonly #milliseconds: number;

  constructor(row: RowReader) {
    this.partitionKey = row.string(PARTITION_KEY);
    this.rowKey = row.string(ROW_KEY);
    this.#milliseconds = row.milliseconds(TIMESTAMP);
    this.stored = [...row.undeclared()];
  }

  get timestamp(): Date {
    return new Date(this.#milliseconds);
  }

  get properties(): Readonly<Record<string, StoredValue>> {
    return Object.fromEntries(this.stored.map(([name, value]) => [name, storedValue(value)]));
  }

  /** The same as a plain object. */
  plain(): StoredRow {
    const { partitionKey, rowKey, timestamp, properties } = this;
    return { partitionKey, rowKey, timestamp, properties };
  }
}
