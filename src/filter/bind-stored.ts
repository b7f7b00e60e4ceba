import { isDate } from 'node:util/types';
import { isBytes } from '../edm/bytes.js';
import { isEdmType, type EdmType, type TypedValue } from '../edm/edm-type.js';
import { Guid } from '../edm/guid.js';
import { propertyNameProblem } from '../edm/names.js';
import { typeName } from '../errors/type-name.js';
import { EntitableError } from '../errors/entitable-error.js';
import { comparison, junction, type FilterNode } from '../store/filter-node.js';
import { checkDepth, type Condition, type Test } from './condition.js';
import { joinedNodes, opposite } from './lower-filter.js';
import { flattened } from './flattened.js';
import { notComparable, storedOperand, storedOperator, type OneOperand } from './operand.js';
import { successor } from './key-range.js';

/**
 * Lowers a condition whose property names are stored names to the store's `FilterNode`. No entity class declares the
 * EDM types, so they are those of the operands. Returns `true` if every row matches, and `false` if none does.
 *
 * @throws EntitableError `query.invalid-operand`, `query.not-comparable`, `query.unknown-property`,
 * `query.invalid-filter`; no message contains an operand.
 */
export function bindStored(table: string, condition: Condition, depth = 0): FilterNode | boolean {
  checkDepth(depth);
  switch (condition.kind) {
    case 'test':
      return bindTest(table, condition);
    case 'not':
      return opposite(bindStored(table, condition.operand, depth + 1));
    default:
      return joinedNodes(
        condition.kind,
        flattened(condition).map((operand) => bindStored(table, operand, depth + 1)),
      );
  }
}

function bindTest(table: string, { property, operator, operands }: Test): FilterNode | boolean {
  const problem = propertyNameProblem(property);
  if (problem !== undefined) {
    const message = `"${property}" names no property of the table ${table}: ${problem}.`;
    throw new EntitableError('query.unknown-property', message, { className: table, property });
  }
  const one = (atom: OneOperand, operand: unknown): FilterNode =>
    compare({ table, property, asked: operator }, atom, operand);
  switch (operator) {
    case 'in':
      return joinedNodes(
        'or',
        operands.map((operand) => one('eq', operand)),
      );
    case 'between':
      return junction('and', [one('ge', operands[0]), one('le', operands[1])]);
    case 'isPresent':
    case 'isMissing':
      throw notComparable(
        { className: table, name: property },
        operator,
        'no class tells its type. Give an entity class',
      );
    default:
      return one(operator, operands[0]);
  }
}

interface Asked {
  readonly table: string;
  readonly property: string;
  readonly asked: string;
}

function compare({ table, property, asked }: Asked, operator: OneOperand, operand: unknown): FilterNode {
  const { type, value } = typed({ table, property, asked }, operand);
  const subject = { className: table, name: property, type };
  const lowered = storedOperator(subject, operator, asked);
  const stored = storedOperand(subject, value, asked);
  if (lowered !== 'startsWith') return comparison(property, lowered, stored);
  const end = successor(stored.value as string, KEYS.has(property));
  const from = comparison(property, 'ge', stored);
  return end === undefined ? from : junction('and', [from, comparison(property, 'lt', { type: 'String', value: end })]);
}

const KEYS: ReadonlySet<string> = new Set(['PartitionKey', 'RowKey']);

/** The types of the system properties of every row. They take precedence over the type of the operand. */
const OWN_TYPES: ReadonlyMap<string, EdmType> = new Map([
  ['PartitionKey', 'String'],
  ['RowKey', 'String'],
  ['Timestamp', 'DateTime'],
]);

function typed(
  { table, property, asked }: Asked,
  operand: unknown,
): { readonly type: EdmType; readonly value: unknown } {
  const found = isTyped(operand) ? operand : { type: typeOf(operand), value: operand };
  const type = OWN_TYPES.get(property) ?? found.type;
  if (type !== undefined) return { type, value: found.value };
  const expected =
    typeof operand === 'number'
      ? "a number with its type, { type: 'Int32', value } or { type: 'Double', value }"
      : 'a string, a boolean, a bigint, a Date, a Guid, a Uint8Array or { type, value }';
  const message = `"${asked}" on "${property}" of the table ${table} takes ${expected}, not ${typeName(operand)} alone.`;
  throw new EntitableError('query.invalid-operand', message, {
    property,
    operator: asked,
    expected,
    found: typeName(operand),
  });
}

function isTyped(operand: unknown): operand is TypedValue {
  return typeof operand === 'object' && operand !== null && 'type' in operand && isEdmType(operand.type);
}

function typeOf(operand: unknown): EdmType | undefined {
  switch (typeof operand) {
    case 'string':
      return 'String';
    case 'boolean':
      return 'Boolean';
    case 'bigint':
      return 'Int64';
    default:
      if (isDate(operand)) return 'DateTime';
      if (isBytes(operand)) return 'Binary';
      return Guid.is(operand) ? 'Guid' : undefined;
  }
}
