import type { HttpHeaders } from '@azure/core-rest-pipeline';
import { LONGEST_ETAG } from '../../../store/check-etag.js';

/** The parts of a response that an error may mention: neither the body nor the `Location` header. */
interface Answer {
  readonly status: number;
  readonly headers: Pick<HttpHeaders, 'get'>;
}

/**
 * Thrown for a response that does not come from the service, or does not fit the request. The message and the
 * properties describe the response without its content.
 */
export class WrongAnswer extends Error {
  readonly status: number;
  /** The media type, e.g. `text/html`; `none` if the header is missing or malformed. */
  readonly contentType: string;
  /**
   * True if the headers show that the response comes from the service, so that the request may have been carried out.
   */
  readonly fromService: boolean;

  /** @param reason What is wrong with the response, as the end of a sentence, e.g. `it has no ETag`. */
  constructor(reason: string, { status, headers }: Answer, fromService = true) {
    super(reason);
    this.name = 'WrongAnswer';
    this.status = status;
    this.contentType = mediaType(headers.get('content-type'));
    this.fromService = fromService;
  }
}

/**
 * Returns whether a response comes from the service, judging by its headers. Azure Storage, Cosmos DB and Azurite send
 * `x-ms-request-id` or `x-ms-version` with every response, including errors.
 */
export function isFromService(headers: Answer['headers']): boolean {
  return (headers.get('x-ms-request-id') ?? headers.get('x-ms-version')) !== undefined;
}

const JSON_TYPE = /^application\/json\s*(?:;|$)/i;

/** The reason given in the error if the continuation of a page leads to the same page again. */
export const ENDLESS = 'it is followed by itself: the continuation that it gives is the one that it was asked for';

const XML_TYPE = /^(?:application|text)\/(?:atom\+)?xml\s*(?:;|$)/i;

/** Returns whether the content type is one that the service uses for error responses: JSON, XML, or none. */
export function isErrorType(headers: Answer['headers']): boolean {
  const type = headers.get('content-type') ?? '';
  return type === '' || JSON_TYPE.test(type) || XML_TYPE.test(type);
}

/** Returns whether the content type is JSON. */
export function isJson(headers: Answer['headers']): boolean {
  return JSON_TYPE.test(headers.get('content-type') ?? '');
}

const ENTITY_TAG = /^(?:W\/)?"[ !#-~]*"$/;

/** Returns whether the value of a header is an ETag that a later request can send back. */
export function isEntityTag(header: string | undefined): header is string {
  return header !== undefined && header.length <= LONGEST_ETAG && ENTITY_TAG.test(header);
}

/**
 * Stands in for the response to a query in errors about its rows. Its status and content type have already been checked
 * by then.
 */
export const LIST: Answer = { status: 200, headers: { get: () => 'application/json' } };

const MEDIA_TYPE = /^[\w!#$&^.+-]{1,60}\/[\w!#$&^.+-]{1,60}(?=\s*(?:;|$))/;

function mediaType(header: string | undefined): string {
  return MEDIA_TYPE.exec(header ?? '')?.[0].toLowerCase() ?? 'none';
}
