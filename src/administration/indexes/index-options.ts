import type { EntitableError } from '../../errors/entitable-error.js';
import type { OptionNames } from '../../options/check-option.js';
import { OPERATION_NAMES, type OperationOptions } from '../../options/operation-options.js';

/** Options of `verify` and `rebuild`. `signal` stops the call cleanly; `timeout` applies to each request. */
export interface IndexOptions extends OperationOptions {
  /** The name of the only index to verify or rebuild; by default all indexes of the class. */
  readonly index?: string | undefined;
}

/** Progress of a verification, passed to `onProgress` after each page of rows. */
export interface VerifyIndexesProgress {
  /** Number of entities read so far. */
  readonly entities: number;
  /** Number of entries read so far. */
  readonly entries: number;
  /** Number of missing entries found so far. */
  readonly missing: number;
  /** Number of stale entries found so far. */
  readonly stale: number;
  /** Rows read per second, since the beginning. */
  readonly ratePerSecond: number;
}

/** Options of `verify`. */
export interface VerifyIndexesOptions extends IndexOptions {
  /**
   * Maximum number of findings that the report lists in `sample`; 20 by default, 0 for none. All findings are counted.
   */
  readonly sample?: number | undefined;
  /**
   * Called after every page, without being awaited. If it throws or its promise is rejected, the error is ignored; use
   * `signal` to stop the verification.
   */
  readonly onProgress?: ((progress: VerifyIndexesProgress) => unknown) | undefined;
}

/** One difference between an entity and its entries in the indexes. It contains keys, but no values. */
export interface IndexFinding {
  /**
   * `missing`: the entity has no entry, so the index does not find it. `stale`: an entry whose entity is gone or has
   * other values now. `refused`: the entity cannot have an entry, for the reason in `error`.
   */
  readonly kind: 'missing' | 'stale' | 'refused';
  /** The name of the index. */
  readonly index: string;
  /** The stored partition key of the entity, or of the entry if `rowKey` is absent. */
  readonly partitionKey: string;
  /** The stored row key of the entity; absent for a stale entry whose keys do not contain those of an entity. */
  readonly rowKey?: string | undefined;
  /** The reason why the entity cannot have an entry, i.e. `key.too-long` or `key.out-of-range`. */
  readonly error?: EntitableError | undefined;
}

/** The result of a verification. The indexes are right if `missing` and `stale` and `refused` are 0. */
export interface VerifyIndexesReport {
  /** Number of entities that were read. */
  readonly entities: number;
  /** Number of entries that were read. */
  readonly entries: number;
  /** Number of missing entries. The index does not find the entities to which they should belong. */
  readonly missing: number;
  /** Number of entries whose entity is gone or has other values now. Queries that read entities leave them out. */
  readonly stale: number;
  /**
   * Number of entries that cannot exist, because another program stored a value that is too long for a key. The index
   * does not find their entities.
   */
  readonly refused: number;
  /** The first findings, with the keys of the entities. */
  readonly sample: readonly IndexFinding[];
}

/** Progress of `rebuild`, passed to `onProgress` after each page of rows and each transaction. */
export interface RebuildIndexesProgress {
  /** Number of entities read so far. */
  readonly entities: number;
  /** Number of entries read so far. */
  readonly entries: number;
  /** Number of entries written so far. */
  readonly written: number;
  /** Number of stale entries deleted so far. */
  readonly deleted: number;
  /** Number of failures so far, as listed in `failed` of the report. */
  readonly failed: number;
}

/** Options of `rebuild`. */
export interface RebuildIndexesOptions extends IndexOptions {
  /**
   * Number of transactions in flight, each for a different partition; 16 by default. `adaptive` adjusts it to the
   * store's response times.
   */
  readonly concurrency?: number | 'adaptive' | undefined;
  /**
   * Called after every page and every transaction, without being awaited. If it throws or its promise is rejected, the
   * error is ignored; use `signal` to stop the call.
   */
  readonly onProgress?: ((progress: RebuildIndexesProgress) => unknown) | undefined;
}

/** An entity whose entries could not be written, or a stale entry that could not be deleted. */
export interface IndexFailure {
  /** The stored partition key of the entity, or of the entry if `rowKey` is absent. */
  readonly partitionKey: string;
  /** The stored row key of the entity; absent for a stale entry whose keys do not contain those of an entity. */
  readonly rowKey?: string | undefined;
  /** The names of the indexes whose entries were not written or deleted. */
  readonly indexes: readonly string[];
  /**
   * The reason. `entity.not-unique` if another entity has the same values; the keys of that entity are in
   * `error.details.owner`.
   */
  readonly error: unknown;
}

/** The result of `rebuild`. */
export interface RebuildIndexesReport {
  /** Number of entities that were read. */
  readonly entities: number;
  /** Number of entries that were read. */
  readonly entries: number;
  /** Number of entries that were written, because they were missing or held other values than their entities. */
  readonly written: number;
  /** Number of stale entries that were deleted. */
  readonly deleted: number;
  /** The entries that could not be written or deleted. The indexes are right only if this list is empty. */
  readonly failed: readonly IndexFailure[];
}

/** The result of `drop`. */
export interface DropIndexReport {
  /** Number of entries that were deleted; absent if the table of the index was deleted. */
  readonly entries?: number | undefined;
  /** The name of the table that was deleted, for an index with partitions of its own. */
  readonly table?: string | undefined;
}

const INDEX: OptionNames<IndexOptions> = { ...OPERATION_NAMES, index: true };
const VERIFY: OptionNames<VerifyIndexesOptions> = { ...INDEX, sample: true, onProgress: true };
const REBUILD: OptionNames<RebuildIndexesOptions> = { ...INDEX, concurrency: true, onProgress: true };

/** The valid option names of the methods that administer the indexes of a class. */
export const INDEX_OPTIONS = Object.freeze({ operation: OPERATION_NAMES, verify: VERIFY, rebuild: REBUILD });
