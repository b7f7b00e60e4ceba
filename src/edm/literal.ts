import { exactTicks, formatDateTime } from './date-time.js';
import type { TypedValue } from './edm-type.js';

/** Formats a value as an OData literal of its own EDM type, so that the service compares values of the same type. */
export function literal(operand: TypedValue): string {
  switch (operand.type) {
    case 'String':
      return `'${operand.value.replaceAll("'", "''")}'`;
    case 'Int64':
      return `${operand.value}L`;
    case 'Int32':
      return String(operand.value);
    case 'Double':
      return decimalText(operand.value);
    case 'Boolean':
      return String(operand.value);
    case 'DateTime':
      return `datetime'${formatDateTime(operand.value.getTime(), exactTicks(operand.value))}'`;
    case 'Guid':
      return `guid'${operand.value.toString()}'`;
    case 'Binary':
      return `X'${Buffer.from(operand.value.buffer, operand.value.byteOffset, operand.value.byteLength).toString('hex')}'`;
    default:
      return operand satisfies never;
  }
}

/** Formats a Double. Integral values end in `.0`, because the service would otherwise mistake them for an Int32. */
export function doubleText(value: number): string {
  const text = Object.is(value, -0) ? '-0' : String(value);
  return Number.isInteger(value) && Math.abs(value) < 1e21 ? `${text}.0` : text;
}

const EXPONENT = /^(-?)(\d)(?:\.(\d+))?e([+-]\d+)$/;

/**
 * Formats a Double without an exponent for filters, because the emulator Azurite parses `1e-10` as an identifier. The
 * digits and the value stay the same.
 */
function decimalText(value: number): string {
  const text = doubleText(value);
  const match = EXPONENT.exec(text);
  if (match === null) return text;
  const [, sign = '', first = '', others = '', exponent] = match;
  const digits = first + others; // at most 17 digits
  const power = Number(exponent); // at least 21, or at most -7
  return power > 0 ? `${sign}${digits.padEnd(power + 1, '0')}.0` : `${sign}0.${'0'.repeat(-power - 1)}${digits}`;
}
