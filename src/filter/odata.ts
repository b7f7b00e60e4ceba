import { literal } from '../edm/literal.js';
import type { FilterNode } from '../store/filter-node.js';

/** Writes a filter as the text of `$filter`. */
export function toOData(node: FilterNode): string {
  switch (node.kind) {
    case 'comparison':
      return `${node.property} ${node.operator} ${literal(node.operand)}`;
    case 'and':
    case 'or':
      return node.operands.map((operand) => nested(operand)).join(` ${node.kind} `);
    case 'not':
      return `not (${toOData(node.operand)})`;
    default:
      return node satisfies never;
  }
}

function nested(operand: FilterNode): string {
  return operand.kind === 'and' || operand.kind === 'or' ? `(${toOData(operand)})` : toOData(operand);
}
