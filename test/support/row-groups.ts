import { EntitableError } from '../../src/errors/entitable-error.js';
import { memoryStore } from '../../src/stores/memory/memory-store.js';
import type { RowShape } from '../../src/store/row.js';
import type { PreparedWrite, Rows, WriteMode } from '../../src/store/table-store.js';
import type { GroupRow, TableWrite } from '../../src/writing/batch.js';
import { faultyStore, type FaultyStore } from './faulty-store.js';

const TEXT: RowShape = Object.freeze({ properties: Object.freeze([{ name: 'text', type: 'String' } as const]) });

/** A write of the tests: its mode, row key, and optionally its text and the ETag that it requires. */
export type Written = readonly [
  mode: WriteMode,
  rowKey: string,
  text?: string | undefined,
  ifMatch?: string | undefined,
];

/** The reaction of a further row to its refusal; by default the refusal is the error of the group. */
export type Reaction = (error: EntitableError) => GroupRow | undefined | Promise<GroupRow | undefined>;

/** A partition of rows with one text each, in a table behind a connection that can fail. */
export class TextTable {
  readonly faulty: FaultyStore;
  readonly #partitionKey: string;
  readonly #rows: Rows;

  constructor(
    faulty: FaultyStore,
    readonly name: string,
    partitionKey: string,
  ) {
    this.faulty = faulty;
    this.#partitionKey = partitionKey;
    this.#rows = faulty.store.rows(name, TEXT);
  }

  /** Creates a table in memory. */
  static async create(): Promise<TextTable> {
    const table = new TextTable(faultyStore(memoryStore()), 'Texts', 'p');
    await table.faulty.store.createTable(table.name);
    return table;
  }

  /** Returns the writes that are sent, each as its mode and row key. */
  get sent(): readonly (readonly string[])[] {
    return this.faulty.attempts.map(({ writes }) => writes.map(({ mode, rowKey }) => `${mode} ${rowKey}`));
  }

  write(...[mode, rowKey, text, ifMatch]: Written): PreparedWrite {
    const isConditional = mode === 'merge' || mode === 'replace' || mode === 'delete';
    return this.#rows.prepare({
      mode,
      partitionKey: this.#partitionKey,
      rowKey,
      ...(isConditional && { ifMatch: ifMatch ?? '*' }),
      ...(mode !== 'delete' && { write: (writer) => text !== undefined && writer.string(0, text) }),
    });
  }

  /** Makes a further row of a group. */
  other(written: Written, refused: Reaction = raise): GroupRow {
    const [mode, rowKey, text, ifMatch] = written;
    return {
      index: 'byText',
      write: this.write(...written),
      ifMatch: ifMatch ?? (mode === 'delete' ? '*' : undefined),
      rows: this.#rows,
      shape: TEXT,
      refused: async (error) => refused(error),
      replacing: () => this.other(['upsert-replace', rowKey, text], refused),
      conflict: () => notUnique(rowKey),
    };
  }

  /** Makes a group: the own row, and the further rows. */
  group(own: Written, ...others: readonly GroupRow[]): TableWrite {
    return { table: this.name, write: this.write(...own), others };
  }

  /** Stores rows, past the groups. */
  async store(texts: Readonly<Record<string, string>>): Promise<void> {
    const writes = Object.entries(texts).map(([rowKey, text]) => this.write('upsert-replace', rowKey, text));
    await this.faulty.store.submit(this.name, writes);
    this.faulty.attempts.length = 0;
  }

  /** Returns all rows that are stored: row key and text. */
  async stored(): Promise<Readonly<Record<string, string>>> {
    const found: Record<string, string> = {};
    const pages = this.#rows.scan({}, (row) => {
      found[row.string(-2)] = row.typeOf(0) === undefined ? '' : row.string(0);
    });
    for await (const page of pages) void page;
    return found;
  }

  /** Returns the ETag of a row. */
  etag(rowKey: string): Promise<string | undefined> {
    return this.#rows.get(this.#partitionKey, rowKey, (row) => row.etag);
  }
}

/** Creates the error of a unique value that another row has. */
export function notUnique(value: string): EntitableError {
  return new EntitableError('entity.not-unique', `Another has the value ${value}.`, {
    className: 'Text',
    index: 'byText',
    properties: ['text'],
  });
}

function raise(error: EntitableError): never {
  throw error;
}
