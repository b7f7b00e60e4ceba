import type { EntityMetadata } from '../metadata/entity-metadata.js';
import type { ReadRequest, Rows, TableStore } from '../store/table-store.js';
import type { RowReader } from '../store/row.js';
import type { VerbObserver } from '../store/verb-observer.js';

/** How some properties of a class are read: what to ask of the store, and what to make of each row. */
export interface Projector {
  readonly request: ReadRequest;
  readonly decode: (row: RowReader) => object;
}

/** What a data source says of all queries. */
export interface QuerySettings {
  /** The most requests that a query may plan, unless it says so itself. */
  readonly maxRequests?: number | undefined;
  /**
   * What continuations are signed with: the first secret signs, each of them is accepted. A function, so that nothing which shows this
   * object shows them.
   */
  readonly continuationSecrets?: (() => readonly Uint8Array[]) | undefined;
  /** Who is told of verbs, where somebody is. */
  readonly verbs?: VerbObserver | undefined;
}

/** One class on one table of one store: all that reading it takes. */
export interface EntityReader<T extends object> {
  readonly metadata: EntityMetadata<T>;
  readonly store: TableStore;
  /** The table's name in the store. */
  readonly table: string;
  readonly rows: Rows;
  readonly queries: QuerySettings;
  /** Makes an entity of a row and stamps it with what it was loaded from. Throws `entity.type-mismatch` and `key.unparsable`. */
  readonly decode: (row: RowReader) => T;
  /** The same, for a look at a row: a unit of work does not track what it gives. */
  readonly peek: (row: RowReader) => T;
  /** Checks that a row's keys are ones that the class's templates yield, where a query reads nothing else. Throws `key.unparsable`. */
  readonly checkKeys: (row: RowReader) => void;
  /** Plain, readonly data of some properties, never stamped. Throws `query.unknown-property`. */
  project(names: readonly string[]): Projector;
}
