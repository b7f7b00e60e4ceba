import { literal } from '../edm/literal.js';
import { EntitableError } from '../errors/entitable-error.js';
import { countComparisons, junction, type FilterNode, type Junction } from '../store/filter-node.js';

/**
 * Splits a conjunction with too many comparisons at what says "equals one of these": the parts pass different rows, and together
 * those that the whole passes.
 *
 * @param room Comparisons that a request has left for it.
 * @param limit Comparisons of a request, for the message.
 * @throws EntitableError `query.too-many-comparisons` when there is nothing to split, or not enough.
 */
export function splitFilter(
  operands: readonly FilterNode[],
  room: number,
  limit: number,
): readonly (readonly FilterNode[])[] {
  const count = operands.reduce((sum, operand) => sum + countComparisons(operand), 0);
  if (count <= room && lengthOf(operands) <= LONGEST) return [operands];
  const [largest] = operands.filter(isIn).toSorted((left, right) => weight(right) - weight(left));
  if (largest === undefined) {
    if (count <= room) return [operands]; // long, but in one piece
    throw tooMany(count + limit - room, limit);
  }
  const others = count - largest.operands.length;
  const size = Math.max(
    1,
    Math.min(room - others, Math.floor((largest.operands.length * LONGEST) / lengthOf(operands))),
  );
  const parts = Math.max(2, Math.ceil(largest.operands.length / size));
  const split = chunks(distinct(largest.operands), parts).flatMap((chunk) =>
    splitFilter(
      operands.map((operand) => (operand === largest ? junction('or', chunk) : operand)),
      room,
      limit,
    ),
  );
  if (split.length > MOST_REQUESTS) throw tooMany(count + limit - room, limit);
  return split;
}

/** Requests that one query may become: several "in" multiply them. */
const MOST_REQUESTS = 1000;

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
