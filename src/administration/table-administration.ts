import { tableNameProblem } from '../edm/table-name.js';
import { EntitableError } from '../errors/entitable-error.js';
import type { OperationOptions, TableStore } from '../store/table-store.js';

/** Which tables are listed. */
export interface ListTablesOptions extends OperationOptions {
  /** Only tables whose name begins so. */
  readonly prefix?: string | undefined;
}

/** The tables of a data source, by the names they have in the store: `tableName` of the data source is not applied. */
export class TableAdministration {
  readonly #store: TableStore;

  constructor(store: TableStore) {
    this.#store = store;
  }

  /** Creates a table. Throws `store.table-exists` when there is one of this name. */
  async create(table: string, options?: OperationOptions): Promise<void> {
    if (!(await this.createIfMissing(table, options))) {
      throw new EntitableError(
        'store.table-exists',
        `The table ${table} exists already. Use createIfMissing() where that is expected.`,
        { table },
      );
    }
  }

  /** Creates a table where there is none; `false` when there was. */
  async createIfMissing(table: string, options?: OperationOptions): Promise<boolean> {
    checkTableName(table);
    return this.#store.createTable(table, options);
  }

  /** Deletes a table and every row in it; `false` when there was none. Azure frees the name after some 40 seconds. */
  async delete(table: string, options?: OperationOptions): Promise<boolean> {
    checkTableName(table);
    return this.#store.deleteTable(table, options);
  }

  /** Whether there is a table of this name. */
  async exists(table: string, options?: OperationOptions): Promise<boolean> {
    checkTableName(table);
    const { tableNamesIgnoreCase } = this.#store.traits.limits;
    const form = (name: string): string => (tableNamesIgnoreCase ? name.toLowerCase() : name);
    for await (const name of this.list({ ...options, prefix: table })) {
      if (form(name) === form(table)) return true;
    }
    return false;
  }

  /** The names of the tables, ordered by their lower-case form. */
  async *list({ prefix, ...options }: ListTablesOptions = {}): AsyncGenerator<string> {
    let continuation: string | undefined;
    do {
      const page = await this.#store.tables(
        { ...(prefix !== undefined && { prefix }), ...(continuation !== undefined && { continuation }) },
        options,
      );
      yield* page.rows;
      continuation = page.continuation;
    } while (continuation !== undefined);
  }
}

function checkTableName(table: string): void {
  const problem = tableNameProblem(table);
  if (problem === undefined) return;
  throw new EntitableError(
    'validation.invalid-option',
    `${typeof table === 'string' ? `"${table}"` : 'This'} names no table: ${problem}.`,
    {
      option: 'table',
      expected: 'a table name',
      found: typeof table,
    },
  );
}
