import type { ErrorCode } from '../errors/error-details.js';
import type { WriteMode } from '../store/table-store.js';
import type { Verb } from '../store/verb-observer.js';

/** The name of an operation of a store. */
export type OperationName =
  | 'get'
  | 'scan'
  | WriteMode
  | 'transaction'
  | 'create-table'
  | 'delete-table'
  | 'list-tables'
  | 'get-access-policies'
  | 'set-access-policies'
  | 'get-service-properties'
  | 'set-service-properties'
  | 'get-statistics'
  | 'backup';

/** The part of a table that a read covers, from the cheapest to the most expensive. */
export type ReadPlan = 'point' | 'row range' | 'partition' | 'partition range' | 'table scan';

/** An operation that has ended; a scan is one operation, however many pages it had. */
export interface OperationEvent {
  /** Distinguishes this event from that of a retry. */
  readonly kind: 'operation';
  /** The operation of the store. */
  readonly operation: OperationName;
  /** The table's name in the store; absent if the operation does not concern one table. */
  readonly table?: string;
  /** The part of the table that a read covers; absent for other operations. */
  readonly plan?: ReadPlan;
  /**
   * Number of requests sent to the store. Counts every page, every attempt, and every read-back after a lost response.
   */
  readonly requests: number;
  /** Number of attempts that failed and were followed by another. */
  readonly retries: number;
  /** Number of rows that were read or written. */
  readonly rows: number;
  /** Duration from the call to the end of the operation, waits included. */
  readonly milliseconds: number;
  /** `success`, the code of its error, or `failure` for an error that is not this package's, e.g. a converter's. */
  readonly outcome: 'success' | 'failure' | ErrorCode;
}

/**
 * A verb that has ended: one call by the program of a method such as `save`, with all store operations that it caused.
 */
export interface VerbEvent extends Verb {
  /** Distinguishes this event from other events. */
  readonly kind: 'verb';
  /**
   * Number of store operations, counted as a logger receives them. A verb that is called inside another verb, e.g. by a
   * handler, counts its own operations; the outer verb does not count them.
   */
  readonly operations: number;
  /**
   * Number of requests of all operations of the verb. Counts every page, every attempt, and every read-back after a
   * lost response.
   */
  readonly requests: number;
  /** Number of attempts that failed and were followed by another. */
  readonly retries: number;
  /** Number of rows that were read or written. */
  readonly rows: number;
  /** Duration from the call to the end of the verb; for an iteration, including the time between its pages. */
  readonly milliseconds: number;
  /** `success`, the code of its error, or `failure` for an error that is not this package's, e.g. a handler's. */
  readonly outcome: 'success' | 'failure' | ErrorCode;
}

/** Called after every verb. An error that the listener throws is ignored and does not affect the verb. */
export type VerbListener = (event: VerbEvent) => unknown;

/** An attempt that failed and is followed by another. */
export interface RetryEvent {
  /** Distinguishes this event from that of an operation that has ended. */
  readonly kind: 'retry';
  /** The operation of the store. */
  readonly operation: OperationName;
  /** The table's name in the store; absent if the operation does not concern one table. */
  readonly table?: string;
  /** Error code of the failed attempt. */
  readonly reason: ErrorCode;
  /** The HTTP status, if there was a response. */
  readonly status?: number;
  /** Number of the retry, 1 for the first. */
  readonly retry: number;
  /** Milliseconds until the next attempt. */
  readonly wait: number;
}

/**
 * An entry of an index with partitions of its own may be stale, because it could not be removed after the write of
 * its entity, or because the outcome of that write is unknown. Queries leave it out; a rebuild of the index removes it.
 */
export interface StaleEntryEvent {
  /** Distinguishes it from other events. */
  readonly kind: 'index.stale';
  /** The class of the entity. */
  readonly className: string;
  /** The name of the index. */
  readonly index: string;
  /** The name of the index's table in the store. */
  readonly table: string;
}

/** Event passed to a logger: never contains keys, property values or secrets. */
export type LogEvent = OperationEvent | RetryEvent | StaleEntryEvent;

/**
 * Called with events, e.g. to log them. An error that the logger throws is ignored and does not affect the operation.
 */
export type Logger = (event: LogEvent) => unknown;

/** One measurement of an operation. */
export interface Metric {
  /** Name of the measured quantity. */
  readonly name: 'entitable.duration' | 'entitable.requests' | 'entitable.retries' | 'entitable.rows';
  /** The unit. Values in `ms` are meant for a distribution, e.g. a histogram; the others are meant to be added up. */
  readonly unit: 'ms' | 'requests' | 'retries' | 'rows';
  /** The measured value, in the unit that `unit` names. */
  readonly value: number;
  /** The operation that was measured. It contains no keys and no property values. */
  readonly attributes: {
    readonly operation: OperationName;
    readonly outcome: OperationEvent['outcome'];
    readonly table?: string;
  };
}

/** Receives the measurements of each operation when it ends. An error that the hook throws is ignored. */
export type MetricsHook = (metric: Metric) => unknown;
