import type { HttpClient } from '@azure/core-rest-pipeline';

const REQUEST_ID = 'x-ms-client-request-id';

/** How many requests after a mix-up end their connection, so that one which cannot be closed from here is soon gone too. */
const CAUTION = 3;

/**
 * Refuses the answer to another request. A connection on which an answer comes twice is out of step from then on: each request gets the
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
        if (answered === undefined || answered === request.headers.get(REQUEST_ID)) return response;
        caution = CAUTION;
        (response.readableStreamBody as { destroy?: () => void } | undefined)?.destroy?.();
        closeIdle();
        throw new Error('The answer belongs to another request: the connection is out of step.');
      });
    },
  };
}
