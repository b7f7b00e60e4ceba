import type { BulkReport, CommitReport, CommitWrite } from './write-reports.js';

/** One mistake in the declaration of a class. */
export interface MetadataProblem {
  /** The code that the error would have if this were the only problem. */
  readonly code: Extract<ErrorCode, `metadata.${string}`>;
  /** The property at fault, if the problem concerns a single one. */
  readonly property?: string;
  /** The problem and its remedy, in words. */
  readonly message: string;
}

/** One constraint that an entity violates. */
export interface Violation {
  /** The path of the property, with dots for nested ones. */
  readonly property: string;
  /** The names of the violated constraints, e.g. `isEmail`. */
  readonly constraints: readonly string[];
}

/** Details of an error in the declaration of a class. */
export interface ClassProblems {
  /** The class at fault. */
  readonly className: string;
  /** All problems of the class; the first one has the code of the error. */
  readonly problems: readonly MetadataProblem[];
}

/** Details that name a property of an entity. */
export interface PropertyAt {
  /** The class of the entity. */
  readonly className: string;
  /** The name of the property in the class. */
  readonly property: string;
  /** The name of the property in the table. */
  readonly storedName: string;
}

/** Details that name a key of an entity, or one part of the key. */
export interface KeyAt {
  /** The class of the entity. */
  readonly className: string;
  /** The key at fault. */
  readonly key: 'PartitionKey' | 'RowKey';
  /** The property that the key part comes from, if one part is at fault. */
  readonly property?: string;
}

/** Details of an error that a store reports, as far as they are known. */
export interface StoreErrorDetails {
  /** The name of the table in the store. */
  readonly table?: string;
  /** The index of the refused write in the transaction that was submitted. */
  readonly operation?: number;
  /** The index whose entry was refused, if it was not the row of the entity itself. */
  readonly index?: string;
  /** The error code of the service, e.g. `EntityAlreadyExists`. */
  readonly serviceCode?: string;
  /** The error message of the service. It may quote what was sent, so logs omit it; programs can read it. */
  readonly serviceMessage?: string;
  /** The HTTP status, if there was a response. */
  readonly status?: number;
  /**
   * The media type of a response that did not come from the service or did not fit the request; `none` if it has none.
   */
  readonly contentType?: string;
  /** The identifier that the service gave the request, for enquiries to its support. */
  readonly requestId?: string;
  /** The number of milliseconds to wait before a retry, if the service stated one. */
  readonly retryAfter?: number;
  /** The write that was refused, if the commit of a unit of work failed because of it before anything was written. */
  readonly write?: CommitWrite;
  /**
   * Set if another writer was faster on rows that the unit had read or found missing; a new unit that repeats the work
   * may succeed.
   */
  readonly lostRace?: boolean;
}

/** Details of a write whose response was lost, if reading the row back did not show the outcome. */
export interface OutcomeUnknownDetails extends StoreErrorDetails {
  /**
   * The state of the row. `as-before`: the write has left no trace, but it may still arrive. `missing`: there is no
   * such row. `changed`: another writer has written the row since. `unread`: it could not be read, or not in time.
   */
  readonly found?: 'as-before' | 'missing' | 'changed' | 'unread';
}

/**
 * Every error code of this package, with the details that its error carries. `docs/errors.md` gives the cause and the
 * remedy of each. The detail `value` is the offending property value, `error` is an error that may quote it, and
 * `serviceMessage` is a text of the service that may quote it. The lists of a commit or a bulk write hold entities. A
 * program reads these details by their names; logs do not show them.
 */
export interface ErrorDetails {
  'metadata.not-an-entity': { readonly className: string };
  'metadata.already-defined': { readonly className: string };
  'metadata.not-constructible': { readonly className: string; readonly error?: unknown };
  'metadata.invalid-decorator': {
    /** The name of the decorated property or class, or the type of a name that is not a string. */
    readonly property: string;
  };
  'metadata.missing-key': ClassProblems;
  'metadata.unknown-type': ClassProblems;
  'metadata.duplicate-name': ClassProblems;
  'metadata.reserved-name': ClassProblems;
  'metadata.invalid-name': ClassProblems;
  'metadata.invalid-table': ClassProblems;
  'metadata.invalid-template': ClassProblems;
  'metadata.invalid-property': ClassProblems;
  'metadata.invalid-index': ClassProblems;

  'key.missing-part': KeyAt;
  'key.unexpected-part': KeyAt;
  'key.wrong-type': KeyAt & { readonly expected: string; readonly found: string; readonly error?: unknown };
  'key.out-of-range': KeyAt & { readonly value?: unknown; readonly error?: unknown };
  'key.forbidden-character': KeyAt & { readonly character: string };
  'key.unpaired-surrogate': KeyAt;
  'key.too-long': KeyAt & { readonly size: number; readonly limit: number };
  'key.unparsable': KeyAt & { readonly template: string };
  'key.changed': { readonly className: string; readonly properties: readonly string[] };

  'entity.getter-failed': { readonly className: string; readonly property?: string; readonly error?: unknown };
  'entity.foreign': { readonly className: string; readonly table: string };
  'entity.no-etag': { readonly className: string };
  'entity.not-an-object': { readonly className: string; readonly found: string };
  'entity.read-only': { readonly className: string; readonly property: string };
  'entity.not-unique': {
    readonly className: string;
    /** The name of the unique index. */
    readonly index: string;
    /** The properties whose values another entity has. */
    readonly properties: readonly string[];
    /** The stored keys of the entity that has them. */
    readonly owner?: { readonly partitionKey: string; readonly rowKey: string };
    /** The write that was refused, if that made the commit of a unit of work fail before anything was written. */
    readonly write?: CommitWrite;
    /** True if the unit of work had looked for the values and found none, so that the same work may succeed again. */
    readonly lostRace?: boolean;
    /** True if the values are reserved by a write that may still be under way. */
    readonly pending?: boolean;
  };
  'entity.type-mismatch': PropertyAt & {
    readonly partitionKey: string;
    readonly rowKey: string;
    readonly declared: string;
    readonly found: string;
    readonly value?: unknown;
  };
  'entity.unreadable': PropertyAt & {
    readonly partitionKey: string;
    readonly rowKey: string;
    readonly error?: unknown;
  };

