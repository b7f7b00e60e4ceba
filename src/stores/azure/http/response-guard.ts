import type { HttpClient, PipelineResponse } from '@azure/core-rest-pipeline';
import { isFromService, WrongAnswer } from '../requests/wrong-answer.js';

const REQUEST_ID = 'x-ms-client-request-id';

/** How many requests after a mix-up end their connection, so that one which cannot be closed from here is soon gone too. */
const CAUTION = 3;

/**
 * Refuses the answer to another request, and what another server answers as if it were the service: a success without a header that the
 * service sends with all that it answers, and any redirect. None is followed, so that no credential travels to another host.
 *
 * As to the answer to another request: A connection on which an answer comes twice is out of step from then on: each request gets the
 * answer to the one before it. The service repeats the id that a request has, which gives it away. The connection is closed, lest what was
 * given up on it be carried out after what was sent since.
 *
 * @param closeIdle Closes connections on which nothing is under way. The one in question is, as its answer was read.
 */
export function ownAnswers(httpClient: HttpClient, closeIdle: () => void): HttpClient {
  let caution = 0;
  return {
    sendRequest(request) {
      if (caution > 0) {
        caution--;
        request.headers.set('Connection', 'close');
      }
      return httpClient.sendRequest(request).then((response) => {
        const answered = response.headers.get(REQUEST_ID);
        if (answered === undefined || answered === request.headers.get(REQUEST_ID)) return fromService(response);
        caution = CAUTION;
        discard(response);
        closeIdle();
        throw new Error('The answer belongs to another request: the connection is out of step.');
      });
    },
  };
}

/** A refusal is judged by who reads it: what is temporary is tried again, whoever says so. */
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
