import { junction, negation, type FilterNode } from '../store/filter-node.js';
import type { KeyRange } from '../store/table-store.js';
import type { BoundFilter, PartTest } from './bind.js';
import { flattened } from './flattened.js';
import { ALL_KEYS, intersection, rangeComparisons, rangeOf, type KeyName } from './key-range.js';
import { partFilter, withEqualities, type KnownParts } from './key-parts.js';

/**
 * Lowers a bound filter, which means that it translates the filter to the store's `FilterNode`. Tests of key parts
 * become comparisons of PartitionKey and RowKey, if the parts before them are in `known` or have `eq` tests in the same
 * conjunction. Returns `true` if every row matches, and `false` if none does.
 *
 * @throws EntitableError `query.not-expressible`.
 */
export function lowerFilter(filter: BoundFilter, known: KnownParts): FilterNode | boolean {
  switch (filter.kind) {
    case 'always':
      return filter.holds;
    case 'stored':
      return filter.node;
    case 'part':
      return lowerPart(filter, known);
    case 'not':
      return opposite(lowerFilter(filter.operand, known));
    case 'and':
      return conjunction(flattened(filter), known);
    case 'or':
      return joinedNodes(
        'or',
        filter.operands.map((operand) => lowerFilter(operand, known)),
      );
    default:
      return filter satisfies never;
  }
}

function lowerPart(test: PartTest, known: KnownParts): FilterNode | boolean {
  const expressed = partFilter(test, known);
  return expressed === 'copy' ? lowerFilter(test.copy!(), known) : expressed;
}

function conjunction(operands: readonly BoundFilter[], outer: KnownParts): FilterNode | boolean {
  const known = withEqualities(
    outer,
    operands.filter((operand) => operand.kind === 'part'),
  );
  const all = joinedNodes(
    'and',
    operands.map((operand) => lowerFilter(operand, known)),
  );
  return typeof all === 'boolean' || all.kind !== 'and' ? all : narrowKeys(all.operands);
}

/** Negates a lowered filter. */
export function opposite(operand: FilterNode | boolean): FilterNode | boolean {
  return typeof operand === 'boolean' ? !operand : negation(operand);
}

/** Joins lowered filters and removes those that are `true` or `false`. */
export function joinedNodes(kind: 'and' | 'or', operands: readonly (FilterNode | boolean)[]): FilterNode | boolean {
  const decisive = kind === 'or';
  if (operands.includes(decisive)) return decisive;
  const nodes = operands.filter((operand) => typeof operand !== 'boolean');
  return nodes.length === 0 ? !decisive : junction(kind, nodes);
}

/** Merges several bounds on one key into one range; `false` if no key satisfies all of them. */
function narrowKeys(operands: readonly FilterNode[]): FilterNode | boolean {
  const { ranges, rest } = splitKeys(operands);
  if (ranges === undefined) return false;
  const comparisons = KEYS.flatMap((key) => rangeComparisons(key, ranges[key]));
  return joinedNodes('and', [...comparisons, ...rest]);
}

const KEYS: readonly KeyName[] = ['PartitionKey', 'RowKey'];

/**
 * Separates the bounds on the two keys from the rest of a conjunction. `ranges` is `undefined` if the bounds contradict
 * each other.
 */
export function splitKeys(operands: readonly FilterNode[]): {
  readonly ranges: Readonly<Record<KeyName, KeyRange>> | undefined;
  readonly rest: readonly FilterNode[];
} {
  const rest: FilterNode[] = [];
  const ranges: Record<KeyName, KeyRange | undefined> = { PartitionKey: ALL_KEYS, RowKey: ALL_KEYS };
  for (const operand of operands) {
    const key = KEYS.find((name) => rangeOf(name, operand) !== undefined);
    if (key === undefined) {
      rest.push(operand);
      continue;
    }
    ranges[key] = ranges[key] && intersection(ranges[key], rangeOf(key, operand)!);
  }
  const { PartitionKey, RowKey } = ranges;
  return { rest, ranges: PartitionKey && RowKey && { PartitionKey, RowKey } };
}
