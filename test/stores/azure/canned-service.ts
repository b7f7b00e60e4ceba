import {
  createHttpHeaders,
  type HttpClient,
  type PipelineRequest,
  type PipelineResponse,
} from '@azure/core-rest-pipeline';
import { openAzure } from '../../../src/stores/azure/open-azure.js';
import type { TableStore } from '../../../src/store/table-store.js';

/** A request as it leaves, its body as text. */
export interface SentRequest {
  readonly method: string;
  readonly url: string;
  readonly headers: Readonly<Record<string, string>>;
  readonly body: string | undefined;
}

export interface CannedAnswer {
  readonly status: number;
  readonly headers?: Readonly<Record<string, string>>;
  readonly body?: string;
}

/** Answers a request; what it throws is a failure of the network. */
export type Answer = (request: SentRequest, original: PipelineRequest) => CannedAnswer | Promise<CannedAnswer>;

/** An http client without a network: keeps what is sent and answers as it is told. */
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
    const { status, headers = {}, body: bodyAsText = '' } = await this.#answer(sent, request);
    return { request, status, headers: createHttpHeaders(headers), bodyAsText };
  }
}

export const ENDPOINT = 'https://account.table.core.windows.net';
export const COSMOS_ENDPOINT = 'https://account.table.cosmos.azure.com';
export const KEY = { name: 'account', key: 'c2VjcmV0IGtleSBvZiB0aGUgYWNjb3VudA==' };

/** A store on answers that are told, and what it sends. Reads are not tried again. */
export async function cannedStore(
  answer: Answer,
  endpoint = ENDPOINT,
): Promise<{ readonly store: TableStore; readonly sent: readonly SentRequest[] }> {
  const service = new CannedService(answer);
  const store = await openAzure({ endpoint, credential: KEY }, { httpClient: service, retry: { maxRetries: 0 } });
  return { store, sent: service.sent };
}
