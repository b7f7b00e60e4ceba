import { createTracingClient } from '@azure/core-tracing';

const tracing = createTracingClient({ namespace: 'Microsoft.Tables', packageName: 'entitable' });

/** Any header of this kind will do. */
const TRACE_PARENT = '00-4bf92f3577b34da6a3ce929d0e0e4736-00f067aa0ba902b7-01';

/** Whether an instrumenter is registered: the SDK's own, which does nothing, cannot read the header of a trace. */
export function isTraced(): boolean {
  return tracing.parseTraceparentHeader(TRACE_PARENT) !== undefined;
}
