import type { HttpClient } from '@azure/core-rest-pipeline';
import type { Logger, MetricsHook, VerbListener } from '../observability/events.js';
import type { RetrySettings } from '../resilience/retry-settings.js';
import type { LimitsOption } from '../store/limits.js';
import type { AzureServiceName, AzureTarget } from '../stores/azure/azure-target.js';
import type { TableStore } from '../store/table-store.js';
import type { OptionNames } from '../options/check-option.js';

/** A target of `DataSource.open`: the store that holds the tables. */
export type DataSourceTarget =
  /**
   * One of `'memory:'`, `'sqlite:PATH'`, `'lmdb:PATH'`, `'UseDevelopmentStorage=true'`, or a connection string of Azure
   * Storage or Cosmos DB.
   */
  | 'memory:'
  | `sqlite:${string}`
  | `lmdb:${string}`
  | (string & {})
  | AzureTarget
  /** A store of your own that implements the `TableStore` interface. */
  | TableStore;

/** The options of `DataSource.open`. */
export interface DataSourceOptions {
  /**
   * Creates missing tables on demand. With `lazy`, the default, a write to a missing table creates the table and is
   * sent once more; a read of a missing table finds nothing and creates nothing. With `never`, both throw
   * `store.table-not-found`.
   */
  readonly ensureTables?: 'lazy' | 'never' | undefined;
  /** Maps the table name of a class to its name in the store, for example with the environment's name as a prefix. */
  readonly tableName?: ((name: string) => string) | undefined;
  /**
   * The limits that are checked before any I/O, if they differ from the store's own. Embedded stores accept `'storage'`
   * (the default) or `'cosmos'`.
   */
  readonly limits?: LimitsOption | undefined;
  /**
   * Selects the validation before writes. With `'auto'`, the default, the constraints of class-validator are checked
   * for classes that have any. With `true`, class-validator is loaded for every class, so that a missing package throws
   * `store.package-missing`. With `false`, neither these constraints nor the `schema` of a class are checked.
   */
  readonly validate?: 'auto' | boolean | undefined;
  /**
   * The maximum number of requests that one query may plan: by default 1,000, or the number of partitions that were
   * passed to the query if that is greater. Several `in` conditions multiply the requests. A query that needs more
   * throws `query.too-many-requests`, unless it sets `maxRequests(n)`.
   */
  readonly maxQueryRequests?: number | undefined;
  /**
   * The secret that signs the continuations of `page()` with HMAC-SHA-256. Set it if continuations cross a trust
   * boundary, such as to a browser and back. It has at least 16 bytes, as a string or as bytes, and must be the same in
   * every process that continues the pages. To rotate it, pass several: the first one signs, all are accepted.
   * Continuations are not encrypted: their holder can read the row keys in them. `undefined`, such as an environment
   * variable that is not set, throws `validation.invalid-option`, because nothing would be signed.
   */
  readonly continuationSecret?: string | Uint8Array | readonly (string | Uint8Array)[];
  /** Returns the time, in milliseconds since 1970, for the timestamps of embedded stores. For tests. */
  readonly clock?: (() => number) | undefined;
  /**
   * The failures that acknowledged writes to a store on disk survive. With `full`, the default, they survive a crash of
   * the operating system and a power failure. With `relaxed`, either may undo the last transactions, but the store
   * stays intact; single writes then take about half the time.
   */
  readonly durability?: 'full' | 'relaxed' | undefined;
  /**
   * The permissions of the files that a store on disk creates. By default they are `0o600`: only the user that runs the
   * program may read and write them. `0o640` also lets the file's group read them, and `0o660` lets it write them, too.
   * Folders that are created for the files get the same permissions, and whoever may read them may also enter them.
   * Existing files keep their permissions. Ignored on Windows.
   */
  readonly fileMode?: number | undefined;
  /**
   * The Azure service behind the address, `'storage'` or `'cosmos'`, if the address does not reveal it, e.g. for a
   * proxy: see docs/azure.md. A target that is an object can have this member itself.
   */
  readonly service?: AzureServiceName | undefined;
  /**
   * The maximum number of connections that an Azure store has open at once: 100 by default, which is enough for the
   * requests that one account can serve, and fewer than a process may open. Further requests wait for their turn.
   * Ignored with an `httpClient`, which has its own limits.
   */
  readonly maxSockets?: number | undefined;
  /**
   * The maximum number of bytes to read of one response from Azure: 128 MiB by default; the service's own pages have at
   * most 4 MiB. A longer response throws `store.unavailable`. Ignored with an `httpClient`.
   */
  readonly maxAnswerBytes?: number | undefined;
  /** The HTTP client to use for Azure stores instead of the built-in one. */
  readonly httpClient?: HttpClient | undefined;
  /**
   * The retries of failed requests, and the recovery of lost responses: see `RetrySettings` for the defaults on Azure.
   * `false` turns both off. A `TableStore` of your own is retried only if this option is set; an embedded store does
   * not need it.
   */
  readonly retry?: RetrySettings | false | undefined;
  /**
   * Receives an event for every operation of the store and every retry. Events never contain keys, property values or
   * secrets. An error that the logger throws does not affect the operation.
   */
  readonly logger?: Logger | undefined;
  /**
   * Receives an event when a verb ends, i.e. one call of a method of a repository, a query or a unit of work that
   * reaches the store. The event sums up the operations that the store carried out for the verb, and never contains
   * keys, property values or secrets. An error that the listener throws does not affect the verb. `AsyncLocalStorage`,
   * which attributes operations to their verb, is used only if this option is set.
   */
  readonly onVerb?: VerbListener | undefined;
  /** Receives measurements of every operation of the store. An error that it throws does not affect the operation. */
  readonly metrics?: MetricsHook | undefined;
}

/**
 * The names of a data source's options. Integrations that open a data source accept them in addition to their own
 * options.
 */
export const DATA_SOURCE_NAMES: OptionNames<DataSourceOptions> = {
  ensureTables: true,
  tableName: true,
  limits: true,
  validate: true,
  maxQueryRequests: true,
  continuationSecret: true,
  clock: true,
  durability: true,
  fileMode: true,
  service: true,
  maxSockets: true,
  maxAnswerBytes: true,
  httpClient: true,
  retry: true,
  logger: true,
  onVerb: true,
  metrics: true,
};
