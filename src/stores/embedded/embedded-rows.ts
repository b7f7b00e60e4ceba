import { setImmediate } from 'node:timers/promises';
import { instantOfEtag } from '../../edm/date-time.js';
import { checkEtag } from '../../store/check-etag.js';
import type { RetainedRow, RowReader, RowShape, RowWriter } from '../../store/row.js';
import type {
  PreparedWrite,
  ReadRequest,
  RowPage,
  Rows,
  ScanRequest,
  WriteOperation,
  WriteReceipt,
} from '../../store/table-store.js';
import type { OperationOptions } from '../../options/operation-options.js';
import { Deadline } from '../../async/deadline.js';
import type { EngineState } from './engine-state.js';
import { FIRST_INSTANT } from './rows/instant.js';
import { ownedRow, type EngineRow } from './ordered-rows.js';
import { keyProblem, refused, scanProblem } from './service-rules.js';
import type { LayoutPath } from './rows/layout-path.js';
import { compileFilter, filteredNames } from './predicate.js';
import { PreparedRow } from './prepared-row.js';
import { EmbeddedRowReader } from './rows/embedded-row-reader.js';
import { stampRow } from './rows/row-format.js';
import { scanPage, type PageReading } from './scan-page.js';
import { ShapeLayouts } from './rows/layout.js';

/** The rows of one table of an embedded store, read and written with one row shape. */
export class EmbeddedRows implements Rows {
  readonly #table: string;
  readonly #shape: RowShape;
  readonly #state: EngineState;
  readonly #root: LayoutPath;
  readonly #shapes: ShapeLayouts;

  constructor(table: string, shape: RowShape, state: EngineState) {
    this.#table = table;
    this.#shape = shape;
    this.#state = state;
    this.#root = state.codec.root(shape);
    this.#shapes = new ShapeLayouts(shape);
  }

  async get<R>(
    partitionKey: string,
    rowKey: string,
    decode: (row: RowReader) => R,
    request?: ReadRequest,
    options?: OperationOptions,
  ): Promise<R | undefined> {
    const { rows, tables, limits } = this.#state;
    this.#state.checkOpen();
    const deadline = options && new Deadline(options);
    deadline?.check();
    const held = rows.renew(deadline);
    if (held !== undefined) await held;
    const row = rows.get(tables.numberOf(rows, this.#table), partitionKey, rowKey);
    if (row !== undefined) return decode(this.#reader(this.#shapes, request).on(row));
    const problem = keyProblem(partitionKey, rowKey, limits, false);
    if (problem !== undefined) throw refused(problem, { table: this.#table });
    return undefined;
  }

  async *scan<R>(
    request: ScanRequest,
    decode: (row: RowReader) => R,
    options?: OperationOptions,
  ): AsyncGenerator<RowPage<R>> {
    const { rows, tables, limits } = this.#state;
    const problem = scanProblem(request, limits);
    if (problem !== undefined) throw refused(problem, { table: this.#table });
    const reading = this.#reading(request, decode);
    let { continuation } = request;
    do {
      this.#state.checkOpen();
      const deadline = new Deadline(options);
      deadline.check();
      const held = rows.renew(deadline);
      if (held !== undefined) await held;
      const from = continuation === undefined ? request : { ...request, continuation };
      const page = scanPage(rows, tables.numberOf(rows, this.#table), from, reading);
      yield page;
      ({ continuation } = page);
      if (continuation !== undefined) await setImmediate(); // lets timers, signals and other code run between pages
    } while (continuation !== undefined);
  }

  reopen(row: RetainedRow): RowReader {
    return this.#reader(this.#shapes).on(row as RetainedRow & EngineRow);
  }

  prepare(operation: WriteOperation): PreparedWrite {
    checkEtag(operation.ifMatch);
    const { codec, limits } = this.#state;
    const encoded = codec.encode(this.#root, operation.write ?? writeNothing);
    return new PreparedRow(this.#table, operation, encoded, limits);
  }

  written(write: PreparedWrite, { etag }: WriteReceipt, before?: RetainedRow): RetainedRow {
    const { codec, layouts, rows } = this.#state;
    const { mode, partitionKey, rowKey, remove, encoded, stored, etag: storedEtag } = write as PreparedRow;
    const merges = before !== undefined && (mode === 'merge' || mode === 'upsert-merge');
    if (!merges && stored !== undefined && storedEtag === etag) return stored as EngineRow & RetainedRow;
    const row = merges ? codec.merge(before as RetainedRow & EngineRow, encoded, remove, rows) : encoded;
    const timestamp = (etag === undefined ? undefined : instantOfEtag(etag)) ?? FIRST_INSTANT;
    const known: EngineRow = ownedRow(partitionKey, rowKey, stampRow(row, layouts.knownNumber(row.layout), timestamp));
    return known as EngineRow & RetainedRow;
  }

  #reading<R>({ filter, pageSize, ...request }: ScanRequest, decode: (row: RowReader) => R): PageReading<R> {
    const names = filter === undefined ? [] : filteredNames(filter).filter((name) => this.#shapes.slotOf(name) < 0);
    const shapes = names.length === 0 ? this.#shapes : new ShapeLayouts(this.#shape, names);
    return {
      reader: this.#reader(shapes, request),
      matches: filter && compileFilter(filter, (name) => shapes.slotOf(name)),
      decode,
      pageSize: pageSize ?? this.#state.limits.pageRows,
    };
  }

  #reader(shapes: ShapeLayouts, request?: ReadRequest): EmbeddedRowReader {
    const withEtag = request?.etag ?? request?.select === undefined;
    return new EmbeddedRowReader(shapes, this.#state.layouts, this.#state.rows, withEtag);
  }
}

function writeNothing(_writer: RowWriter): void {}
