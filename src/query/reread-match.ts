import { intersection, onlyKey } from '../filter/key-range.js';
import type { OperationOptions } from '../store/table-store.js';
import type { RowPlace } from './keyed-rows.js';
import type { Step } from './plan.js';
import type { PlanReader } from './read-plan.js';
import { readStep } from './read-step.js';

/** Reads one row again, if it still passes what a plan asks. */
export function rereadMatch<R>(
  { rows, plan: { legs }, reading }: PlanReader<R>,
  { signal, timeout }: OperationOptions = {},
): (row: RowPlace) => Promise<R | undefined> {
  const steps = legs.flatMap((leg) => leg.steps);
  return async (row) => {
    for (const step of steps) {
      const only = onlyRow(step, row);
      if (only === undefined) continue;
      for await (const page of readStep(rows, only, reading, { pageSize: 1 }, { signal, timeout }, { seen: true })) {
        if (page.rows.length > 0) return page.rows[0];
      }
    }
    return undefined;
  };
}

function onlyRow(step: Step, row: RowPlace): Step | undefined {
  if (step.kind === 'point')
    return step.partitionKey === row.partitionKey && step.rowKey === row.rowKey ? step : undefined;
  const partitionKey = intersection(step.partitionKey, onlyKey(row.partitionKey));
  const rowKey = intersection(step.rowKey, onlyKey(row.rowKey));
  return partitionKey && rowKey && { ...step, partitionKey, rowKey };
}
