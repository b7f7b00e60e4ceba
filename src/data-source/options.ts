import type { HttpClient } from '@azure/core-rest-pipeline';
import type { Logger, MetricsHook, VerbListener } from '../observability/events.js';
import type { RetrySettings } from '../resilience/retry-settings.js';
import type { LimitsOption } from '../store/limits.js';
import type { AzureServiceName, AzureTarget } from '../stores/azure/azure-target.js';
import type { TableStore } from '../store/table-store.js';
import type { OptionNames } from '../options/check-option.js';

/** Where the tables are. */
export type DataSourceTarget =
  /** `'memory:'`, `'sqlite:PATH'`, `'lmdb:PATH'`, `'UseDevelopmentStorage=true'`, or a connection string of Azure Storage or Cosmos DB. */
  | 'memory:'
  | `sqlite:${string}`
  | `lmdb:${string}`
  | (string & {})
  | AzureTarget
  /** Any store that has the port. */
  | TableStore;

/** How a data source works with its store. */
export interface DataSourceOptions {
  /**
   * `lazy`, the default: a write to a missing table creates it and is sent once more; a read of a missing table finds nothing and
   * creates nothing. `never`: both throw `store.table-not-found`.
   */
  readonly ensureTables?: 'lazy' | 'never' | undefined;
  /** The name in the store of a class's table, e.g. one with the environment's name in front. */
  readonly tableName?: ((name: string) => string) | undefined;
  /** What is refused before I/O, where it is not what the store itself refuses; embedded stores take `'storage'` (the default) or `'cosmos'`. */
  readonly limits?: LimitsOption | undefined;
  /**
   * Whether class-validator's constraints are checked before writes: `'auto'`, the default, where a class has some. `false` turns off the
   * `schema` of classes as well.
   */
  readonly validate?: 'auto' | boolean | undefined;
  /**
   * The most requests that one query may plan, by default 1,000, or as many as the partitions that it was given: several `in` multiply
   * them. More are refused with `query.too-many-requests`, unless the query says `maxRequests(n)`.
   */
  readonly maxQueryRequests?: number | undefined;
  /**
   * Signs the continuations that `page()` gives, by HMAC-SHA-256: for those that cross a trust boundary, such as to a browser and back.
   * At least 16 bytes of text or bytes, the same in every process that pages go on in. To change it, give several: the first signs, each
   * is accepted. What a continuation holds, keys of rows, can still be read by who has it. `undefined`, such as a variable of the
   * environment that is not set, is refused with `validation.invalid-option`: nothing would be signed.
   */
  readonly continuationSecret?: string | Uint8Array | readonly (string | Uint8Array)[];
  /** The time, in milliseconds since 1970, for the timestamps of embedded stores; for tests. */
  readonly clock?: (() => number) | undefined;
  /**
   * What an acknowledged write to a store on disk survives: `full`, the default, also the loss of power; `relaxed` may lose the last
   * transactions then, never the whole, and writes alone take about half as long.
   */
  readonly durability?: 'full' | 'relaxed' | undefined;
  /**
   * The permissions of files that a store on disk makes, `0o600` by default: only the user that runs the program may read them. `0o640`
   * lets its group read them, `0o660` also write. Folders that are made for them get the same, and may be entered by who may read. Files
   * that are there keep theirs. Windows does not know them.
   */
  readonly fileMode?: number | undefined;
  /**
   * Which service answers on Azure, `'storage'` or `'cosmos'`, where its address does not tell, e.g. behind a proxy: see the guide's page on
   * Azure. A target that is an object may say it itself.
   */
  readonly service?: AzureServiceName | undefined;
  /**
   * Connections that an Azure store has open at most, 100 by default: enough for what an account answers, and below what a process may
   * open. Requests beyond them wait for their turn. An `httpClient` has limits of its own.
   */
  readonly maxSockets?: number | undefined;
  /**
   * Bytes of one answer of Azure that are read at most, 128 MiB by default; the service's own pages have 4 MiB. What has more is
   * `store.unavailable`. An `httpClient` reads what it reads.
   */
  readonly maxAnswerBytes?: number | undefined;
  /** The http client of Azure stores. */
  readonly httpClient?: HttpClient | undefined;
  /**
   * How requests that failed on their way are sent again, and lost answers settled: see `RetrySettings` for what holds by default on
   * Azure. `false`: never. A `TableStore` of your own is wrapped so only when this is given; an embedded store has no need of it.
   */
  readonly retry?: RetrySettings | false | undefined;
  /** Is told of every operation and every retry; never of keys, property values or secrets. It cannot break an operation. */
  readonly logger?: Logger | undefined;
  /**
   * Is told of every verb when it ends, with what the store was asked to do for it, summed up: never of keys, property values or secrets.
   * It cannot break a verb. Verbs and operations are told together by the async context, which is kept only where this is given.
   */
  readonly onVerb?: VerbListener | undefined;
  /** Receives measurements of every operation. It cannot break one. */
  readonly metrics?: MetricsHook | undefined;
}

/** What the options of a data source may be called; integrations that open one take these among their own. */
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
