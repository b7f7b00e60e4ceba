import { randomBytes } from 'node:crypto';
import type { StoreErrorDetails } from '../../errors/error-details.js';
import { EntitableError } from '../../errors/entitable-error.js';
import { PARTITION_KEY, ROW_KEY, TIMESTAMP, type RowReader, type RowShape, type RowWriter } from '../../store/row.js';
import type {
  PreparedWrite,
  RowPage,
  Rows,
  ScanRequest,
  TableStore,
  WriteMode,
  WriteReceipt,
} from '../../store/table-store.js';
import { formatDateTime } from '../../edm/date-time.js';
import { readDeclared, split, textOfUndeclared, undeclaredOf, writeDeclared, type TypedText } from './typed-text.js';

/** Properties by their stored names. */
export type Properties = Readonly<Record<string, TypedText>>;

/** A row shape that declares one property of each EDM type, named by a single letter. */
export const SHAPE: RowShape = {
  properties: [
    { name: 's', type: 'String' },
    { name: 'i', type: 'Int32' },
    { name: 'd', type: 'Double' },
    { name: 'b', type: 'Boolean' },
    { name: 'l', type: 'Int64' },
    { name: 't', type: 'DateTime' },
    { name: 'g', type: 'Guid' },
    { name: 'x', type: 'Binary' },
  ],
};

/** The parts of an error that must be the same for every store. */
export interface Refused {
  readonly code: string;
  readonly status?: number | undefined;
  readonly serviceCode?: string | undefined;
  readonly operation?: number | undefined;
}

/** An entity in the form in which conformance rules write it. */
export interface Entity {
  readonly partitionKey: string;
  readonly rowKey: string;
  readonly properties: Properties;
}

/** One fresh table of the store under test, with short forms of the store's operations for use in rules. */
export class TableFixture {
  static async create(store: TableStore): Promise<TableFixture> {
    const table = `T${randomBytes(12).toString('hex')}`;
    await store.createTable(table);
    return new TableFixture(store, table);
  }

  /** Creates a fixture for a table that already exists. */
  static open(store: TableStore, table: string): TableFixture {
    return new TableFixture(store, table);
  }

  readonly rows: Rows;

  private constructor(
    readonly store: TableStore,
    readonly table: string,
  ) {
    this.rows = store.rows(table, SHAPE);
  }

  prepare(
    mode: WriteMode,
    partitionKey: string,
    rowKey: string,
    properties: Properties = {},
    condition: { readonly ifMatch?: string; readonly remove?: readonly string[] } = {},
  ): PreparedWrite {
    const ifMatch = mode === 'merge' || mode === 'replace' || mode === 'delete' ? { ifMatch: '*' } : {};
    const write = mode === 'delete' ? {} : { write: (writer: RowWriter) => writeProperties(writer, properties) };
    return this.rows.prepare({ mode, partitionKey, rowKey, ...ifMatch, ...condition, ...write });
  }

  /** Submits one write and returns its receipt. */
  async write(...operation: Parameters<TableFixture['prepare']>): Promise<WriteReceipt> {
    const [receipt] = await this.submit(this.prepare(...operation));
    return receipt!;
  }

  submit(...writes: readonly PreparedWrite[]): Promise<readonly WriteReceipt[]> {
    return this.store.submit(this.table, writes);
  }

  /** Reads all properties of a row. */
  get(partitionKey: string, rowKey: string): Promise<Properties | undefined> {
    return this.rows.get(partitionKey, rowKey, readProperties, { undeclared: true });
  }

  /** Reads the properties of a row that `SHAPE` declares. */
  declared(partitionKey: string, rowKey: string): Promise<Properties | undefined> {
    return this.rows.get(partitionKey, rowKey, readDeclaredProperties);
  }

  etag(partitionKey: string, rowKey: string): Promise<string | undefined> {
    return this.rows.get(partitionKey, rowKey, (row) => row.etag);
  }

  timestamp(partitionKey: string, rowKey: string): Promise<string | undefined> {
    return this.rows.get(partitionKey, rowKey, (row) =>
      formatDateTime(row.milliseconds(TIMESTAMP), row.ticks(TIMESTAMP)),
    );
  }

  /** Returns the row keys that a scan finds, over all pages. */
  async keys(request: ScanRequest = {}): Promise<readonly string[]> {
    return (await this.keyPairs(request)).map(([, rowKey]) => rowKey);
  }

  async keyPairs(request: ScanRequest = {}): Promise<readonly (readonly [partitionKey: string, rowKey: string])[]> {
    const found: (readonly [string, string])[] = [];
    for await (const { rows } of this.rows.scan({ select: [], ...request }, keysOf)) found.push(...rows);
    return found;
  }

  /** Returns the row keys of each page of a scan, and whether the page has a continuation. */
  async pages(request: ScanRequest): Promise<readonly (readonly [keys: readonly string[], continues: boolean])[]> {
    const pages: (readonly [readonly string[], boolean])[] = [];
    for await (const { rows, continuation } of this.rows.scan(request, (row) => row.string(ROW_KEY))) {
      pages.push([rows, continuation !== undefined]);
    }
    return pages;
  }
}

/** Writes properties: declared ones by their slot, all others by their name. */
export function writeProperties(writer: RowWriter, properties: Properties): void {
  for (const [name, value] of Object.entries(properties)) {
    const slot = SHAPE.properties.findIndex(
      (property) => property.name === name && property.type === split(value).type,
    );
    if (slot < 0) writer.undeclared(name, undeclaredOf(value));
    else writeDeclared(writer, slot, value);
  }
}

/** Reads the properties of a row that `SHAPE` declares. */
export function readDeclaredProperties(row: RowReader): Properties {
  const declared = SHAPE.properties.map(({ name, type }, slot) => [name, readDeclared(row, slot, type)] as const);
  return Object.fromEntries(declared.filter(([, value]) => value !== undefined)) as Properties;
}

/** Reads all properties of a row. */
export function readProperties(row: RowReader): Properties {
  const undeclared = [...row.undeclared()].map(([name, value]) => [name, textOfUndeclared(value)] as const);
  return { ...readDeclaredProperties(row), ...Object.fromEntries(undeclared) };
}

/** Returns the first page of a scan. */
export async function firstPage<R>(pages: AsyncIterable<RowPage<R>>): Promise<RowPage<R> | undefined> {
  for await (const page of pages) return page;
  return undefined;
}

/** Returns the error with which the store refused an operation. Fails if the operation succeeds. */
export async function refusal(operation: Promise<unknown>): Promise<Refused> {
  try {
    await operation;
  } catch (error) {
    if (!EntitableError.is(error, 'store.')) throw error;
    const details = error.details as StoreErrorDetails;
    return Object.fromEntries(
      Object.entries({
        code: error.code,
        status: details.status,
        serviceCode: details.serviceCode,
        operation: details.operation,
      }).filter(([, value]) => value !== undefined),
    ) as unknown as Refused;
  }
  throw new Error('expected the store to refuse');
}

function keysOf(row: RowReader): readonly [string, string] {
  return [row.string(PARTITION_KEY), row.string(ROW_KEY)];
}
