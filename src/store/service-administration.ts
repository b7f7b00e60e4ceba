import type { OperationOptions } from '../options/operation-options.js';

const INSPECT: unique symbol = Symbol.for('nodejs.util.inspect.custom') as never;

/**
 * A shared access signature (SAS) with the endpoint that it is valid for. Pass it to `DataSource.open` as it is.
 * Whoever has the signature may use it, so neither `inspect` nor JSON shows it: to hand it on, read {@link signature}
 * or {@link connectionString}.
 */
export class SharedAccess {
  /** The URL of the account's Table service. */
  readonly endpoint: string;
  readonly #signature: string;

  constructor(endpoint: string, signature: string) {
    this.endpoint = endpoint;
    this.#signature = signature;
  }

  /** The signature as the query of a URL, without the question mark. It is a secret. */
  get signature(): string {
    return this.#signature;
  }

  /**
   * The endpoint and the signature in one connection string, which `DataSource.open` and the SDKs accept. It is a
   * secret.
   */
  get connectionString(): string {
    return `TableEndpoint=${this.endpoint};SharedAccessSignature=${this.#signature}`;
  }

  /** Returns this object as a credential, which makes it a target of `DataSource.open`. */
  get credential(): { readonly signature: string } {
    return this;
  }

  /** @internal Called by `inspect`, which would otherwise show the signature if its option `getters` is set. */
  [INSPECT](): object {
    return { endpoint: this.endpoint };
  }
}

/** An operation that can be permitted on a table. An upsert needs both `add` and `update`. */
export type TablePermission = 'read' | 'add' | 'update' | 'delete';

/**
 * An operation that can be permitted on an account. An upsert needs both `add` and `update`. `write` permits creating
 * tables and setting service properties.
 */
export type AccountPermission = TablePermission | 'list' | 'write';

/**
 * A part of the account that a permission can apply to: the service and its properties, the tables, or the entities in
 * them.
 */
export type AccountResource = 'service' | 'container' | 'object';

/** A stored access policy of a table. Change or remove the policy to change or revoke every SAS that names it. */
export interface AccessPolicy {
  /** The id by which a SAS names the policy: 1 to 64 characters. */
  readonly id: string;
  /** The time from which the policy is valid, to the second. */
  readonly start?: Date | undefined;
  /**
   * The time until which the policy is valid, to the second. If it is left out, every SAS that names the policy must
   * have an `expiry`.
   */
  readonly expiry?: Date | undefined;
  /** The permitted operations. If they are left out, every SAS that names the policy must have `permissions`. */
  readonly permissions?: readonly TablePermission[] | undefined;
}

/** One end of a range of keys, inclusive. Without `rowKey`, the range includes the whole partition. */
export interface SasKey {
  /** The partition key, as stored. */
  readonly partitionKey: string;
  /** The row key, as stored. */
  readonly rowKey?: string | undefined;
}

/** The restrictions that every shared access signature (SAS) can have. */
export interface SasRestrictions {
  /**
   * The time from which the SAS is valid, to the second. By default it is valid at once: leave `start` out if clocks
   * may differ.
   */
  readonly start?: Date | undefined;
  /** The IPv4 addresses that may use the SAS: a single one, or those from `start` to `end`. */
  readonly ipRange?: { readonly start: string; readonly end?: string | undefined } | undefined;
  /** The protocols over which the SAS may be used. By default `https` alone if the endpoint is https. */
  readonly protocol?: 'https' | 'https,http' | undefined;
}

/**
 * The options of a SAS for one table. They must contain `permissions` and `expiry`, or a `policy` that sets whichever
 * of these is left out.
 */
export interface TableSasOptions extends SasRestrictions {
  /** The permitted operations. */
  readonly permissions?: readonly TablePermission[] | undefined;
  /** The time until which the SAS is valid, to the second. */
  readonly expiry?: Date | undefined;
  /** The id of a stored access policy of the table. The SAS must not repeat what the policy sets. */
  readonly policy?: string | undefined;
  /** The first permitted key. Partition keys are compared first, then row keys. */
  readonly from?: SasKey | undefined;
  /** The last permitted key. */
  readonly to?: SasKey | undefined;
}

/**
 * The options of a SAS for the account. Such a SAS is valid for the Table service only, not for other services of the
 * account.
 */
