import type { Readable } from 'node:stream';
import type { PipelineResponse } from '@azure/core-rest-pipeline';
import type { RowReader } from '../../../store/row.js';
import type { ScanRequest } from '../../../store/table-store.js';
import { batchedQuery } from './batch-request.js';
import { batchParts, isBatch } from './batch-response.js';
import type { AzureConnection } from '../azure-connection.js';
import { continuationText, readContinuation, queryText, selectText } from './query-url.js';
import { expectRows, type RowCheck } from './expected-rows.js';
import { JsonRowReader } from '../json/json-row-reader.js';
import { unansweredRead } from './network-error.js';
import { readRows } from '../json/read-rows.js';
import { readRefusal, refusalOf, refused } from './refusal.js';
import type { RowMembers } from '../json/row-members.js';
import type { StopSignal } from '../http/request-message.js';
import { bytesOf } from '../http/http-exchange.js';
import { metadataLevelOf, readRequest, type MetadataLevel, type WireRequest } from './wire-request.js';
import { ENDLESS, isJson, LIST, WrongAnswer } from './wrong-answer.js';

/** The source of a scan's pages: the rows of a table that match a request. */
export interface AzurePageSource {
  readonly table: string;
  readonly url: string;
  readonly members: RowMembers;
  readonly request: ScanRequest;
}

/** A page whose headers have arrived. */
export interface ArrivingPage {
  readonly continuation: string | undefined;
  /** The body, which may not have arrived completely. */
  readonly body: Promise<Buffer>;
}

/** Requests and decodes the pages of one scan. */
export class PageReader {
  readonly #connection: AzureConnection;
  readonly #source: AzurePageSource;
  readonly #query: string;
  readonly #metadata: MetadataLevel;
  readonly #reader: JsonRowReader;
  readonly #check: RowCheck;
  readonly #mostRows: number;

  constructor(connection: AzureConnection, source: AzurePageSource) {
    const { request, members } = source;
    const { limits } = connection.traits;
    const select = selectText(request, members.layout);
    const pageRows = request.pageSize ?? limits.pageRows;
    this.#connection = connection;
    this.#source = source;
    this.#query = queryText(request, select, pageRows, connection.service.limits.pageRows);
    this.#metadata = metadataLevelOf(request);
    this.#reader = new JsonRowReader(members);
    this.#check = expectRows(request);
    this.#mostRows = pageRows;
  }

  get table(): string {
    return this.#source.table;
  }

  /**
   * Requests a page.
   *
   * @param streaming True to resolve as soon as the headers have arrived, so that the next page can be requested.
   */
  async request(
    continuation: string | undefined,
    streaming: boolean,
    stop: StopSignal | undefined,
  ): Promise<ArrivingPage> {
    const { transport, service } = this.#connection;
    const wire = this.#wire(continuation);
    if (wire.url.length > service.queryUrl) return this.#requestInBatch(wire, continuation, stop);
    const response = await (streaming ? transport.stream(wire, stop) : transport.read(wire, stop));
    if (response.status !== 200) throw this.#unexpected(response);
    if (!isJson(response.headers)) throw wrong('it is no JSON', response);
    const next = nextPage((name) => response.headers.get(name), continuation, response);
    const body = bodyOf(response, this.#connection.maxAnswerBytes);
    body.catch(ignore); // the error is reported when the page is read
    return { continuation: next, body };
  }

  /** Decodes the rows in the body of a page. */
  decode<R>(body: Buffer, decode: (row: RowReader) => R): readonly R[] {
    try {
      const rows = readRows(this.#reader, body, decode, this.#check);
      if (rows.length > this.#mostRows) throw new WrongAnswer('it has more rows than were asked for', LIST);
      return rows;
    } catch (error) {
      throw error instanceof WrongAnswer ? unansweredRead(error, { table: this.#source.table }) : error;
    }
  }

  #unexpected(response: PipelineResponse): Error {
    if (response.status < 300) return new WrongAnswer('it has another status', response);
    return refused(refusalOf(response), 'read', { table: this.#source.table });
  }

  /** Requests a page as the only part of a batch, because the URL of the query is too long. */
  async #requestInBatch(
    wire: WireRequest,
    continuation: string | undefined,
    stop: StopSignal | undefined,
  ): Promise<ArrivingPage> {
    const { transport, endpoint } = this.#connection;
    const response = await transport.read(batchedQuery(endpoint, wire), stop);
    if (response.status !== 202) throw this.#unexpected(response);
    const text = response.bodyAsText ?? '';
    const [part, ...others] = batchParts(text);
    if (!isBatch(response.headers.get('content-type'), text) || part === undefined || others.length > 0)
      throw new WrongAnswer('it is no answer to a batch of one query', response);
    const header = (name: string): string | undefined => part.header(name);
    if (part.status >= 300)
      throw refused(readRefusal(part.status, header, part.body, true), 'read', { table: this.#source.table });
    if (part.status !== 200 || !isJson({ get: header }))
      throw new WrongAnswer('its part is no answer to a query', response);
    const next = nextPage(header, continuation, response);
    return { continuation: next, body: Promise.resolve(Buffer.from(part.body)) };
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

/**
 * Creates the error for a wrong response and destroys its unread body, which would otherwise keep the connection busy.
 */
function wrong(reason: string, response: PipelineResponse): WrongAnswer {
  (response.readableStreamBody as Readable | undefined)?.destroy();
  return new WrongAnswer(reason, response);
}

/**
 * Returns the continuation of the next page. Throws if it equals that of the current page, because the scan would then
 * never end.
 */
function nextPage(
  header: (name: string) => string | undefined,
  current: string | undefined,
  response: PipelineResponse,
): string | undefined {
  const next = readContinuation(header);
  if (next !== undefined && next === current) throw wrong(ENDLESS, response);
  return next;
}

function bodyOf({ bodyAsText, readableStreamBody }: PipelineResponse, most: number): Promise<Buffer> {
  return readableStreamBody === undefined
    ? Promise.resolve(Buffer.from(bodyAsText ?? ''))
    : bytesOf(readableStreamBody as Readable, most); // in Node it is a Readable
}
