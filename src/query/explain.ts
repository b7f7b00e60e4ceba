import { singleKey } from '../filter/key-range.js';
import { toOData } from '../filter/odata.js';
import { stepComparisons, stepFilter, type Plan, type Step } from './planning/plan.js';

/**
 * The access path of a query, from the cheapest to the most expensive: no request because nothing can match, reads of
 * single rows, a range within one partition, one whole partition, the whole table.
 */
export type QueryPlanKind = 'nothing' | 'point' | 'row range' | 'partition' | 'table scan';

/** The cost of a query, determined without sending it. */
export interface QueryPlan {
  /** The access path of the most expensive request. */
  readonly plan: QueryPlanKind;
  /** The name of the index whose entries find the entities; missing for a query of the rows themselves. */
  readonly index?: string;
  /** The minimum number of requests. Every further page of a request adds one. */
  readonly requests: number;
  /** The number of comparisons in the request that has the most. */
  readonly comparisons: number;
  /** The `$filter` of each request. */
  readonly filters: readonly string[];
  /** Descriptions of the work that is done on the client. */
  readonly onClient: readonly string[];
}

const KINDS: readonly QueryPlanKind[] = ['nothing', 'point', 'row range', 'partition', 'table scan'];

/** Determines the cost of a plan. */
export function explainPlan(plan: Plan, onClient: readonly string[], index?: string): QueryPlan {
  const steps = plan.legs.flatMap((leg) => leg.steps);
  const merged = plan.legs.reduce((sum, leg) => sum + (leg.steps.length > 1 ? leg.steps.length : 0), 0);
  return Object.freeze({
    plan: KINDS[most(steps.map((step) => KINDS.indexOf(kindOf(step))))]!,
    ...(index !== undefined && { index }),
    requests: steps.length,
    comparisons: most(steps.map(stepComparisons)),
    filters: Object.freeze(
      steps.map((step) => {
        const filter = stepFilter(step);
        return filter === undefined ? '' : toOData(filter);
      }),
    ),
    onClient: Object.freeze([...(merged > 0 ? [`merges the answers of ${merged} requests by key`] : []), ...onClient]),
  });
}

function kindOf(step: Step): QueryPlanKind {
  if (step.kind === 'point') return 'point';
  if (singleKey(step.partitionKey) === undefined) return 'table scan';
  return step.rowKey.from === undefined && step.rowKey.to === undefined ? 'partition' : 'row range';
}

function most(numbers: readonly number[]): number {
  return numbers.reduce((left, right) => Math.max(left, right), 0);
}
