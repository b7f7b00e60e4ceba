import { formatDateTime } from './date-time.js';
import type { TypedValue } from './edm-type.js';

/** Writes a value as an OData literal of its own EDM type, so that the service compares like with like. */
export function literal(operand: TypedValue): string {
  switch (operand.type) {
    case 'String':
      return `'${operand.value.replaceAll("'", "''")}'`;
    case 'Int64':
      return `${operand.value}L`;
    case 'Int32':
      return String(operand.value);
    case 'Double':
      return doubleText(operand.value);
    case 'Boolean':
      return String(operand.value);
    case 'DateTime':
      return `datetime'${formatDateTime(operand.value.getTime())}'`;
    case 'Guid':
      return `guid'${operand.value.toString()}'`;
    case 'Binary':
      return `X'${Buffer.from(operand.value.buffer, operand.value.byteOffset, operand.value.byteLength).toString('hex')}'`;
    default:
      return operand satisfies never;
  }
}

/** A Double in text: integral values keep a `.0`, without which the service would take them for an Int32. */
export function doubleText(value: number): string {
  const text = Object.is(value, -0) ? '-0' : String(value);
  return Number.isInteger(value) && Math.abs(value) < 1e21 ? `${text}.0` : text;
}
