import type { HttpClient, PipelineResponse } from '@azure/core-rest-pipeline';
import { isFromService, WrongAnswer } from '../requests/wrong-answer.js';

const REQUEST_ID = 'x-ms-client-request-id';

/**
 * After a response that belongs to another request, this many of the following requests ask the server to close the
 * connection that they use. The connection at fault may be busy again at that moment, so that `closeIdle` does not
 * close it; one of these requests most likely does.
 */
const SUSPICIOUS_REQUESTS = 3;

/**
 * Wraps an HTTP client and rejects responses that must not be trusted:
 *
 * - Responses that belong to another request, recognised by `x-ms-client-request-id`, which the service echoes. If a
 *   proxy sends two responses to one request, every later request on that connection receives the response to the
 *   request before it. Such a connection is closed, so that a request that was already reported as failed is not
 *   carried out after later ones.
 * - Successful responses without the headers by which the service is recognised (see `isFromService`).
 * - Redirects. None is followed, so no credential reaches another host.
 *
 * @param closeIdle Closes connections without a request in flight. The connection at fault usually is one of them,
 * because its response was read.
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
 * Rejects a successful response that does not come from the service, and every redirect. Error responses pass:
 * `refusal.ts` checks them, because a temporary failure is retried no matter which server reports it.
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
