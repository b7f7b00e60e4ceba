import type { HttpClient } from '@azure/core-rest-pipeline';

/** Where a client sends its requests. */
export interface Endpoint {
  readonly url: string;
  readonly httpClient?: HttpClient;
}

/** The operations of one client, each giving instances of the class with exact types. */
export interface ClientContender {
  get(): Promise<object | undefined>;
  insert(): Promise<unknown>;
  merge(): Promise<unknown>;
  /** A page of 1,000 rows. */
  page(): Promise<readonly object[]>;
  /** The same, three properties of it; absent where a client cannot. */
  selected?(): Promise<readonly object[]>;
  /** 100 inserts, all or nothing; absent where a client cannot. */
  transaction?(): Promise<unknown>;
}

/** Makes a client for an endpoint. */
export type MakeContender = (endpoint: Endpoint) => Promise<ClientContender>;

/** The account of all clients. */
export const ACCOUNT = { name: 'account', key: Buffer.from('0123456789abcdef0123456789abcdef').toString('base64') };

let keys = 0;

/** A key that differs from the last: none is quicker to address for having been addressed before. */
export function nextKey(): { readonly partition: string; readonly row: string } {
  keys = (keys + 1) % 1000;
  return { partition: 'p0001', row: `r${String(keys).padStart(8, '0')}` };
}
