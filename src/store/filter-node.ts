import type { TypedValue } from '../edm/edm-type.js';

/** The comparison operators of the service, by their OData names. */
export type ComparisonOperator = 'eq' | 'ne' | 'gt' | 'ge' | 'lt' | 'le';

/**
 * Compares a stored property with a constant. The result is `false` if the property is missing or has another type than
 * the constant.
 */
export interface Comparison {
  /** The discriminant of `FilterNode`. */
  readonly kind: 'comparison';
  /**
   * The stored name of the property. `PartitionKey`, `RowKey` and `Timestamp` mean the row's keys and its timestamp.
   */
  readonly property: string;
  /** The operator that compares the property with the operand. */
  readonly operator: ComparisonOperator;
  /** The constant to compare with. A property of another EDM type than this constant never matches. */
  readonly operand: TypedValue;
}

/** Joins filters with `and` or `or`. */
export interface Junction {
  /** The discriminant: with `and` every operand must match, with `or` at least one. */
  readonly kind: 'and' | 'or';
  /** The joined filters, at least two. */
  readonly operands: readonly FilterNode[];
}

/** Inverts a filter. */
export interface Negation {
  /** The discriminant of `FilterNode`. */
  readonly kind: 'not';
  /** The filter that must not match. */
  readonly operand: FilterNode;
}

/**
 * A filter that every store understands. The Azure store turns it into OData text, the embedded stores into a
 * predicate. Frozen.
 */
export type FilterNode = Comparison | Junction | Negation;

/** Creates a frozen comparison. */
export function comparison(property: string, operator: ComparisonOperator, operand: TypedValue): Comparison {
  return Object.freeze({ kind: 'comparison', property, operator, operand: Object.freeze(operand) });
}

/** Joins filters. A single filter is returned as it is, and nested junctions of the same kind are merged into one. */
export function junction(kind: 'and' | 'or', operands: readonly FilterNode[]): FilterNode {
  const flat = operands.flatMap((node) => (node.kind === kind ? node.operands : [node]));
  const [first] = flat;
  return flat.length === 1 && first !== undefined ? first : Object.freeze({ kind, operands: Object.freeze(flat) });
}

/** Creates a frozen negation. */
export function negation(operand: FilterNode): Negation {
  return Object.freeze({ kind: 'not', operand });
}

/** Counts the comparisons in a filter. The service allows at most 15 (see `ServiceLimits`). */
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
