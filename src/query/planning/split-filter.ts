import { literal } from '../../edm/literal.js';
import { EntitableError } from '../../errors/entitable-error.js';
import { countComparisons, junction, type FilterNode, type Junction } from '../../store/filter-node.js';
import type { RequestBudget } from './plan.js';

/** The number of comparisons that a request can spend on a filter. */
export interface Room {
  /** The limit for a filter that is sent in one request. */
  readonly whole: number;
  /**
   * The limit for each of several requests. It may be lower than `whole`, because a request that resumes after a row
   * compares keys with those of the row.
   */
  readonly resumed: number;
}

/**
 * Splits a conjunction with too many comparisons at a condition of the form "equals one of these". No row matches two
 * parts, and together they match the same rows as the whole.
 *
 * @param room - The comparisons that a request can spend on the filter. If possible, the parts leave room to resume
 * after a row.
 * @param limit - The maximum number of comparisons in a request, for the error message.
 * @param budget - The limit for the number of requests, checked before the parts become more than it allows.
 * @throws EntitableError `query.too-many-comparisons` if no condition can be split, or if the parts would still have
 * too many; `query.too-many-requests`.
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

/**
 * Returns the condition to split next, and the number of parts. `undefined` if the conjunction fits, or if it has
 * nothing to split.
 */
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

/**
 * The maximum length of the operands in a request, in UTF-16 units. A filter is sent in a URL, whose length servers and
 * proxies limit.
 */
const LONGEST = 4096;

/** Returns whether a node compares one property by `eq` with several values. A row can match only one of them. */
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

/** Removes duplicate values, which must not be sent in two requests; 0 equals -0. */
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
