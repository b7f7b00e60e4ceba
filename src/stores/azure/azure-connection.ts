import type { HttpClient } from '@azure/core-rest-pipeline';
import { EntitableError } from '../../errors/entitable-error.js';
import type { StoreTraits } from '../../store/table-store.js';
import type { ServiceProfile } from './service-profile.js';
import type { NamedKey, SdkClient } from './azure-target.js';
import type { Transport } from './http/transport.js';

/** What it takes to talk to one account. */
export interface ConnectionSettings {
  readonly client: SdkClient;
  readonly transport: Transport;
  readonly httpClient: HttpClient;
  /** The account's key, where it was given: signatures are made with it. */
  readonly key: NamedKey | undefined;
  /** Ends the connections that are the store's own. */
  readonly closeConnections: () => void;
  /** Bytes of one answer at most. */
  readonly maxAnswerBytes: number;
  /** Where the account's tables are, without a slash at the end. */
  readonly endpoint: string;
  readonly service: ServiceProfile;
  readonly traits: StoreTraits;
}

/** One account, until it is closed. */
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
