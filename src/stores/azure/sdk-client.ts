import type { Pipeline, PipelinePolicy, PipelineResponse } from '@azure/core-rest-pipeline';
import { WrongAnswer } from './requests/wrong-answer.js';

/** The form of the response to a request that succeeds. */
export interface ExpectedAnswer {
  readonly status: number;
  /** Name of the root element of the XML body, if there is a body. */
  readonly element?: string;
}

/**
 * Makes a client of the SDK send requests as this store does: with the credential and policies of the pipeline that the
 * store was opened with, in their order. Unexpected responses are rejected, because the SDK would turn them into empty
 * results.
 */
export function sendingAs<C extends { readonly pipeline: Pipeline }>(
  made: C,
  pipeline: Pipeline,
  expected: ExpectedAnswer,
): C {
  for (const { name } of made.pipeline.getOrderedPolicies()) made.pipeline.removePolicy({ name });
  for (const policy of pipeline.getOrderedPolicies()) made.pipeline.addPolicy(policy);
  made.pipeline.addPolicy(expecting(expected));
  return made;
}

function expecting(expected: ExpectedAnswer): PipelinePolicy {
  return {
    name: 'expectedAnswerPolicy',
    async sendRequest(request, next) {
      const response = await next(request);
      if (response.status < 300) checkAnswer(response, expected);
      return response;
    },
  };
}

const XML_TYPE = /^(?:application|text)\/xml\s*(?:;|$)/i;

/** Throws `WrongAnswer` if the response to a successful request does not have the expected form. */
export function checkAnswer(response: PipelineResponse, { status, element }: ExpectedAnswer): void {
  if (response.status !== status) throw new WrongAnswer('it has another status', response);
  if (element === undefined) return;
  if (!XML_TYPE.test(response.headers.get('content-type') ?? '')) throw new WrongAnswer('it is no XML', response);
  const xml = new RegExp(
    `^\\uFEFF?\\s*(?:<\\?xml[^>]*\\?>\\s*)?<${element}(?:\\s[^>]*)?(?:/>|>[^]*</${element}>)\\s*$`,
  );
  if (!xml.test(response.bodyAsText ?? '')) throw new WrongAnswer(`it has no ${element}`, response);
}
