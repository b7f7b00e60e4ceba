import { checkEtag } from '../../store/check-etag.js';
import type { RetainedRow, RowReader, RowShape } from '../../store/row.js';
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
import { PART_BYTES } from './requests/batch-request.js';
import type { AzureConnection } from './azure-connection.js';
import { underDeadline } from './http/request-deadline.js';
import { entityUrl, tableUrl, selectText } from './requests/query-url.js';
import { expectRow, type RowCheck } from './requests/expected-rows.js';
import { JsonRowReader } from './json/json-row-reader.js';
import { JsonRowWriter, writtenMembers, type WrittenMember } from './json/json-row-writer.js';
import { unansweredRead } from './requests/network-error.js';
import { PageIterator } from './requests/page-iterator.js';
import { PageReader } from './requests/page-reader.js';
import { pointAnswer } from './requests/point-answer.js';
import { checked, openRow } from './json/read-rows.js';
import { refusalOf, refused, type ServiceRefusal } from './requests/refusal.js';
import { rowLayout, RowMembers, type RowLayout } from './json/row-members.js';
import { metadataLevelOf, readRequest, type WireRequest, type AzureWrite } from './requests/wire-request.js';
import { WrongAnswer } from './requests/wrong-answer.js';
import { retainedText, withEtag, WrittenRow } from './json/written-row.js';

/** Reads and writes rows of one shape in one table of an account. */
export class AzureRows implements Rows {
  readonly #connection: AzureConnection;
  readonly #table: string;
  readonly #url: string;
  readonly #layout: RowLayout;
  readonly #members: RowMembers;
  /**
   * The JSON members of earlier rows (see `RowMembers`), separately for each list of selected properties. Rows that
   * were read with different selections have different members, so remembering those together would only slow the
   * comparison down.
   */
  readonly #selected = new Map<string, RowMembers>();
  readonly #written: readonly WrittenMember[];
  /** The reader that all calls of `get` share. Sharing it is safe, because each row is decoded synchronously. */
  readonly #reader: JsonRowReader;

  constructor(connection: AzureConnection, table: string, shape: RowShape) {
    this.#connection = connection;
    this.#table = table;
    this.#url = tableUrl(connection.endpoint, table);
    this.#layout = rowLayout(table, shape);
    this.#members = new RowMembers(this.#layout);
    this.#written = writtenMembers(shape);
    this.#reader = new JsonRowReader(this.#members);
  }

  async get<R>(
    partitionKey: string,
    rowKey: string,
    decode: (row: RowReader) => R,
    request: ReadRequest = {},
    options?: OperationOptions,
  ): Promise<R | undefined> {
    const select = selectText(request, this.#layout);
    const address = entityUrl(this.#url, partitionKey, rowKey);
    const wire = readRequest(select === undefined ? address : `${address}?${select}`, metadataLevelOf(request));
    const text = await this.#read(wire, options);
    return text === undefined ? undefined : this.#decode(text, decode, expectRow(partitionKey, rowKey));
  }

  scan<R>(request: ScanRequest, decode: (row: RowReader) => R, options?: OperationOptions): AsyncIterable<RowPage<R>> {
    const reader = new PageReader(this.#connection, {
      table: this.#table,
      url: this.#url,
      members: this.#membersOf(request),
      request,
    });
    return { [Symbol.asyncIterator]: () => new PageIterator(reader, decode, request, options) };
  }

  reopen(row: RetainedRow): RowReader {
    return new JsonRowReader(this.#members).onText(retainedText(row));
  }

  prepare({ mode, partitionKey, rowKey, ifMatch, remove = NO_NAMES, write }: WriteOperation): AzureWrite {
    checkEtag(ifMatch);
    const url = mode === 'insert' ? this.#url : entityUrl(this.#url, partitionKey, rowKey);
    let body: string | undefined;
    let bodyBytes = 0;
    let entityBytes = 0;
    if (mode !== 'delete') {
      const writer = new JsonRowWriter(this.#written, partitionKey, rowKey);
      write?.(writer);
      body = writer.text;
      bodyBytes = writer.isAscii ? body.length : Buffer.byteLength(body);
      entityBytes = writer.size;
    }
    const bytes = PART_BYTES + url.length + bodyBytes;
    return { mode, partitionKey, rowKey, url, body, bodyBytes, ifMatch, remove, entityBytes, bytes };
  }

  written(write: PreparedWrite, { etag }: WriteReceipt, before?: RetainedRow): RetainedRow {
    const { mode, body = '{}', remove } = write as AzureWrite;
    const kept = mode === 'merge' || mode === 'upsert-merge' ? before : undefined;
    return new WrittenRow(body, etag, kept, remove) as unknown as RetainedRow;
  }

  #membersOf({ select }: ReadRequest): RowMembers {
    if (select === undefined) return this.#members;
    const key = select.join();
    let members = this.#selected.get(key);
    if (members === undefined) {
      if (this.#selected.size === MOST_SELECTED) this.#selected.clear();
      this.#selected.set(key, (members = new RowMembers(this.#layout)));
    }
    return members;
  }

  async #read(wire: WireRequest, options: OperationOptions | undefined): Promise<string | undefined> {
    const { transport } = this.#connection;
    try {
      const response = await underDeadline(options, (stop) => transport.read(wire, stop));
      if (response.status < 300) {
        const { text, etag } = pointAnswer(response);
        return withEtag(text, etag);
      }
      const refusal = refusalOf(response);
      if (isMissingRow(refusal)) return undefined;
      throw refused(refusal, 'read', { table: this.#table });
    } catch (error) {
      throw unansweredRead(error, { table: this.#table });
    }
  }

  #decode<R>(text: string, decode: (row: RowReader) => R, check: RowCheck): R {
    try {
      openRow(this.#reader, text);
      return checked(this.#reader, decode, check);
    } catch (error) {
      throw error instanceof WrongAnswer ? unansweredRead(error, { table: this.#table }) : error;
    }
  }
}

/**
 * Maximum number of selections whose JSON members are remembered. When it is reached, all are forgotten. Most programs
 * have a few selections; the bound is for programs that build selections at run time.
 */
const MOST_SELECTED = 100;

const NO_NAMES: readonly string[] = Object.freeze([]);

function isMissingRow({ status, serviceCode, wrong }: ServiceRefusal): boolean {
  return (
    status === 404 && wrong === undefined && (serviceCode === 'ResourceNotFound' || serviceCode === 'EntityNotFound')
  );
}
