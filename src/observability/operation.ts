import { EntitableError } from '../errors/entitable-error.js';
import type { LogEvent, OperationEvent, OperationName, ReadPlan } from './events.js';
import type { OperationSpan } from './spans.js';

/** One operation while it goes on: counts what it costs and tells of it when it ends. */
export class Operation {
  readonly #subject: Pick<OperationEvent, 'operation' | 'table' | 'plan'>;
  readonly #tell: (event: LogEvent) => void;
  readonly #span: OperationSpan | undefined;
  readonly #started = performance.now();
  #requests = 0;
  #retries = 0;
  #rows = 0;

  constructor(
    subject: {
      readonly name: OperationName;
      readonly table?: string | undefined;
      readonly plan?: ReadPlan | undefined;
    },
    tell: (event: LogEvent) => void,
    span: OperationSpan | undefined,
  ) {
    const { name, table, plan } = subject;
    this.#subject = { operation: name, ...(table !== undefined && { table }), ...(plan !== undefined && { plan }) };
    this.#tell = tell;
    this.#span = span;
  }

  /** Makes one request of the store, so that its traces are below this operation's. */
  request<T>(send: () => Promise<T>): Promise<T> {
    this.#requests++;
    return this.#span === undefined ? send() : this.#span.around(send);
  }

  /** Counts rows that were read or written. */
  count(rows: number): void {
    this.#rows += rows;
  }

  /** Tells that a try failed and another follows. */
  retry(error: EntitableError, wait: number): void {
    const { status } = error.details as { readonly status?: number };
    const { operation, table } = this.#subject;
    this.#tell({
      kind: 'retry',
      operation,
      ...(table !== undefined && { table }),
      reason: error.code,
      ...(status !== undefined && { status }),
      retry: ++this.#retries,
      wait: Math.round(wait),
    });
  }

  /** Ends it; with the error it failed with, if it did. */
  end(error?: unknown): void {
    const outcome = error === undefined ? 'success' : EntitableError.is(error) ? error.code : 'failure';
    const event: OperationEvent = {
      kind: 'operation',
      ...this.#subject,
      requests: this.#requests,
      retries: this.#retries,
      rows: this.#rows,
      milliseconds: performance.now() - this.#started,
      outcome,
    };
    this.#tell(event);
    this.#span?.end(event);
  }
}
