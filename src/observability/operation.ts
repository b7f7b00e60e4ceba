import { EntitableError } from '../errors/entitable-error.js';
import type { LogEvent, OperationEvent, OperationName, ReadPlan } from './events.js';
import type { OperationSpan } from './spans.js';

interface OperationSubject {
  readonly name: OperationName;
  readonly table: string | undefined;
  readonly plan: ReadPlan | undefined;
}

/** One operation in progress: counts its costs and reports them when it ends. */
export class Operation {
  readonly #subject: OperationSubject;
  readonly #tell: ((event: LogEvent) => void) | undefined;
  readonly #span: OperationSpan | undefined;
  readonly #started = performance.now();
  #requests = 0;
  #retries = 0;
  #rows = 0;

  constructor(
    subject: OperationSubject,
    tell: ((event: LogEvent) => void) | undefined,
    span: OperationSpan | undefined,
  ) {
    this.#subject = subject;
    this.#tell = tell;
    this.#span = span;
  }

  /** Counts a request to the store and sends it. Spans that it starts become children of the operation's span. */
  request<T>(send: () => Promise<T>): Promise<T> {
    this.#requests++;
    return this.#span === undefined ? send() : this.#span.around(send);
  }

  /** Counts rows that were read or written. */
  count(rows: number): void {
    this.#rows += rows;
  }

  /** Counts and reports an attempt that failed and is followed by another after `wait` milliseconds. */
  retry(error: EntitableError, wait: number): void {
    this.#retries++;
    const { status } = error.details as { readonly status?: number };
    const { name, table } = this.#subject;
    this.#tell?.({
      kind: 'retry',
      operation: name,
      ...(table !== undefined && { table }),
      reason: error.code,
      ...(status !== undefined && { status }),
      retry: this.#retries,
      wait: Math.round(wait),
    });
  }

  /** Ends the operation, with its error if it failed. */
  end(error?: unknown): void {
    if (this.#tell === undefined && this.#span === undefined) return;
    const { name, table, plan } = this.#subject;
    const outcome = error === undefined ? 'success' : EntitableError.is(error) ? error.code : 'failure';
    const event: OperationEvent = {
      kind: 'operation',
      operation: name,
      ...(table !== undefined && { table }),
      ...(plan !== undefined && { plan }),
      requests: this.#requests,
      retries: this.#retries,
      rows: this.#rows,
      milliseconds: performance.now() - this.#started,
      outcome,
    };
    this.#tell?.(event);
    this.#span?.end(event);
  }
}

/** Calls `work` with an operation, and ends the operation when the work ends, with the error if it fails. */
export async function runOperation<T>(operation: Operation, work: (operation: Operation) => Promise<T>): Promise<T> {
  try {
    const result = await work(operation);
    operation.end();
    return result;
  } catch (error) {
    operation.end(error);
    throw error;
  }
}
