import { notify } from '../async/notify.js';
import type { LogEvent, Logger, Metric, MetricsHook, OperationEvent, OperationName, ReadPlan } from './events.js';
import { Operation } from './operation.js';
import type { StartSpan } from './spans.js';
import type { Verbs } from './verbs.js';

/** Receivers of the events of operations. */
export interface Listeners {
  readonly logger?: Logger | undefined;
  readonly metrics?: MetricsHook | undefined;
  readonly startSpan?: StartSpan | undefined;
  readonly verbs?: Pick<Verbs, 'count'> | undefined;
}

/** Starts an operation; the caller must end it. */
export type BeginOperation = (name: OperationName, table?: string, plan?: ReadPlan) => Operation;

/**
 * Returns the function that starts operations. They report to a logger, a metrics hook, a trace and the running verb.
 */
export function observer({ logger, metrics, startSpan, verbs }: Listeners): BeginOperation {
  const tell = (event: LogEvent): void => {
    if (logger !== undefined) notify(logger, event);
    if (event.kind !== 'operation') return;
    verbs?.count(event);
    if (metrics === undefined) return;
    for (const metric of metricsOf(event)) notify(metrics, metric);
  };
  const listener = (logger ?? metrics ?? verbs) === undefined ? undefined : tell;
  return (name, table, plan) => new Operation({ name, table, plan }, listener, startSpan?.(name, table));
}

function metricsOf({ operation, outcome, table, ...figures }: OperationEvent): readonly Metric[] {
  const attributes = { operation, outcome, ...(table !== undefined && { table }) };
  return [
    { name: 'entitable.duration', unit: 'ms', value: figures.milliseconds, attributes },
    { name: 'entitable.requests', unit: 'requests', value: figures.requests, attributes },
    { name: 'entitable.retries', unit: 'retries', value: figures.retries, attributes },
    { name: 'entitable.rows', unit: 'rows', value: figures.rows, attributes },
  ];
}
