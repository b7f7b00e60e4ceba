import { compareValues } from '../../edm/compare.js';
import { exactTicks } from '../../edm/date-time.js';
import type { EdmType, TypedValue } from '../../edm/edm-type.js';
import type { Comparison, ComparisonOperator, FilterNode } from '../../store/filter-node.js';
import { PARTITION_KEY, ROW_KEY, TIMESTAMP, type RowReader, type Slot } from '../../store/row.js';
import { refusal, refused } from './service-rules.js';

/** Returns whether a row matches a filter. */
export type Predicate = (row: RowReader) => boolean;

/**
 * The system properties. Unlike all others they have a declared type, so that comparing them with a value of a
 * different type is an error.
 */
const DECLARED: Readonly<Record<string, { readonly slot: Slot; readonly type: EdmType }>> = {
  PartitionKey: { slot: PARTITION_KEY, type: 'String' },
  RowKey: { slot: ROW_KEY, type: 'String' },
  Timestamp: { slot: TIMESTAMP, type: 'DateTime' },
};

/**
 * For each operator, a function that returns whether the operator holds, given the result of comparing a property with
 * a constant: a number that is negative, zero, positive, or NaN if the values have no order.
 */
const HOLDS: Readonly<Record<ComparisonOperator, (order: number) => boolean>> = {
  eq: (order) => order === 0,
  ne: (order) => order !== 0,
  gt: (order) => order > 0,
  ge: (order) => order >= 0,
  lt: (order) => order < 0,
  le: (order) => order <= 0,
};

/** Returns the names of the properties that a filter compares, without system properties and duplicates. */
export function filteredNames(node: FilterNode): readonly string[] {
  switch (node.kind) {
    case 'comparison':
      return Object.hasOwn(DECLARED, node.property) ? [] : [node.property];
    case 'not':
      return filteredNames(node.operand);
    default:
      return [...new Set(node.operands.flatMap(filteredNames))];
  }
}

/** Compiles a filter to a predicate for many rows. Throws `store.rejected` if the service would reject the filter. */
export function compileFilter(node: FilterNode, slotOf: (name: string) => Slot): Predicate {
  switch (node.kind) {
    case 'comparison':
      return compileComparison(node, slotOf);
    case 'not': {
      const operand = compileFilter(node.operand, slotOf);
      return (row) => !operand(row);
    }
    case 'and': {
      const operands = node.operands.map((operand) => compileFilter(operand, slotOf));
      return (row) => operands.every((operand) => operand(row));
    }
    case 'or': {
      const operands = node.operands.map((operand) => compileFilter(operand, slotOf));
      return (row) => operands.some((operand) => operand(row));
    }
    default:
      return node satisfies never;
  }
}

function compileComparison({ property, operator, operand }: Comparison, slotOf: (name: string) => Slot): Predicate {
  const declared = Object.hasOwn(DECLARED, property) ? DECLARED[property] : undefined;
  if (declared !== undefined && declared.type !== operand.type) {
    throw refused(
      refusal(
        'InvalidInput',
        `${property} is an Edm.${declared.type} and cannot be compared with an Edm.${operand.type}.`,
      ),
    );
  }
  const slot = declared?.slot ?? slotOf(property);
  const holds = HOLDS[operator];
  const order = orderAgainst(operand, slot);
  if (declared !== undefined) return (row) => holds(order(row));
  const { type } = operand;
  return (row) => row.typeOf(slot) === type && holds(order(row));
}

/** Returns a function that compares a row's property with a constant of the same type. */
function orderAgainst(operand: TypedValue, slot: Slot): (row: RowReader) => number {
  switch (operand.type) {
    case 'Binary': {
      const value = Buffer.from(operand.value);
      return (row) => Buffer.compare(row.binary(slot), value);
    }
    case 'Boolean':
      return (row) => Number(row.boolean(slot)) - Number(operand.value);
    case 'DateTime': {
      const value = operand.value.getTime();
      const ticks = exactTicks(operand.value) ?? 0;
      return (row) => row.milliseconds(slot) - value || row.ticks(slot) - ticks;
    }
    case 'Double':
    case 'Int32':
      return (row) => compareValues('Double', row.number(slot), operand.value);
    case 'Guid':
      return (row) => compareValues('Guid', row.guid(slot), operand.value);
    case 'Int64':
      return (row) => compareValues('Int64', row.int64(slot), operand.value);
    case 'String':
      return (row) => compareValues('String', row.string(slot), operand.value);
    default:
      return operand satisfies never;
  }
}
