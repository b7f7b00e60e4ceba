import type { HttpHeaders } from '@azure/core-rest-pipeline';
import { LONGEST_ETAG } from '../../../store/check-etag.js';

/** What is said of an answer: never its body, nor where it points to. */
interface Answer {
  readonly status: number;
  readonly headers: Pick<HttpHeaders, 'get'>;
}

/**
 * An answer that is not the service's, or none to what was asked. Its message and its properties say what came, and hold nothing of what
 * was in it.
 */
export class WrongAnswer extends Error {
  readonly status: number;
  /** The media type, e.g. `text/html`; `none` where the answer has none that can be read. */
  readonly contentType: string;
  /** Whether the service gave it, as far as its headers tell: then the request may have been carried out. */
  readonly fromService: boolean;

  /** @param reason What is wrong with it, as the end of a sentence, e.g. `it has no ETag`. */
  constructor(reason: string, { status, headers }: Answer, fromService = true) {
    super(reason);
    this.name = 'WrongAnswer';
    this.status = status;
    this.contentType = mediaType(headers.get('content-type'));
    this.fromService = fromService;
  }
}

/** Whether the service gave an answer: all that Azure Storage, Cosmos DB and Azurite send has one of these headers, refusals included. */
export function isFromService(headers: Answer['headers']): boolean {
  return (headers.get('x-ms-request-id') ?? headers.get('x-ms-version')) !== undefined;
}

const JSON_TYPE = /^application\/json\s*(?:;|$)/i;

/** A page that goes on where it began itself. */
export const ENDLESS = 'it is followed by itself: the continuation that it gives is the one that it was asked for';

const XML_TYPE = /^(?:application|text)\/(?:atom\+)?xml\s*(?:;|$)/i;

/** Whether an answer may be an error of the service by its content type: JSON, XML, or nothing where that is not said. */
export function isErrorType(headers: Answer['headers']): boolean {
  const type = headers.get('content-type') ?? '';
  return type === '' || JSON_TYPE.test(type) || XML_TYPE.test(type);
}

/** Whether an answer says that it is JSON. */
export function isJson(headers: Answer['headers']): boolean {
  return JSON_TYPE.test(headers.get('content-type') ?? '');
}

const ENTITY_TAG = /^(?:W\/)?"[ !#-~]*"$/;

/** Whether a header is an ETag, and one that can be sent back. */
export function isEntityTag(header: string | undefined): header is string {
  return header !== undefined && header.length <= LONGEST_ETAG && ENTITY_TAG.test(header);
}

/** The answer to a query or a list, as far as it was found out when its rows are read. */
export const LIST: Answer = { status: 200, headers: { get: () => 'application/json' } };

const MEDIA_TYPE = /^[\w!#$&^.+-]{1,60}\/[\w!#$&^.+-]{1,60}(?=\s*(?:;|$))/;

function mediaType(header: string | undefined): string {
  return MEDIA_TYPE.exec(header ?? '')?.[0].toLowerCase() ?? 'none';
}
