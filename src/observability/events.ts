import type { ErrorCode } from '../errors/error-details.js';
import type { WriteMode } from '../store/table-store.js';
import type { Verb } from '../store/verb-observer.js';

/** What a store was asked to do. */
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

/** How much of a table a read touches, cheapest first. */
export type ReadPlan = 'point' | 'row range' | 'partition' | 'partition range' | 'table scan';

/** An operation that has ended; a scan is one operation, however many pages it had. */
export interface OperationEvent {
  /** Tells it from a retry. */
  readonly kind: 'operation';
  /** What the store was asked to do. */
  readonly operation: OperationName;
  /** The table's name in the store; absent where an operation is about no one table. */
  readonly table?: string;
  /** How much of the table a read touched. */
  readonly plan?: ReadPlan;
  /** Requests made of the store: pages, tries, and what was read back. */
  readonly requests: number;
  /** Tries that failed and were followed by another. */
  readonly retries: number;
  /** Rows read or written. */
  readonly rows: number;
  /** From the call to its end, waits included. */
  readonly milliseconds: number;
  /** `success`, the code of its error, or `failure` for an error that is not this package's, e.g. a converter's. */
  readonly outcome: 'success' | 'failure' | ErrorCode;
}

/** A verb that has ended: one call of a program, and all that the store was asked to do for it. */
export interface VerbEvent extends Verb {
  /** Tells it from other events. */
  readonly kind: 'verb';
  /** Operations of the store, as a logger is told them. A verb that is called inside another, e.g. by a handler, has its own. */
  readonly operations: number;
  /** Requests of all of them: pages, tries, and what was read back. */
  readonly requests: number;
  /** Tries that failed and were followed by another. */
  readonly retries: number;
  /** Rows read or written. */
  readonly rows: number;
  /** From the call to its end; of an iteration what passes between its pages as well. */
  readonly milliseconds: number;
  /** `success`, the code of its error, or `failure` for an error that is not this package's, e.g. a handler's. */
  readonly outcome: 'success' | 'failure' | ErrorCode;
}

/** Is told of every verb. What it throws, or rejects with, is ignored: it never breaks a verb. */
export type VerbListener = (event: VerbEvent) => unknown;

/** A try that failed and is followed by another. */
export interface RetryEvent {
  /** Tells it from the end of an operation. */
  readonly kind: 'retry';
  /** What the store was asked to do. */
  readonly operation: OperationName;
  /** The table's name in the store; absent where an operation is about no one table. */
  readonly table?: string;
  /** Why the try failed. */
  readonly reason: ErrorCode;
  /** The HTTP status, where there was an answer. */
  readonly status?: number;
  /** 1 for the first. */
  readonly retry: number;
  /** Milliseconds until the next try. */
  readonly wait: number;
}

/** What a logger is told: never keys, property values or secrets. */
export type LogEvent = OperationEvent | RetryEvent;

/** Is told what happens, e.g. to log it. What it throws, or rejects with, is ignored: it never breaks an operation. */
export type Logger = (event: LogEvent) => unknown;

/** One measurement. */
export interface Metric {
  /** What is measured. */
  readonly name: 'entitable.duration' | 'entitable.requests' | 'entitable.retries' | 'entitable.rows';
  /** `ms` is a distribution, the others are sums. */
  readonly unit: 'ms' | 'requests' | 'retries' | 'rows';
  /** How much, in the `unit`. */
  readonly value: number;
  /** What it is of: never keys or values. */
  readonly attributes: {
    readonly operation: OperationName;
    readonly outcome: OperationEvent['outcome'];
    readonly table?: string;
  };
}

/** Receives the measurements of each operation when it ends. What it throws, or rejects with, is ignored. */
export type MetricsHook = (metric: Metric) => unknown;
