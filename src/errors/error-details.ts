/** One thing that is wrong with how a class is declared. */
export interface MetadataProblem {
  /** The code this problem would have on its own. */
  readonly code: Extract<ErrorCode, `metadata.${string}`>;
  /** The property at fault, where there is one. */
  readonly property?: string;
  /** What is wrong and what to do. */
  readonly message: string;
}

/** One constraint that an entity breaks. */
export interface Violation {
  /** The path of the property, dotted for nested ones. */
  readonly property: string;
  /** The names of the broken constraints, e.g. `isEmail`. */
  readonly constraints: readonly string[];
}

/** What is wrong with how a class is declared. */
export interface ClassProblems {
  /** The class at fault. */
  readonly className: string;
  /** Everything that is wrong with the class, this code's problem first. */
  readonly problems: readonly MetadataProblem[];
}

/** A property of an entity. */
export interface PropertyAt {
  /** The class of the entity. */
  readonly className: string;
  /** The property's name in the class. */
  readonly property: string;
  /** The property's name in the table. */
  readonly storedName: string;
}

/** A key of an entity, or a part of it. */
export interface KeyAt {
  /** The class of the entity. */
  readonly className: string;
  /** Which of the two keys. */
  readonly key: 'PartitionKey' | 'RowKey';
  /** The property the key part comes from, where it is one part's fault. */
  readonly property?: string;
}

/** What every refusal by a store says, as far as it is known. */
export interface StoreErrorDetails {
  /** The table's name in the store. */
  readonly table?: string;
  /** The index of the write that was refused, in the transaction that was submitted. */
  readonly operation?: number;
  /** The service's own code, e.g. `EntityAlreadyExists`. */
  readonly serviceCode?: string;
  /** What the service said in its own words. They may quote what was sent, so nothing shows them; a program may. */
  readonly serviceMessage?: string;
  /** The HTTP status, where there was an answer. */
  readonly status?: number;
  /** The media type of an answer that is not the service's, or no answer to what was asked: `none` where it names none. */
  readonly contentType?: string;
  /** What the service calls the request: its support asks for it. */
  readonly requestId?: string;
  /** Milliseconds after which the service asked to be tried again. */
  readonly retryAfter?: number;
  /** Of the commit of a unit of work, of which nothing was written: the write that was refused. */
  readonly write?: CommitWrite;
  /**
   * Of such a commit: whether another writer was faster on rows that the unit had read, or had found missing, so that the same work may
   * succeed when it is done again.
   */
  readonly lostRace?: boolean;
}

/** What was found when a write whose answer was lost was read back. */
export interface OutcomeUnknownDetails extends StoreErrorDetails {
  /**
   * `as-before`: nothing of it stands, but it may still be on its way; `missing`: there is no such row, any more or yet; `changed`: the
   * row is another, written since; `unread`: it could not be read, or there was no time to.
   */
  readonly found?: 'as-before' | 'missing' | 'changed' | 'unread';
}

/** One write of a commit: which row, and how. */
export interface CommitWrite {
  /** How the row is written. */
  readonly mode: 'insert' | 'merge' | 'replace' | 'upsert-merge' | 'upsert-replace' | 'delete';
  /** The class of the entity. */
  readonly className: string;
  /** The table's name in the store. */
  readonly table: string;
  /** The stored partition key. */
  readonly partitionKey: string;
  /** The stored row key. */
  readonly rowKey: string;
  /** `true` of a merge that changes nothing, and makes sure that the row still has its ETag: see `UnitOfWork.require`. */
  readonly required?: boolean;
  /** The entity, where the unit of work has one; it holds values, so nothing shows it. */
  readonly entity?: object;
}

/** One write that a store refused, and its reason. */
export interface FailedWrite extends CommitWrite {
  /** Why: as a rule an `EntitableError`. */
  readonly error: unknown;
}

/** What became of the writes of a commit. The lists hold entities: they are read by their names, and shown by nothing. */
export interface CommitReport {
  /** What is stored now. */
  readonly committed: readonly CommitWrite[];
  /** What was refused: not written, still pending in the unit of work. */
  readonly failed: readonly FailedWrite[];
  /** What may or may not have been written, because the answer was lost; the next commit reads it back first. */
  readonly unknown: readonly CommitWrite[];
  /** What was not written, because something else failed. */
  readonly pending: readonly CommitWrite[];
}

/** One item of a bulk write that was not written. */
export interface BulkFailure<I = unknown> {
  /** Its place in the input, from 0. */
  readonly index: number;
  /** What the input gave. */
  readonly item: I;
  /** Why; `store.outcome-unknown` where it may have been written after all. */
  readonly error: unknown;
}

/** How far a bulk write came. The lists hold items: they are read by their names, and shown by nothing. */
export interface BulkReport {
  /** Items taken from the input: as many as were written, failed and are pending together. */
  readonly read: number;
  /** Items that are stored now. */
  readonly written: number;
  /** Items that were refused, and why. */
  readonly failed: readonly BulkFailure[];
  /** Items that were taken from the input but not written, in their order. */
  readonly pending: readonly unknown[];
}

/**
 * Every code this package throws, with the details that each carries. `docs/errors.md` says why each occurs and what to do.
 * A detail named `value` holds the offending property value, one named `error` an error that may quote it, `serviceMessage` words of the
 * service that may, and the lists of a commit or a bulk write hold entities: a program reads them by their names, and nothing shows them.
 */
export interface ErrorDetails {
  'metadata.not-an-entity': { readonly className: string };
  'metadata.already-defined': { readonly className: string };
  'metadata.not-constructible': { readonly className: string; readonly error?: unknown };
  'metadata.invalid-decorator': {
    /** The property that the decorator stands on, as far as it has a name. */
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
    /** What code of the program threw: a getter of options, or a function that gives a name. */
    readonly error?: unknown;
  };

  'query.no-result': { readonly className: string };
  'query.several-results': { readonly className: string };
  'query.handler-failed': {
    readonly className: string;
    /** Results whose handler ended without an error. */
    readonly handled: number;
    /** Results whose handler threw: one, and those of the others under way that did as well. */
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
    /** The first key that a damaged row may have; `table` is absent where it is of what the store keeps of itself. */
    readonly from?: { readonly partitionKey: string; readonly rowKey: string };
    /** The key before which rows are whole again; absent where that is in another table, or nowhere. */
    readonly to?: { readonly partitionKey: string; readonly rowKey: string };
  };
  'store.tables-not-created': {
    /** The tables that could not be made, by their names in the store. */
    readonly tables: readonly string[];
    /** Those that were. */
    readonly created: readonly string[];
  };
  'store.unknown-target': {
    /** What is wrong with the target and what to do; it shows nothing of it. */
    readonly problem: string;
    /** What a target can be. */
    readonly expected: readonly string[];
  };
  'store.not-supported': {
    /** The kind of the store. */
    readonly kind: string;
    /** What was asked of it. */
    readonly feature: string;
  };
  'store.package-missing': { readonly package: string };

  'commit.partial': CommitReport;
  'commit.not-atomic': {
    /** What one transaction cannot hold. */
    readonly reason: 'partitions' | 'writes' | 'bytes';
    readonly found: number;
    readonly limit: number;
  };
  'commit.not-in-unit': { readonly verb: string };
  'commit.in-progress': { readonly className?: string };
  'commit.inner-failed': { readonly error: unknown };
  'commit.row-tracked': { readonly className: string; readonly table: string; readonly trackedAs: string };
  'commit.bulk-stopped': BulkReport;
}

/** The code of an error: its group, a dot, and what happened. */
export type ErrorCode = keyof ErrorDetails;
