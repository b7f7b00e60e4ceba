import {
  createHttpHeaders,
  type HttpClient,
  type PipelineRequest,
  type PipelineResponse,
} from '@azure/core-rest-pipeline';
import { openAzure } from '../../../src/stores/azure/open-azure.js';
import type { TableStore } from '../../../src/store/table-store.js';

/** A request as it is sent, with its body as text. */
export interface SentRequest {
  readonly method: string;
  readonly url: string;
  readonly headers: Readonly<Record<string, string>>;
  readonly body: string | undefined;
}

export interface CannedAnswer {
  /**
   * True if another server than the service answers, with exactly these headers. Otherwise the headers that the service
   * always sends are added.
   */
  readonly foreign?: boolean;
  readonly status: number;
  readonly headers?: Readonly<Record<string, string>>;
  readonly body?: string;
}

/** Answers a request. An error that it throws stands for a network failure. */
export type Answer = (request: SentRequest, original: PipelineRequest) => CannedAnswer | Promise<CannedAnswer>;

/** An HTTP client without a network, which records requests and returns prepared responses. */
export class CannedService implements HttpClient {
  readonly sent: SentRequest[] = [];
  readonly #answer: Answer;

  constructor(answer: Answer) {
    this.#answer = answer;
  }

  async sendRequest(request: PipelineRequest): Promise<PipelineResponse> {
    const body =
      request.body === undefined || request.body === null
        ? undefined
        : Buffer.from(request.body as Uint8Array).toString();
    const sent = { method: request.method, url: request.url, headers: request.headers.toJSON(), body };
    this.sent.push(sent);
    const answer = await this.#answer(sent, request);
    const { status, body: bodyAsText = '' } = answer;
    const headers = answer.foreign === true ? answer.headers : { ...usualHeaders(sent, answer), ...answer.headers };
    return { request, status, headers: createHttpHeaders(headers), bodyAsText };
  }
}

export const ETAG = `W/"datetime'2026-11-21T09%3A30%3A00.1234567Z'"`;

/** Returns the headers that the service sends with every response, and with one of this kind. */
function usualHeaders({ method, url }: SentRequest, { status, body = '' }: CannedAnswer): Record<string, string> {
  const isOfRow =
    /\(PartitionKey=/i.test(decodeURIComponent(url)) || (method === 'POST' && !/\/(\$batch|Tables)$/.test(url));
  return {
    'x-ms-version': '2019-02-02',
    ...(body.startsWith('{') && { 'content-type': 'application/json;odata=minimalmetadata' }),
    ...(status < 300 && isOfRow && method !== 'DELETE' && { etag: ETAG }),
  };
}

export const ENDPOINT = 'https://account.table.core.windows.net';
export const COSMOS_ENDPOINT = 'https://account.table.cosmos.azure.com';
export const KEY = { name: 'account', key: 'c2VjcmV0IGtleSBvZiB0aGUgYWNjb3VudA==' };

/** Opens a store on prepared responses and records its requests. Reads are not retried. */
export async function cannedStore(
  answer: Answer,
  endpoint = ENDPOINT,
): Promise<{ readonly store: TableStore; readonly sent: readonly SentRequest[] }> {
  const service = new CannedService(answer);
  const store = await openAzure({ endpoint, credential: KEY }, { httpClient: service, retry: { maxRetries: 0 } });
  return { store, sent: service.sent };
}
