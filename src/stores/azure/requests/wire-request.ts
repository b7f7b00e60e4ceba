import type { HttpMethods } from '@azure/core-rest-pipeline';
import type { ReadRequest, PreparedWrite, WriteMode } from '../../../store/table-store.js';
import type { ServiceProfile } from '../service-profile.js';

/** A request as this store builds it, before the policies of the SDK's pipeline process it. */
export interface WireRequest {
  readonly method: HttpMethods;
  readonly url: string;
  readonly headers: Readonly<Record<string, string>>;
  readonly body: string | Uint8Array | undefined;
}

/**
 * The protocol version that this store uses. An SDK client that was passed in overrides it if that client is set to
 * another version.
 */
export const PROTOCOL_VERSION = '2019-02-02';

/**
 * The amount of type information in a response: `minimalmetadata` annotates every type that JSON cannot represent,
 * `nometadata` none.
 */
export type MetadataLevel = 'minimalmetadata' | 'nometadata';

/** Returns the metadata level of a read. Only reads that return nothing but keys need no types. */
export function metadataLevelOf({ select, etag, undeclared }: ReadRequest): MetadataLevel {
  return select?.length === 0 && !etag && !undeclared ? 'nometadata' : 'minimalmetadata';
}

const READ_HEADERS: Readonly<Record<MetadataLevel, Readonly<Record<string, string>>>> = {
  minimalmetadata: readHeaders('minimalmetadata'),
  nometadata: readHeaders('nometadata'),
};

/** Builds the request of a read: of rows, or of the list of tables. */
export function readRequest(url: string, metadata: MetadataLevel): WireRequest {
  return { method: 'GET', url, headers: READ_HEADERS[metadata], body: undefined };
}

function readHeaders(metadata: MetadataLevel): Readonly<Record<string, string>> {
  return { Accept: `application/json;odata=${metadata}`, DataServiceVersion: '3.0', 'x-ms-version': PROTOCOL_VERSION };
}

/** A write that is ready to be sent. */
export interface AzureWrite extends PreparedWrite {
  /** The table's URL for an insert, otherwise the row's. */
  readonly url: string;
  readonly body: string | undefined;
  /** Length of the body in UTF-8, in bytes. */
  readonly bodyBytes: number;
  readonly ifMatch: string | undefined;
  /** Names of properties that a merge removes. Such a write is sent as a read of the row and a replace. */
  readonly remove: readonly string[];
}

const METHODS: Readonly<Record<Exclude<WriteMode, 'merge' | 'upsert-merge'>, HttpMethods>> = {
  insert: 'POST',
  replace: 'PUT',
  'upsert-replace': 'PUT',
  delete: 'DELETE',
};

/** Returns the HTTP method and the headers that all writes of a mode have, whether sent alone or in a transaction. */
export function writeHead(mode: WriteMode, service: ServiceProfile): Pick<WireRequest, 'method' | 'headers'> {
  const merging = mode === 'merge' || mode === 'upsert-merge';
  const headers: Record<string, string> = {
    Accept: 'application/json;odata=minimalmetadata',
    DataServiceVersion: '3.0',
    'x-ms-version': PROTOCOL_VERSION,
  };
  if (mode !== 'delete') headers['Content-Type'] = 'application/json';
  if (mode === 'insert') headers['Prefer'] = 'return-no-content';
  if (merging && service.merge === 'POST') headers['X-HTTP-Method'] = 'MERGE';
  return { method: merging ? service.merge : METHODS[mode], headers };
}

/** Builds the request of a single write. */
export function writeRequest({ mode, url, body, ifMatch }: AzureWrite, service: ServiceProfile): WireRequest {
  const { method, headers } = writeHead(mode, service);
  return { method, url, headers: ifMatch === undefined ? headers : { 'If-Match': ifMatch, ...headers }, body };
}
