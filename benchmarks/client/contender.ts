import type { HttpClient } from '@azure/core-rest-pipeline';

/** The address that a client sends its requests to. */
export interface Endpoint {
  readonly url: string;
  readonly httpClient?: HttpClient;
}

/** The operations of one client. Each read returns instances of the class with exact types. */
export interface ClientContender {
  get(): Promise<object | undefined>;
  insert(): Promise<unknown>;
  merge(): Promise<unknown>;
  /** Reads a page of 1,000 rows. */
  page(): Promise<readonly object[]>;
  /** Reads the same page with three selected properties. Absent if a client cannot select. */
  selected?(): Promise<readonly object[]>;
  /** Inserts 100 entities atomically. Absent if a client has no transactions. */
  transaction?(): Promise<unknown>;
}

/** Creates a client for an endpoint. */
export type MakeContender = (endpoint: Endpoint) => Promise<ClientContender>;

/** The account that all clients use. */
export const ACCOUNT = { name: 'account', key: Buffer.from('0123456789abcdef0123456789abcdef').toString('base64') };

let keys = 0;

/** Returns a different key for each call, so that no client profits from caching the address. */
export function nextKey(): { readonly partition: string; readonly row: string } {
  keys = (keys + 1) % 1000;
  return { partition: 'p0001', row: `r${String(keys).padStart(8, '0')}` };
}
