import type { ErrorCode } from '../errors/error-details.js';
import type { WriteMode } from '../store/table-store.js';
import type { Verb } from '../store/verb-observer.js';

/** Operation of a store. */
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

/** Extent of a read in its table, cheapest first. */
export type ReadPlan = 'point' | 'row range' | 'partition' | 'partition range' | 'table scan';

/** An operation that has ended; a scan is one operation, however many pages it had. */
export interface OperationEvent {
  /** Distinguishes it from a retry. */
  readonly kind: 'operation';
  /** The operation of the store. */
  readonly operation: OperationName;
  /** The table's name in the store; absent if the operation does not concern one table. */
  readonly table?: string;
  /** Extent of a read in its table. */
  readonly plan?: ReadPlan;
  /** Requests sent to the store: pages, attempts, and rows that were read back. */
  readonly requests: number;
  /** Attempts that failed and were followed by another. */
  readonly retries: number;
  /** Rows read or written. */
  readonly rows: number;
  /** Duration from the call to its end, waits included. */
  readonly milliseconds: number;
  /** `success`, the code of its error, or `failure` for an error that is not this package's, e.g. a converter's. */
  readonly outcome: 'success' | 'failure' | ErrorCode;
}

/** A verb that has ended: one call of a program, with all store operations that it caused. */
export interface VerbEvent extends Verb {
  /** Distinguishes it from other events. */
  readonly kind: 'verb';
  /**
   * Operations of the store, as passed to a logger. A verb that is called inside another, e.g. by a handler, counts its
   * own operations; the outer verb does not.
   */
  readonly operations: number;
  /** Requests of all these operations: pages, attempts, and rows that were read back. */
  readonly requests: number;
  /** Attempts that failed and were followed by another. */
  readonly retries: number;
  /** Rows read or written. */
  readonly rows: number;
  /** Duration from the call to its end; for an iteration including the time between its pages. */
  readonly milliseconds: number;
  /** `success`, the code of its error, or `failure` for an error that is not this package's, e.g. a handler's. */
  readonly outcome: 'success' | 'failure' | ErrorCode;
}

/** Called after every verb. Its errors are ignored: it never breaks a verb. */
export type VerbListener = (event: VerbEvent) => unknown;

/** An attempt that failed and is followed by another. */
export interface RetryEvent {
  /** Distinguishes it from the end of an operation. */
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

/** Event passed to a logger: never contains keys, property values or secrets. */
export type LogEvent = OperationEvent | RetryEvent;

/** Called with events, e.g. to log them. Its errors are ignored: it never breaks an operation. */
export type Logger = (event: LogEvent) => unknown;

/** One measurement. */
export interface Metric {
  /** Name of the measured quantity. */
  readonly name: 'entitable.duration' | 'entitable.requests' | 'entitable.retries' | 'entitable.rows';
  /** `ms` is a distribution, the others are sums. */
  readonly unit: 'ms' | 'requests' | 'retries' | 'rows';
  /** Measured value, in the `unit`. */
  readonly value: number;
  /** The measured operation: never keys or values. */
  readonly attributes: {
    readonly operation: OperationName;
    readonly outcome: OperationEvent['outcome'];
    readonly table?: string;
  };
}

/** Receives the measurements of each operation when it ends. Its errors are ignored. */
export type MetricsHook = (metric: Metric) => unknown;
