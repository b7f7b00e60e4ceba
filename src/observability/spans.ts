import { createTracingClient } from '@azure/core-tracing';
import type { OperationEvent, OperationName } from './events.js';

/** The trace of one operation. */
export interface OperationSpan {
  /** Does something whose own spans are this one's children. */
  around<T>(work: () => Promise<T>): Promise<T>;
  end(event: OperationEvent): void;
}

/** Begins the trace of an operation; `undefined` where nobody records it. */
export type StartSpan = (name: OperationName, table: string | undefined) => OperationSpan | undefined;

/**
 * Spans through `@azure/core-tracing`, which is where the SDK's HTTP spans come from: with an instrumenter registered there (for
 * OpenTelemetry `@azure/opentelemetry-instrumentation-azure-sdk` does it), each operation is the parent of its requests.
 *
 * @param system The kind of store.
 */
export function spans(system: string): StartSpan {
  const tracing = createTracingClient({ namespace: 'Microsoft.Tables', packageName: 'entitable' });
  return (name, table) => {
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
    if (!span.isRecording()) {
      span.end();
      return undefined;
    }
    const { tracingContext } = updatedOptions.tracingOptions;
    return {
      around: (work) => tracing.withContext(tracingContext, work),
      end: ({ outcome, requests, retries, rows, plan }) => {
        span.setAttribute('entitable.requests', requests);
        span.setAttribute('entitable.retries', retries);
        span.setAttribute('entitable.rows', rows);
        if (plan !== undefined) span.setAttribute('entitable.plan', plan);
        // The code only: a message may name keys.
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
