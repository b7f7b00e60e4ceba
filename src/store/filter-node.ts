import type { TypedValue } from '../edm/edm-type.js';

/** The service's comparison operators, by their OData names. */
export type ComparisonOperator = 'eq' | 'ne' | 'gt' | 'ge' | 'lt' | 'le';

/** Compares a stored property with a constant: `false` when the property is missing or of another type. */
export interface Comparison {
  /** Tells the nodes apart. */
  readonly kind: 'comparison';
  /** The stored name; `PartitionKey`, `RowKey` and `Timestamp` are the row's own. */
  readonly property: string;
  /** How the property is compared. */
  readonly operator: ComparisonOperator;
  /** With what; only values of its type are comparable. */
  readonly operand: TypedValue;
}

/** All of its operands, or any of them. */
export interface Junction {
  /** Whether all must hold, or one. */
  readonly kind: 'and' | 'or';
  /** Two filters or more. */
  readonly operands: readonly FilterNode[];
}

/** The opposite of its operand. */
export interface Negation {
  /** Tells the nodes apart. */
  readonly kind: 'not';
  /** What must not hold. */
  readonly operand: FilterNode;
}

/** A filter in the service's own terms, before a store turns it into OData text or a predicate. Frozen. */
export type FilterNode = Comparison | Junction | Negation;

/** A frozen comparison. */
export function comparison(property: string, operator: ComparisonOperator, operand: TypedValue): Comparison {
  return Object.freeze({ kind: 'comparison', property, operator, operand: Object.freeze(operand) });
}

/** Joins filters; one alone is itself, and junctions of the same kind become one. */
export function junction(kind: 'and' | 'or', operands: readonly FilterNode[]): FilterNode {
  const flat = operands.flatMap((node) => (node.kind === kind ? node.operands : [node]));
  const [first] = flat;
  return flat.length === 1 && first !== undefined ? first : Object.freeze({ kind, operands: Object.freeze(flat) });
}

/** A frozen negation. */
export function negation(operand: FilterNode): Negation {
  return Object.freeze({ kind: 'not', operand });
}

/** The discrete comparisons of a filter: what the service limits to 15. */
export function countComparisons(node: FilterNode): number {
  switch (node.kind) {
    case 'comparison':
      return 1;
    case 'not':
      return countComparisons(node.operand);
    default:
      return node.operands.reduce((sum, operand) => sum + countComparisons(operand), 0);
  }
}
