import type { OperationOptions } from '../options/operation-options.js';

const INSPECT: unique symbol = Symbol.for('nodejs.util.inspect.custom') as never;

/**
 * A shared access signature and where it is valid: `DataSource.open` takes it as it is. It permits whoever has it, so that neither
 * `inspect` nor JSON shows the signature; hand it on as {@link signature} or {@link connectionString}.
 */
export class SharedAccess {
  /** Where the tables of the account are. */
  readonly endpoint: string;
  readonly #signature: string;

  constructor(endpoint: string, signature: string) {
    this.endpoint = endpoint;
    this.#signature = signature;
  }

  /** The signature as the query of a URL, without the question mark. A secret. */
  get signature(): string {
    return this.#signature;
  }

  /** The endpoint and the signature in one text, which `DataSource.open` and the SDKs take. A secret. */
  get connectionString(): string {
    return `TableEndpoint=${this.endpoint};SharedAccessSignature=${this.#signature}`;
  }

  /** What makes it a target of `DataSource.open`. */
  get credential(): { readonly signature: string } {
    return this;
  }

  /** @internal For `inspect`, which else would show the signature where it is asked for getters. */
  [INSPECT](): object {
    return { endpoint: this.endpoint };
  }
}

/** What can be permitted in a table. An upsert needs both `add` and `update`. */
export type TablePermission = 'read' | 'add' | 'update' | 'delete';

/** What can be permitted in an account. An upsert needs both `add` and `update`; `write` makes tables and sets service properties. */
export type AccountPermission = TablePermission | 'list' | 'write';

/** What of an account can be permitted: the service and its properties, its tables, the entities in them. */
export type AccountResource = 'service' | 'container' | 'object';

/** A stored access policy of a table. A SAS that names it can be changed and revoked by changing the policy. */
export interface AccessPolicy {
  /** What a SAS names it by: 1 to 64 characters. */
  readonly id: string;
  /** From when on it permits anything; whole seconds. */
  readonly start?: Date | undefined;
  /** Until when; whole seconds. Where it has none, every SAS of the policy must have one. */
  readonly expiry?: Date | undefined;
  /** What it permits. Where it says nothing, every SAS of the policy must. */
  readonly permissions?: readonly TablePermission[] | undefined;
}

/** An end of a range of keys, itself included. Without `rowKey`, all of the partition is in the range. */
export interface SasKey {
  /** The stored partition key. */
  readonly partitionKey: string;
  /** The stored row key. */
  readonly rowKey?: string | undefined;
}

/** What every shared access signature (SAS) can be limited to. */
export interface SasRestrictions {
  /** From when on it is valid; at once where nothing is said. Leave it out where clocks may differ. Whole seconds. */
  readonly start?: Date | undefined;
  /** IPv4 addresses that may use it: one, or those from `start` to `end`. */
  readonly ipRange?: { readonly start: string; readonly end?: string | undefined } | undefined;
  /** How it may be sent: `https` alone where the endpoint is https and nothing is said. */
  readonly protocol?: 'https' | 'https,http' | undefined;
}

/** What a SAS of a table permits. It needs `permissions` and `expiry`, or a `policy` that has what it lacks. */
export interface TableSasOptions extends SasRestrictions {
  /** What it permits. */
  readonly permissions?: readonly TablePermission[] | undefined;
  /** Until when it is valid; whole seconds. */
  readonly expiry?: Date | undefined;
  /** The id of a stored access policy of the table. What the policy says, the SAS must not say again. */
  readonly policy?: string | undefined;
  /** The first key that it permits; partition keys are compared first, then row keys. */
  readonly from?: SasKey | undefined;
  /** The last key that it permits. */
  readonly to?: SasKey | undefined;
}

/** What a SAS of the account permits: tables only, no other service of the account. */
export interface AccountSasOptions extends SasRestrictions {
  /** What it permits; which of these apply depends on the resource. */
  readonly permissions: readonly AccountPermission[];
  /** Until when it is valid; whole seconds. */
  readonly expiry: Date;
  /** All three where nothing is said. */
  readonly resourceTypes?: readonly AccountResource[] | undefined;
}

/** Which requests the service logs. */
export interface LoggingProperties {
  /** Whether reads are logged. */
  readonly read: boolean;
  /** Whether writes are logged. */
  readonly write: boolean;
  /** Whether deletions are logged. */
  readonly delete: boolean;
  /** Days that logs are kept, 1 to 365; for ever where nothing is said. */
  readonly retentionDays?: number | undefined;
}

/** What the service counts, by the hour or the minute. */
export interface MetricsProperties {
  /** Whether it counts at all. */
  readonly enabled: boolean;
  /** Whether it counts for each kind of request; only where it is enabled. */
  readonly includeAPIs?: boolean | undefined;
  /** Days that counts are kept, 1 to 365; for ever where nothing is said. */
  readonly retentionDays?: number | undefined;
}

/** Which pages of other origins a browser lets use the service. */
export interface CorsRule {
  /** Origins, or `*`. */
  readonly allowedOrigins: readonly string[];
  /** What such a page may do. */
  readonly allowedMethods: readonly CorsMethod[];
  /** Request headers, or beginnings of them such as `x-ms-meta-*`. */
  readonly allowedHeaders: readonly string[];
  /** Response headers that the page may read. */
  readonly exposedHeaders: readonly string[];
  /** How long a browser may remember the answer. */
  readonly maxAgeInSeconds: number;
}

/** A method that a CORS rule can allow. */
export type CorsMethod = 'DELETE' | 'GET' | 'HEAD' | 'MERGE' | 'OPTIONS' | 'PATCH' | 'POST' | 'PUT';

/** The properties of an account's Table service. When they are set, what is left out stays as it is. */
export interface ServiceProperties {
  /** Which requests are logged. */
  readonly logging?: LoggingProperties | undefined;
  /** What is counted by the hour. */
  readonly hourMetrics?: MetricsProperties | undefined;
  /** What is counted by the minute. */
  readonly minuteMetrics?: MetricsProperties | undefined;
  /** At most 5 rules; none turns CORS off. */
  readonly cors?: readonly CorsRule[] | undefined;
}

/** How far the secondary location of an account is. */
export interface ServiceStatistics {
  /** How replication to it goes. */
  readonly geoReplication: {
    /** `live` when it can be read, `bootstrap` while it is filled for the first time. */
    readonly status: 'live' | 'bootstrap' | 'unavailable';
    /** All that was written before is there to be read; absent while it is unknown. */
    readonly lastSyncTime?: Date;
  };
}

/** What the Table service of an account has besides tables and rows. Its callers have checked what they give. */
export interface ServiceAdministration {
  /** The stored access policies of a table. */
  getAccessPolicies(table: string, options?: OperationOptions): Promise<readonly AccessPolicy[]>;
  /** Makes these all the stored access policies that a table has. */
  setAccessPolicies(table: string, policies: readonly AccessPolicy[], options?: OperationOptions): Promise<void>;
  /** Signs a SAS of a table; no request. */
  generateTableSas(table: string, options: TableSasOptions): Promise<SharedAccess>;
  /** Signs a SAS of the account's tables; no request. */
  generateAccountSas(options: AccountSasOptions): Promise<SharedAccess>;
  /** What the service logs and counts, and its CORS rules. */
  getServiceProperties(options?: OperationOptions): Promise<ServiceProperties>;
  /** Sets what is given; what is left out stays as it is. */
  setServiceProperties(properties: ServiceProperties, options?: OperationOptions): Promise<void>;
  /** How far the secondary location is; asked of that location. */
  getStatistics(options?: OperationOptions): Promise<ServiceStatistics>;
}
