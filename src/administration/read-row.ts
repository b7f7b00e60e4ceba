import {
  PARTITION_KEY,
  ROW_KEY,
  TIMESTAMP,
  type RowReader,
  type RowWriter,
  type UndeclaredValue,
} from '../store/row.js';
import type { ReadRequest } from '../store/table-store.js';
import { storedValue, type StoredRow, type StoredValue } from './stored-row.js';

type ReadProperty = readonly [name: string, value: UndeclaredValue];

/** A row as a store gave it: its properties stay the texts and bytes they are stored as until somebody looks at them. */
export class ReadRow implements StoredRow {
  /** What reading one asks of a store. */
  static readonly REQUEST: ReadRequest = Object.freeze({ undeclared: true });

  readonly partitionKey: string;
  readonly rowKey: string;
  readonly #milliseconds: number;
  readonly #properties: readonly ReadProperty[];

  constructor(row: RowReader) {
    this.partitionKey = row.string(PARTITION_KEY);
    this.rowKey = row.string(ROW_KEY);
    this.#milliseconds = row.milliseconds(TIMESTAMP);
    this.#properties = [...row.undeclared()];
  }

  get timestamp(): Date {
    return new Date(this.#milliseconds);
  }

  get properties(): Readonly<Record<string, StoredValue>> {
    return Object.fromEntries(this.#properties.map(([name, value]) => [name, storedValue(value)]));
  }

  /** The same as a plain object. */
  plain(): StoredRow {
    const { partitionKey, rowKey, timestamp, properties } = this;
    return { partitionKey, rowKey, timestamp, properties };
  }

  /** Writes every property exactly as it was read. */
  write(writer: RowWriter): void {
    for (const [name, value] of this.#properties) writer.undeclared(name, value);
  }
}
