import type { HttpMethods } from '@azure/core-rest-pipeline';
import type { ReadRequest } from '../../store/table-store.js';

/** A request as this store builds it. */
export interface WireRequest {
  readonly method: HttpMethods;
  readonly url: string;
  readonly headers: Readonly<Record<string, string>>;
  readonly body: string | Uint8Array | undefined;
}

/** The version of the protocol this store speaks; a client with a version of its own sets that. */
export const PROTOCOL_VERSION = '2019-02-02';

/** How much a row says of its types: all that JSON cannot, or nothing. */
export type MetadataLevel = 'minimalmetadata' | 'nometadata';

/** How much a read asks for: everything that has a type is read with it, only keys do without. */
export function metadataOf({ select, etag, undeclared }: ReadRequest): MetadataLevel {
  return select?.length === 0 && !etag && !undeclared ? 'nometadata' : 'minimalmetadata';
}

const READ_HEADERS: Readonly<Record<MetadataLevel, Readonly<Record<string, string>>>> = {
  minimalmetadata: readHeaders('minimalmetadata'),
  nometadata: readHeaders('nometadata'),
};

/** A read of rows. */
export function readRequest(url: string, metadata: MetadataLevel): WireRequest {
  return { method: 'GET', url, headers: READ_HEADERS[metadata], body: undefined };
}

function readHeaders(metadata: MetadataLevel): Readonly<Record<string, string>> {
  return { Accept: `application/json;odata=${metadata}`, DataServiceVersion: '3.0', 'x-ms-version': PROTOCOL_VERSION };
}
