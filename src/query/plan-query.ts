import { splitKeys } from '../filter/express.js';
import { intersection, singleKey } from '../filter/key-range.js';
import { forbiddenCharacter } from '../metadata/key-text.js';
import { junction, type FilterNode } from '../store/filter-node.js';
import { keySize, type ServiceLimits } from '../store/limits.js';
import type { KeyRange } from '../store/table-store.js';
import { takeAlternatives } from './key-alternatives.js';
import { conjuncts, stepComparisons, type Leg, type ScanStep, type Step } from './plan.js';
import type { Scope } from './scope.js';
import { splitFilter } from './split-filter.js';

/**
 * Reads as little as a filter allows within a scope: bounds on the keys become ranges, several ranges several legs, both keys a point
 * read; what the keys do not say stays a filter, split where it has too many comparisons. Pure.
 *
 * @throws EntitableError `query.too-many-comparisons`.
 */
export function planLegs(
  scope: Pick<Scope, 'partitionKey' | 'rowKey'>,
  filter: FilterNode | boolean,
  limits: ServiceLimits,
): readonly Leg[] {
  if (filter === false) return [];
  const { ranges, rest } = splitKeys(conjuncts(filter));
  const partitionKey = ranges && intersection(scope.partitionKey, ranges.PartitionKey);
  const rowKey = ranges && intersection(scope.rowKey, ranges.RowKey);
  if (partitionKey === undefined || rowKey === undefined) return [];
  return partitionLegs({ partitionKey, rowKey, rest }, limits);
}

/** What remains to be planned: key ranges, and what else a row must pass. */
interface Remainder {
  readonly partitionKey: KeyRange;
  readonly rowKey: KeyRange;
  readonly rest: readonly FilterNode[];
}

function partitionLegs(remainder: Remainder, limits: ServiceLimits): readonly Leg[] {
  const { partitionKey, rest } = remainder;
  const several =
    singleKey(partitionKey) === undefined ? takeAlternatives('PartitionKey', partitionKey, rest) : undefined;
  return several === undefined
    ? rowLegs(remainder, limits)
    : several.ranges.flatMap((range) =>
        partitionLegs({ ...remainder, partitionKey: range, rest: several.rest }, limits),
      );
}

/** Ranges of row keys are in order only within one partition: across several they stay a filter. */
function rowLegs(remainder: Remainder, limits: ServiceLimits): readonly Leg[] {
  const { partitionKey, rowKey, rest } = remainder;
  const several = singleKey(partitionKey) === undefined ? undefined : takeAlternatives('RowKey', rowKey, rest);
  if (several !== undefined)
    return several.ranges.flatMap((range) => rowLegs({ ...remainder, rowKey: range, rest: several.rest }, limits));
  const steps = planSteps(remainder, limits);
  return steps.length === 0 ? [] : [{ steps }];
}

function planSteps({ partitionKey, rowKey, rest }: Remainder, limits: ServiceLimits): readonly Step[] {
  const partition = singleKey(partitionKey);
  const row = singleKey(rowKey);
  if (!canExist(partition, limits.keyBytes.partition, limits) || !canExist(row, limits.keyBytes.row, limits)) return [];
  if (rest.length === 0 && partition !== undefined && row !== undefined)
    return [{ kind: 'point', partitionKey: partition, rowKey: row }];
  if (rest.length === 0) return [{ kind: 'scan', partitionKey, rowKey }];
  const limit = limits.comparisons;
  const room = limit - stepComparisons({ kind: 'scan', partitionKey, rowKey });
  return splitFilter(rest, room, limit).map((part): ScanStep => ({
    kind: 'scan',
    partitionKey,
    rowKey,
    filter: junction('and', part),
  }));
}

/** Whether a row can have a key: a request for another would be refused. */
function canExist(key: string | undefined, longest: number, limits: ServiceLimits): boolean {
  return key === undefined || (forbiddenCharacter(key) === undefined && keySize(key, limits) <= longest);
}
