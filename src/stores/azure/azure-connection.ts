import type { HttpClient } from '@azure/core-rest-pipeline';
import { EntitableError } from '../../errors/entitable-error.js';
import type { StoreTraits } from '../../store/table-store.js';
import type { ServiceProfile } from './service-profile.js';
import type { NamedKey, SdkClient } from './azure-target.js';
import type { Transport } from './http/transport.js';

/** The settings of a connection to one account, and the clients that send its requests. */
export interface ConnectionSettings {
  readonly client: SdkClient;
  readonly transport: Transport;
  readonly httpClient: HttpClient;
  /** The account's name and key, if the target contains them. They are needed to sign a SAS. */
  readonly key: NamedKey | undefined;
  /** Closes the connections that the store owns. */
  readonly closeConnections: () => void;
  /** Maximum size of a response, in bytes. */
  readonly maxAnswerBytes: number;
  /** The account's table endpoint, without a trailing slash. */
  readonly endpoint: string;
  readonly service: ServiceProfile;
  readonly traits: StoreTraits;
}

/**
 * The connection to one account. After `close`, the properties `client`, `transport`, `httpClient` and `key` throw
 * `store.closed`.
 */
export class AzureConnection {
  readonly #settings: ConnectionSettings;
  #closed = false;

  constructor(settings: ConnectionSettings) {
    this.#settings = settings;
  }

  get traits(): StoreTraits {
    return this.#settings.traits;
  }

  get service(): ServiceProfile {
    return this.#settings.service;
  }

  get maxAnswerBytes(): number {
    return this.#settings.maxAnswerBytes;
  }

  get endpoint(): string {
    return this.#settings.endpoint;
  }

  get client(): SdkClient {
    return this.#open().client;
  }

  get transport(): Transport {
    return this.#open().transport;
  }

  get httpClient(): HttpClient {
    return this.#open().httpClient;
  }

  get key(): NamedKey | undefined {
    return this.#open().key;
  }

  close(): void {
    if (!this.#closed) this.#settings.closeConnections();
    this.#closed = true;
  }

  #open(): ConnectionSettings {
    if (this.#closed) throw new EntitableError('store.closed', 'The store is closed. Open it again to use it.', {});
    return this.#settings;
  }
}