  'validation.failed': {
    readonly className: string;
    readonly violations: readonly Violation[];
    readonly error?: unknown;
  };
  'validation.wrong-type': PropertyAt & { readonly expected: string; readonly found: string; readonly value?: unknown };
  'validation.out-of-range': PropertyAt & { readonly type: string; readonly range: string; readonly value?: unknown };
  'validation.unpaired-surrogate': PropertyAt & { readonly value?: unknown };
  'validation.too-long': PropertyAt & { readonly size: number; readonly limit: number; readonly value?: unknown };
  'validation.missing-property': { readonly className: string; readonly properties: readonly string[] };
  'validation.unknown-property': { readonly className: string; readonly property: string };
  'validation.converter-failed': PropertyAt & { readonly value?: unknown; readonly error?: unknown };
  'validation.too-many-properties': { readonly className: string; readonly count: number; readonly limit: number };
  'validation.entity-too-large': { readonly className: string; readonly size: number; readonly limit: number };
  'validation.invalid-etag': { readonly found: string };
  'validation.invalid-option': {
    readonly option: string;
    readonly expected: string;
    readonly found: string;
    /** The error that the program's own code threw, e.g. a getter of its options or a function that returns a name. */
    readonly error?: unknown;
  };

  'query.no-result': { readonly className: string };
  'query.several-results': { readonly className: string };
  'query.handler-failed': {
    readonly className: string;
    /** The number of results whose handler completed. */
    readonly handled: number;
    /** The number of results whose handler threw: the first one, and those handled at the same time that also threw. */
    readonly thrown: number;
  };
  'query.unknown-property': { readonly className: string; readonly property: string };
  'query.invalid-operand': {
    readonly property: string;
    readonly operator: string;
    readonly expected: string;
    readonly found: string;
  };
  'query.invalid-filter': { readonly reason: string; readonly error?: unknown };
  'query.not-covered': { readonly className: string; readonly index: string; readonly property: string };
  'query.index-building': { readonly className: string; readonly index: string };
  'query.not-comparable': { readonly property: string; readonly operator: string };
  'query.not-expressible': { readonly className: string; readonly property: string; readonly operator: string };
  'query.too-many-comparisons': { readonly count: number; readonly limit: number };
  'query.too-many-requests': { readonly count: number; readonly limit: number };
  'query.invalid-continuation': { readonly className: string };
  'query.too-many-to-sort': { readonly limit: number };
  'query.sorted-on-client': { readonly feature: string };
  'query.raw-filter': { readonly kind: string };

  'store.already-exists': StoreErrorDetails;
  'store.not-found': StoreErrorDetails;
  'store.precondition-failed': StoreErrorDetails;
  'store.table-not-found': StoreErrorDetails;
  'store.table-exists': StoreErrorDetails;
  'store.unauthorized': StoreErrorDetails;
  'store.throttled': StoreErrorDetails;
  'store.unavailable': StoreErrorDetails;
  'store.timeout': StoreErrorDetails;
  'store.aborted': StoreErrorDetails;
  'store.rejected': StoreErrorDetails;
  'store.outcome-unknown': OutcomeUnknownDetails;
  'store.closed': StoreErrorDetails;
  'store.incompatible-format': StoreErrorDetails;
  'store.in-use': StoreErrorDetails;
  'store.damaged': StoreErrorDetails & {
    /** The first key that a corrupt row can have. `table` is absent if the store's own records are corrupt. */
    readonly from?: { readonly partitionKey: string; readonly rowKey: string };
    /** The first key from which rows are intact again; absent if no later row of this table is intact. */
    readonly to?: { readonly partitionKey: string; readonly rowKey: string };
  };
  'store.tables-not-created': {
    /** The stored names of the tables that could not be created. */
    readonly tables: readonly string[];
    /** The stored names of the tables that were created. */
    readonly created: readonly string[];
  };
  'store.unknown-target': {
    /** The problem with the target and its remedy, without any part of the target itself. */
    readonly problem: string;
    /** The kinds of target that are accepted. */
    readonly expected: readonly string[];
  };
  'store.not-supported': {
    /** The kind of the store. */
    readonly kind: string;
    /** The feature that the store does not have. */
    readonly feature: string;
  };
  'store.package-missing': { readonly package: string };

  'commit.partial': CommitReport;
  'commit.not-atomic': {
    /** The limit of a transaction that the writes exceed. */
    readonly reason: 'partitions' | 'writes' | 'bytes';
    readonly found: number;
    readonly limit: number;
    /** The class of the entity whose own rows exceed the limit, i.e. its row and those of its indexes. */
    readonly className?: string;
  };
  'commit.not-in-unit': { readonly verb: string };
  'commit.in-progress': { readonly className?: string };
  'commit.inner-failed': { readonly error: unknown };
  'commit.row-tracked': { readonly className: string; readonly table: string; readonly trackedAs: string };
  'commit.bulk-stopped': BulkReport;
}

/** The code of an error: its group, a dot, and the kind of error. */
export type ErrorCode = keyof ErrorDetails;
