import type { EntityMetadata } from '../metadata/entity-metadata.js';
import type { ReadRequest, Rows, TableStore } from '../store/table-store.js';
import type { RowReader } from '../store/row.js';
import type { VerbObserver } from '../store/verb-observer.js';

/** Reads some properties of a class: the request to the store and the decoder of each row. */
export interface Projector {
  readonly request: ReadRequest;
  readonly decode: (row: RowReader) => object;
}

/** The data source's settings for all queries, and for the indexes that they use. */
export interface QuerySettings {
  /** The maximum number of requests that a query may plan, unless the query sets its own. */
  readonly maxRequests?: number | undefined;
  /**
   * The secrets for continuation tokens. New tokens are signed with the first one, and signatures made with any of them
   * are accepted. A function, so that the secrets do not appear when this object is printed.
   */
  readonly continuationSecrets?: (() => readonly Uint8Array[]) | undefined;
  /**
   * The names, in lower case, of the tables that are known to hold entries of indexes besides entities. It grows when
   * further classes are used.
   */
  readonly tablesWithEntries?: ReadonlySet<string> | undefined;
  /** The observer of repository and query calls, if one is registered. */
  readonly verbs?: VerbObserver | undefined;
  /** Returns the time, in milliseconds since 1970; by default that of this machine. */
  readonly clock?: (() => number) | undefined;
  /** Called for each index entry that may be stale. The argument contains no keys and no values. */
  readonly onStaleEntry?:
    ((entry: { readonly className: string; readonly index: string; readonly table: string }) => void) | undefined;
}

/**
 * Everything that a query needs to read entities of one class. `EntityMapper` implements it; a unit of work substitutes
 * its own, which returns tracked entities.
 */
export interface EntityReader<T extends object> {
  readonly metadata: EntityMetadata<T>;
  readonly store: TableStore;
  /** The name of the table in the store. */
  readonly table: string;
  readonly rows: Rows;
  readonly queries: QuerySettings;
  /**
   * Creates an entity from a row, and attaches to it the row and the store and table that it was read from. Throws
   * `entity.type-mismatch` and `key.unparsable`.
   */
  readonly decode: (row: RowReader) => T;
  /**
   * Does the same as `decode` for a row that is only inspected, such as by `filterOnClient`: a unit of work does not
   * track the entity.
   */
  readonly peek: (row: RowReader) => T;
  /**
   * Checks that a row's keys match the class's templates, for queries that read nothing else. Throws `key.unparsable`.
   */
  readonly checkKeys: (row: RowReader) => void;
  /**
   * Returns the projector for some properties. Its results are plain, read-only data. Unlike entities, they do not
   * record the row that they were read from. Throws `query.unknown-property`.
   */
  project(names: readonly string[]): Projector;
}
