import type { PipelineResponse } from '@azure/core-rest-pipeline';
import type { RetainedRow, RowReader, RowShape } from '../../store/row.js';
import type {
  OperationOptions,
  PreparedWrite,
  ReadRequest,
  RowPage,
  Rows,
  ScanRequest,
  WriteOperation,
  WriteReceipt,
} from '../../store/table-store.js';
import { PART_BYTES } from './batch-request.js';
import type { Connection } from './connection.js';
import { underDeadline } from './deadline.js';
import { entityUrl } from './entity-url.js';
import { JsonRowReader, reopenRow } from './json-row-reader.js';
import { JsonRowWriter } from './json-row-writer.js';
import { unansweredRead } from './lost-answer.js';
import { PageIterator } from './page-iterator.js';
import { PageReader } from './page-reader.js';
import { selectText } from './query-url.js';
import { refusalOf, refused } from './refusal.js';
import { rowLayout, TEXT, type JsonRow, type RowLayout } from './row-layout.js';
import { readRequest, type WireRequest } from './wire-request.js';
import type { AzureWrite } from './write-request.js';
import { WrittenRow } from './written-row.js';

/** One shape on one table of an account. */
export class AzureRows implements Rows {
  readonly #connection: Connection;
  readonly #table: string;
  readonly #url: string;
  readonly #layout: RowLayout;

  constructor(connection: Connection, table: string, shape: RowShape) {
    this.#connection = connection;
    this.#table = table;
    this.#url = `${connection.endpoint}/${table}`;
    this.#layout = rowLayout(shape);
  }

  async get<R>(
    partitionKey: string,
    rowKey: string,
    decode: (row: RowReader) => R,
    request: ReadRequest = {},
    options?: OperationOptions,
  ): Promise<R | undefined> {
    const select = selectText(request, this.#layout);
    const metadata = select === undefined ? 'minimalmetadata' : this.#connection.service.projection;
    const address = entityUrl(this.#url, partitionKey, rowKey);
    const wire = readRequest(select === undefined ? address : `${address}?${select}`, metadata);
    const row = await this.#read(wire, request.undeclared === true, options);
    return row === undefined
      ? undefined
      : decode(new JsonRowReader(this.#layout, metadata === 'minimalmetadata').on(row));
  }

  scan<R>(request: ScanRequest, decode: (row: RowReader) => R, options?: OperationOptions): AsyncIterable<RowPage<R>> {
    const reader = new PageReader(this.#connection, {
      table: this.#table,
      url: this.#url,
      layout: this.#layout,
      request,
    });
    return { [Symbol.asyncIterator]: () => new PageIterator(reader, decode, request, options) };
  }

  reopen(row: RetainedRow): RowReader {
    return reopenRow(this.#layout, row);
  }

  prepare({ mode, partitionKey, rowKey, ifMatch, remove = [], write }: WriteOperation): AzureWrite {
    const url = mode === 'insert' ? this.#url : entityUrl(this.#url, partitionKey, rowKey);
    let body: string | undefined;
    let entityBytes = 0;
    let bytes = PART_BYTES + url.length;
    if (mode !== 'delete') {
      const writer = new JsonRowWriter(this.#layout, partitionKey, rowKey);
      write?.(writer);
      body = writer.text;
      entityBytes = writer.size;
      bytes += writer.bytes;
    }
    return { mode, partitionKey, rowKey, url, body, ifMatch, remove, entityBytes, bytes };
  }

  written(write: PreparedWrite, { etag }: WriteReceipt, before?: RetainedRow): RetainedRow {
    const { mode, body = '{}', remove } = write as AzureWrite;
    const kept = mode === 'merge' || mode === 'upsert-merge' ? before : undefined;
    return new WrittenRow(body, etag, kept, remove) as unknown as RetainedRow;
  }

  async #read(
    wire: WireRequest,
    keepText: boolean,
    options: OperationOptions | undefined,
  ): Promise<JsonRow | undefined> {
    const { transport } = this.#connection;
    try {
      const response = await underDeadline(options, (stop) => transport.read(wire, stop));
      if (response.status === 200) return rowOf(response, keepText);
      const refusal = refusalOf(response);
      if (refusal.status === 404 && refusal.serviceCode !== 'TableNotFound') return undefined;
      throw refused(refusal, 'read', { table: this.#table });
    } catch (error) {
      throw unansweredRead(error, { table: this.#table });
    }
  }
}

function rowOf({ bodyAsText, headers }: PipelineResponse, keepText: boolean): JsonRow {
  const text = bodyAsText ?? '';
  const row = JSON.parse(text) as Record<string | symbol, unknown>;
  row['odata.etag'] ??= headers.get('etag');
  if (keepText) row[TEXT] = text;
  return row;
}
