import { Guid } from '../edm/guid.js';
import { typeName } from '../edm/type-name.js';
import { EntitableError } from '../errors/entitable-error.js';
import type { Condition } from './condition.js';

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

/** Writes a condition as JSON. Throws `query.invalid-filter` for an operand that has no JSON form, such as a converter's own class. */
export function conditionJSON(condition: Condition): FilterJSON {
  switch (condition.kind) {
    case 'and':
      return { and: condition.operands.map(conditionJSON) };
    case 'or':
      return { or: condition.operands.map(conditionJSON) };
    case 'not':
      return { not: conditionJSON(condition.operand) };
    case 'test': {
      const { property, operator, operands } = condition;
      return { property, operator, ...(operands.length > 0 && { operands: operands.map(operandJSON) }) };
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
  if (operand instanceof Date && !Number.isNaN(operand.getTime())) return { DateTime: operand.toISOString() };
  if (Guid.is(operand)) return { Guid: operand.toString() };
  if (operand instanceof Uint8Array) return { Binary: Buffer.from(operand).toString('base64') };
  const reason = `an operand is ${typeName(operand)}, which has no JSON form`;
  throw new EntitableError('query.invalid-filter', `The filter cannot be written as JSON: ${reason}.`, { reason });
}