export interface AccountSasOptions extends SasRestrictions {
  /** The permitted operations. The resource types decide which of them apply. */
  readonly permissions: readonly AccountPermission[];
  /** The time until which the SAS is valid, to the second. */
  readonly expiry: Date;
  /** The parts of the account that the SAS applies to; all three by default. */
  readonly resourceTypes?: readonly AccountResource[] | undefined;
}

/** The settings for the service's log of requests: the kinds of requests in it, and the time for which it is kept. */
export interface LoggingProperties {
  /** True if reads are logged. */
  readonly read: boolean;
  /** True if writes are logged. */
  readonly write: boolean;
  /** True if deletions are logged. */
  readonly delete: boolean;
  /** The number of days for which logs are kept, 1 to 365; for ever by default. */
  readonly retentionDays?: number | undefined;
}

/** The settings for the metrics that the service aggregates per hour or per minute. */
export interface MetricsProperties {
  /** True if metrics are collected at all. */
  readonly enabled: boolean;
  /** True if metrics are also collected for each kind of request. May be true only if `enabled` is true. */
  readonly includeAPIs?: boolean | undefined;
  /** The number of days for which metrics are kept, 1 to 365; for ever by default. */
  readonly retentionDays?: number | undefined;
}

/** A rule that lets pages of other origins use the service from a browser. */
export interface CorsRule {
  /** The origins that the rule applies to, or `*` for all. */
  readonly allowedOrigins: readonly string[];
  /** The HTTP methods that such a page may use. */
  readonly allowedMethods: readonly CorsMethod[];
  /** The request headers that such a page may send. A `*` at the end matches any ending, as in `x-ms-meta-*`. */
  readonly allowedHeaders: readonly string[];
  /** The response headers that such a page may read. */
  readonly exposedHeaders: readonly string[];
  /** The time in seconds for which a browser may cache the preflight response. */
  readonly maxAgeInSeconds: number;
}

/** An HTTP method that a CORS rule can allow. */
export type CorsMethod = 'DELETE' | 'GET' | 'HEAD' | 'MERGE' | 'OPTIONS' | 'PATCH' | 'POST' | 'PUT';

/** The properties of an account's Table service. A property that is left out of a change keeps its value. */
export interface ServiceProperties {
  /** The kinds of requests that are logged. */
  readonly logging?: LoggingProperties | undefined;
  /** The settings for metrics per hour. */
  readonly hourMetrics?: MetricsProperties | undefined;
  /** The settings for metrics per minute. */
  readonly minuteMetrics?: MetricsProperties | undefined;
  /** The CORS rules, at most 5; an empty list turns CORS off. */
  readonly cors?: readonly CorsRule[] | undefined;
}

/** The replication state of an account's secondary location. */
export interface ServiceStatistics {
  /** The state of the geo-replication. */
  readonly geoReplication: {
    /**
     * `live` when the secondary location can be read, `bootstrap` while it is filled for the first time, otherwise
     * `unavailable`.
     */
    readonly status: 'live' | 'bootstrap' | 'unavailable';
    /**
     * Everything that was written before this time can be read at the secondary location. Absent while the time is
     * unknown.
     */
    readonly lastSyncTime?: Date;
  };
}

/**
 * The administration of an account's Table service: access policies, shared access signatures, service properties and
 * statistics. (Tables and rows are accessed by `TableStore`.) Callers validate the arguments; implementations need not.
 */
export interface ServiceAdministration {
  /** Returns the stored access policies of a table. */
  getAccessPolicies(table: string, options?: OperationOptions): Promise<readonly AccessPolicy[]>;
  /** Replaces all stored access policies of a table with the given ones. */
  setAccessPolicies(table: string, policies: readonly AccessPolicy[], options?: OperationOptions): Promise<void>;
  /** Signs a SAS for a table. Sends no request. */
  generateTableSas(table: string, options: TableSasOptions): Promise<SharedAccess>;
  /** Signs a SAS for the account's tables. Sends no request. */
  generateAccountSas(options: AccountSasOptions): Promise<SharedAccess>;
  /** Returns the logging, the metrics and the CORS rules of the service. */
  getServiceProperties(options?: OperationOptions): Promise<ServiceProperties>;
  /** Sets the given properties. Those that are left out keep their values. */
  setServiceProperties(properties: ServiceProperties, options?: OperationOptions): Promise<void>;
  /** Returns the replication state of the secondary location, by a request to that location. */
  getStatistics(options?: OperationOptions): Promise<ServiceStatistics>;
}
