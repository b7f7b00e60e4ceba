import { isDate } from 'node:util/types';
import { isBytes } from '../metadata/bytes.js';
import { Guid } from '../edm/guid.js';
import { typeName } from '../edm/type-name.js';
import { EntitableError } from '../errors/entitable-error.js';
import { DEEPEST, type Condition } from './condition.js';
import { flattened } from './flattened.js';

/** An operand in JSON: types that JSON does not have are an object of one member, named like the EDM type. */
export type OperandJSON =
  | string
  | number
  | boolean
  | { readonly Int64: string }
  | { readonly DateTime: string }
  | { readonly Guid: string }
  | { readonly Binary: string };

/** A filter in JSON, which `filterFromJSON` reads. */
export type FilterJSON =
  | { readonly and: readonly FilterJSON[] }
  | { readonly or: readonly FilterJSON[] }
  | { readonly not: FilterJSON }
  | { readonly property: string; readonly operator: string; readonly operands?: readonly OperandJSON[] };

/**
 * Writes a condition as JSON. Throws `query.invalid-filter` for an operand that has no JSON form, such as a converter's own class, and
 * for a condition that nests too deep.
 */
export function conditionJSON(condition: Condition, depth = 0): FilterJSON {
  if (depth > DEEPEST) throw unwritable(`it nests more than ${DEEPEST} deep`);
  const inner = (operand: Condition): FilterJSON => conditionJSON(operand, depth + 1);
  switch (condition.kind) {
    case 'and':
      return { and: flattened(condition).map(inner) };
    case 'or':
      return { or: flattened(condition).map(inner) };
    case 'not':
      return { not: inner(condition.operand) };
    case 'test': {
      const { property, operator, operands } = condition;
      return {
        property,
        operator,
        ...((operator === 'in' || operands.length > 0) && { operands: operands.map(operandJSON) }),
      };
    }
    default:
      return condition satisfies never;
  }
}

function operandJSON(operand: unknown): OperandJSON {
  if (
    typeof operand === 'string' ||
    typeof operand === 'boolean' ||
    (typeof operand === 'number' && Number.isFinite(operand))
  )
    return operand;
  if (typeof operand === 'bigint') return { Int64: String(operand) };
  if (isDate(operand) && !Number.isNaN(operand.getTime())) return { DateTime: operand.toISOString() };
  if (Guid.is(operand)) return { Guid: operand.toString() };
  if (isBytes(operand)) return { Binary: Buffer.from(operand).toString('base64') };
  throw unwritable(`an operand is ${typeName(operand)}, which has no JSON form`);
}

function unwritable(reason: string): EntitableError {
  return new EntitableError('query.invalid-filter', `The filter cannot be written as JSON: ${reason}.`, { reason });
}
