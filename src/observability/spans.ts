import { createTracingClient } from '@azure/core-tracing';
import type { OperationEvent, OperationName } from './events.js';

/** The trace span of one operation. */
export interface OperationSpan {
  /** Calls `work`, whose spans become children of this one. */
  around<T>(work: () => Promise<T>): Promise<T>;
  end(event: OperationEvent): void;
}

/** Starts the span of an operation; `undefined` if no instrumenter is registered. */
export type StartSpan = (name: OperationName, table: string | undefined) => OperationSpan | undefined;

/**
 * A valid trace header, used to detect an instrumenter. The SDK's default instrumenter, which does nothing, returns
 * `undefined` for it.
 */
const TRACE_PARENT = '00-4bf92f3577b34da6a3ce929d0e0e4736-00f067aa0ba902b7-01';

/**
 * Creates spans through `@azure/core-tracing`, as the SDK does for its HTTP requests. With an instrumenter registered
 * there (for OpenTelemetry by `@azure/opentelemetry-instrumentation-azure-sdk`), the span of each operation is the
 * parent of the spans of its requests.
 *
 * @param system The kind of store.
 */
export function spans(system: string): StartSpan {
  const tracing = createTracingClient({ namespace: 'Microsoft.Tables', packageName: 'entitable' });
  return (name, table) => {
    if (tracing.parseTraceparentHeader(TRACE_PARENT) === undefined) return undefined;
    const { span, updatedOptions } = tracing.startSpan(
      `entitable.${name}`,
      {},
      {
        spanKind: 'internal',
        spanAttributes: {
          'db.system.name': system,
          'db.operation.name': name,
          ...(table !== undefined && { 'db.collection.name': table }),
        },
      },
    );
    const { tracingContext } = updatedOptions.tracingOptions;
    return {
      around: (work) => tracing.withContext(tracingContext, work),
      end: ({ outcome, requests, retries, rows, plan }) => {
        span.setAttribute('entitable.requests', requests);
        span.setAttribute('entitable.retries', retries);
        span.setAttribute('entitable.rows', rows);
        if (plan !== undefined) span.setAttribute('entitable.plan', plan);
        // The span gets the error's code only, because a message may contain keys.
        if (outcome === 'success') span.setStatus({ status: 'success' });
        else {
          span.setAttribute('error.type', outcome);
          span.setStatus({ status: 'error', error: outcome });
        }
        span.end();
      },
    };
  };
}
