import type { Readable } from 'node:stream';
import type { PipelineResponse } from '@azure/core-rest-pipeline';
import type { RowReader } from '../../store/row.js';
import type { ScanRequest } from '../../store/table-store.js';
import { batchedQuery } from './batch-request.js';
import { batchParts } from './batch-response.js';
import type { Connection } from './connection.js';
import { continuationText, readContinuation } from './continuation.js';
import { JsonRowReader } from './json-row-reader.js';
import { unansweredRead } from './lost-answer.js';
import { readRows } from './read-rows.js';
import { queryText, selectText } from './query-url.js';
import { readRefusal, refusalOf, refused } from './refusal.js';
import type { RowMembers } from './row-members.js';
import type { StopSignal } from './stop-signal.js';
import { bytesOf } from './stream-bytes.js';
import { readRequest, type MetadataLevel, type WireRequest } from './wire-request.js';

/** What is read: the rows of one table that a request asks for. */
export interface PageSource {
  readonly table: string;
  readonly url: string;
  readonly members: RowMembers;
  readonly request: ScanRequest;
}

/** A page whose headers are there. */
export interface ArrivingPage {
  readonly continuation: string | undefined;
  /** Its body, as soon as it is there. */
  readonly body: Promise<Buffer>;
}

/** Requests and decodes the pages of one scan. */
export class PageReader {
  readonly #connection: Connection;
  readonly #source: PageSource;
  readonly #query: string;
  readonly #metadata: MetadataLevel;
  readonly #reader: JsonRowReader;

  constructor(connection: Connection, source: PageSource) {
    const { request, members } = source;
    const { limits } = connection.traits;
    const select = selectText(request, members.layout);
    const metadata = select === undefined ? 'minimalmetadata' : connection.service.projection;
    this.#connection = connection;
    this.#source = source;
    this.#query = queryText(request, select, request.pageSize ?? limits.pageRows, connection.service.limits.pageRows);
    this.#metadata = metadata;
    this.#reader = new JsonRowReader(members, metadata === 'minimalmetadata');
  }

  get table(): string {
    return this.#source.table;
  }

  /** Requests a page. @param streaming Whether to resolve when its headers are there, so that the next one can be requested. */
  async request(
    continuation: string | undefined,
    streaming: boolean,
    stop: StopSignal | undefined,
  ): Promise<ArrivingPage> {
    const { transport, service } = this.#connection;
    const wire = this.#wire(continuation);
    if (wire.url.length > service.queryUrl) return this.#requestInBatch(wire, stop);
    const response = await (streaming ? transport.stream(wire, stop) : transport.read(wire, stop));
    if (response.status !== 200) throw refused(refusalOf(response), 'read', { table: this.#source.table });
    const body = bodyOf(response);
    body.catch(ignore); // it is told when the page is asked for, which may be later
    return { continuation: readContinuation((name) => response.headers.get(name)), body };
  }

  /** What a decoder makes of the rows in the body of a page. */
  decode<R>(body: Buffer, decode: (row: RowReader) => R): readonly R[] {
    const rows = readRows(this.#reader, body, decode);
    if (rows instanceof SyntaxError) throw unansweredRead(rows, { table: this.#source.table });
    return rows;
  }

  /** A query whose URL would be too long travels as the only part of a batch, where there is room for it. */
  async #requestInBatch(wire: WireRequest, stop: StopSignal | undefined): Promise<ArrivingPage> {
    const { transport, endpoint } = this.#connection;
    const context = { table: this.#source.table };
    const response = await transport.read(batchedQuery(endpoint, wire), stop);
    if (response.status >= 300) throw refused(refusalOf(response), 'read', context);
    const [part] = batchParts(response.bodyAsText ?? '');
    if (part === undefined) throw new SyntaxError('The answer to the batch has no part');
    const header = (name: string): string | undefined => part.header(name);
    if (part.status !== 200) throw refused(readRefusal(part.status, header, part.body), 'read', context);
    return { continuation: readContinuation(header), body: Promise.resolve(Buffer.from(part.body)) };
  }

  #wire(continuation: string | undefined): WireRequest {
    const options = [this.#query, continuation === undefined ? '' : continuationText(continuation)].filter(
      (text) => text !== '',
    );
    const query = options.length === 0 ? '' : `?${options.join('&')}`;
    return readRequest(`${this.#source.url}()${query}`, this.#metadata);
  }
}

function ignore(): void {}

function bodyOf({ bodyAsText, readableStreamBody }: PipelineResponse): Promise<Buffer> {
  return readableStreamBody === undefined
    ? Promise.resolve(Buffer.from(bodyAsText ?? ''))
    : bytesOf(readableStreamBody as Readable); // in Node it is one
}
