import type { TypedValue } from '../../src/edm/edm-type.js';
import type { Comparison, FilterNode } from '../../src/store/filter-node.js';

/** The result of a comparison, or of a combination of them, in the service: NULL if a property is missing. */
type Ternary = boolean | null;

/**
 * Evaluates a filter by the service's three-valued logic. Written for the tests from the rules alone, independent of
 * the library.
 */
export function passes(node: FilterNode, valueOf: (storedName: string) => TypedValue | undefined): boolean {
  return ternary(node, valueOf) === true;
}

function ternary(node: FilterNode, valueOf: (storedName: string) => TypedValue | undefined): Ternary {
  switch (node.kind) {
    case 'comparison':
      return compare(node, valueOf(node.property));
    case 'not': {
      const operand = ternary(node.operand, valueOf);
      return operand === null ? true : !operand; // confirmed by the service: not NULL is true
    }
    case 'and': {
      const operands = node.operands.map((operand) => ternary(operand, valueOf));
      return operands.includes(false) ? false : operands.includes(null) ? null : true;
    }
    case 'or': {
      const operands = node.operands.map((operand) => ternary(operand, valueOf));
      return operands.includes(true) ? true : operands.includes(null) ? null : false;
    }
    default:
      return node satisfies never;
  }
}

function compare({ operator, operand }: Comparison, actual: TypedValue | undefined): Ternary {
  if (actual === undefined || actual.type !== operand.type) return null;
  const [left, right] = [sortable(actual), sortable(operand)];
  switch (operator) {
    case 'eq':
      return left === right;
    case 'ne':
      return left !== right;
    case 'gt':
      return left > right;
    case 'ge':
      return left >= right;
    case 'lt':
      return left < right;
    case 'le':
      return left <= right;
    default:
      return operator satisfies never;
  }
}

function sortable({ type, value }: TypedValue): string | number | bigint | boolean {
  switch (type) {
    case 'Binary':
      return Buffer.from(value).toString('hex');
    case 'DateTime':
      return value.getTime();
    case 'Guid':
      return value.toString();
    default:
      return value;
  }
}
