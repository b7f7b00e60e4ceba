import { literal } from '../edm/literal.js';
import { EntitableError } from '../errors/entitable-error.js';
import { countComparisons, junction, type FilterNode, type Junction } from '../store/filter-node.js';
import type { RequestBudget } from './plan.js';

/** Comparisons that a request has left for a filter. */
export interface Room {
  /** Where it is the only request of its keys. */
  readonly whole: number;
  /** Where it is one of several, and goes on behind a row of them. */
  readonly resumed: number;
}

/**
 * Splits a conjunction with too many comparisons at what says "equals one of these": the parts pass different rows, and together
 * those that the whole passes.
 *
 * @param room Comparisons that a request has left for it; parts leave room to go on behind a row, where they can.
 * @param limit Comparisons of a request, for the message.
 * @param budget Is asked before there are more parts than it allows.
 * @throws EntitableError `query.too-many-comparisons` when there is nothing to split, or not enough; `query.too-many-requests`.
 */
export function splitFilter(
  operands: readonly FilterNode[],
  { whole, resumed }: Room,
  limit: number,
  budget: RequestBudget,
): readonly (readonly FilterNode[])[] {
  if (fits(operands, whole)) return [operands];
  const least = operands.reduce((sum, operand) => sum + (isIn(operand) ? 1 : countComparisons(operand)), 0);
  if (least > whole) throw tooMany(operands.reduce(addComparisons, 0) + limit - whole, limit);
  const room = least > resumed ? whole : resumed;
  const parts: (readonly FilterNode[])[] = [];
  const waiting = [operands];
  for (let next = waiting.pop(); next !== undefined; next = waiting.pop()) {
    const split = splitOnce(next, room);
    if (split === undefined) {
      parts.push(next);
      continue;
    }
    budget.check(parts.length + waiting.length + split.parts);
    for (const chunk of chunks(split.values, split.parts).toReversed()) {
      waiting.push(next.map((operand) => (operand === split.at ? junction('or', chunk) : operand)));
    }
  }
  return parts;
}

/** Where a conjunction is split next, and into how many; `undefined` when it fits, or is long in one piece. */
function splitOnce(
  operands: readonly FilterNode[],
  room: number,
): { readonly at: Junction; readonly values: readonly FilterNode[]; readonly parts: number } | undefined {
  if (fits(operands, room)) return undefined;
  const count = operands.reduce(addComparisons, 0);
  const length = lengthOf(operands);
  const [largest] = operands.filter(isIn).toSorted((left, right) => weight(right) - weight(left));
  if (largest === undefined) return undefined;
  const values = distinct(largest.operands);
  const others = count - largest.operands.length;
  const size = Math.max(1, Math.min(room - others, Math.floor((largest.operands.length * LONGEST) / length)));
  return { at: largest, values, parts: Math.max(2, Math.ceil(values.length / size)) };
}

function fits(operands: readonly FilterNode[], room: number): boolean {
  return operands.reduce(addComparisons, 0) <= room && lengthOf(operands) <= LONGEST;
}

function addComparisons(sum: number, operand: FilterNode): number {
  return sum + countComparisons(operand);
}

/** UTF-16 units of operands in a request: a filter is sent in a URL, whose length servers and proxies bound. */
const LONGEST = 4096;

/** Compares one property by `eq` with several values: a row passes for one of them at most. */
function isIn(node: FilterNode): node is Junction {
  if (node.kind !== 'or' || node.operands.length < 2) return false;
  const [first] = node.operands;
  return (
    first?.kind === 'comparison' &&
    node.operands.every(
      (operand) => operand.kind === 'comparison' && operand.operator === 'eq' && operand.property === first.property,
    )
  );
}

/** A value given twice must not be asked in two requests; 0 equals -0. */
function distinct(operands: readonly FilterNode[]): readonly FilterNode[] {
  const byText = new Map<string, FilterNode>();
  for (const operand of operands) {
    if (operand.kind === 'comparison') byText.set(literal(operand.operand).replace(/^-0\.0$/, '0.0'), operand);
  }
  return [...byText.values()];
}

function weight(node: Junction): number {
  return node.operands.length + lengthOf([node]) / LONGEST;
}

function lengthOf(nodes: readonly FilterNode[]): number {
  return nodes.reduce((sum, node) => sum + nodeLength(node), 0);
}

function nodeLength(node: FilterNode): number {
  switch (node.kind) {
    case 'comparison': {
      const { type, value } = node.operand;
      return type === 'String' ? value.length : type === 'Binary' ? 2 * value.length : 0;
    }
    case 'not':
      return nodeLength(node.operand);
    default:
      return lengthOf(node.operands);
  }
}

function chunks<I>(items: readonly I[], parts: number): readonly (readonly I[])[] {
  const size = Math.ceil(items.length / parts);
  return Array.from({ length: Math.ceil(items.length / size) }, (_, part) =>
    items.slice(part * size, (part + 1) * size),
  );
}

function tooMany(count: number, limit: number): EntitableError {
  return new EntitableError(
    'query.too-many-comparisons',
    `The query has ${count} comparisons, the partition and the bounds on keys included; a request takes ${limit}. Only "in" that stands ` +
      'in the outermost conjunction, not negated and not joined by "or", is split into several requests. Ask several queries, ' +
      'raise limits.comparisons where the store allows it, or test on the client what the keys do not tell.',
    { count, limit },
  );
}
