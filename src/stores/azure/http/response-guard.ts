import type { HttpClient, PipelineResponse } from '@azure/core-rest-pipeline';
import { isFromService, WrongAnswer } from '../requests/wrong-answer.js';

const REQUEST_ID = 'x-ms-client-request-id';

/**
 * Number of requests that ask the server to close their connection, after a response that belonged to another request.
 * A connection that is busy at that moment cannot be closed by the client; several such requests most likely close it
 * soon.
 */
const SUSPICIOUS_REQUESTS = 3;

/**
 * Wraps an HTTP client and rejects responses that must not be trusted:
 *
 * - Responses that belong to another request, recognised by `x-ms-client-request-id`, which the service echoes. If a
 *   proxy sends two responses to one request, every later response on the connection is shifted by one. Such a
 *   connection is closed, so that an abandoned request is not carried out after later ones.
 * - Successes without a header that the service always sends.
 * - Redirects. None is followed, so no credential reaches another host.
 *
 * @param closeIdle Closes connections without a request in flight. The shifted connection is one of them, because its
 *   response was read.
 */
export function ownAnswers(httpClient: HttpClient, closeIdle: () => void): HttpClient {
  let suspicious = 0;
  return {
    sendRequest(request) {
      if (suspicious > 0) {
        suspicious--;
        request.headers.set('Connection', 'close');
      }
      return httpClient.sendRequest(request).then((response) => {
        const answered = response.headers.get(REQUEST_ID);
        if (answered === undefined || answered === request.headers.get(REQUEST_ID)) return fromService(response);
        suspicious = SUSPICIOUS_REQUESTS;
        discard(response);
        closeIdle();
        throw new Error('The answer belongs to another request: the connection is out of step.');
      });
    },
  };
}

/**
 * Rejects a success that does not come from the service, and every redirect. Error responses pass: `refusal.ts` checks
 * them, because a temporary failure is retried no matter which server reports it.
 */
function fromService(response: PipelineResponse): PipelineResponse {
  const { status, headers } = response;
  if (status >= 400 || (status < 300 && isFromService(headers))) return response;
  discard(response);
  const reason =
    status < 300 ? 'it has neither x-ms-request-id nor x-ms-version' : 'it is a redirect, and the service sends none';
  throw new WrongAnswer(reason, response, false);
}

function discard({ readableStreamBody }: PipelineResponse): void {
  (readableStreamBody as { destroy?: () => void } | undefined)?.destroy?.();
}
