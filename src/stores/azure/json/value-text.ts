import { parseDateTime } from '../../../edm/date-time.js';
import type { EdmType } from '../../../edm/edm-type.js';
import { Guid } from '../../../edm/guid.js';
import { isInt32, isInt64 } from '../../../edm/value-rules.js';
import { EntitableError } from '../../../errors/entitable-error.js';

const INTEGER = /^-?\d{1,19}$/;
const NUMBER = /^-?\d+(?:\.\d+)?(?:[eE][+-]?\d+)?$/;
const SPECIAL_DOUBLES = new Set(['NaN', 'Infinity', '-Infinity']);

/** Parses an Int64. Returns `undefined` if the text is not an Int64. */
export function int64Of(text: string): bigint | undefined {
  if (!INTEGER.test(text)) return undefined;
  const value = BigInt(text);
  return isInt64(value) ? value : undefined;
}

/** Parses a number of the given type. Returns `undefined` if the text is not a number of that type. */
export function numberOf(type: 'Int32' | 'Double', text: string): number | undefined {
  const value = Number(text);
  if (type === 'Int32') return INTEGER.test(text) && isInt32(value) ? value : undefined;
  return NUMBER.test(text) || SPECIAL_DOUBLES.has(text) ? value : undefined;
}

/** Decodes a base64 text. Returns `undefined` if it is not valid base64. */
export function bytesIn(text: string): Uint8Array | undefined {
  const { length } = text;
  if (length === 0) return new Uint8Array(0);
  const padding = text.endsWith('==') ? 2 : text.endsWith('=') ? 1 : 0;
  // Node skips invalid characters and accepts the URL-safe alphabet, so both are checked below.
  const bytes = Buffer.from(text, 'base64');
  if (length % 4 !== 0 || bytes.length !== (length / 4) * 3 - padding || /[-_]/.test(text)) return undefined;
  return new Uint8Array(bytes);
}

/** Returns whether a text is a valid value of a type. */
export function isValue(type: EdmType, text: string): boolean {
  switch (type) {
    case 'String':
      return true;
    case 'Int64':
      return int64Of(text) !== undefined;
    case 'Int32':
    case 'Double':
      return numberOf(type, text) !== undefined;
    case 'DateTime':
      return parseDateTime(text) !== undefined;
    case 'Guid':
      return Guid.isText(text);
    case 'Binary':
      return bytesIn(text) !== undefined;
    case 'Boolean':
      return false;
    default:
      return type satisfies never;
  }
}

/** Creates the error for a value that does not have the type that the response declares for it. */
export function illFormed(name: string, type: EdmType | undefined, table: string | undefined): EntitableError {
  return new EntitableError(
    'store.unavailable',
    `A row${table === undefined ? '' : ` of table "${table}"`} was answered with an ill-formed value: "${name}" is told to be ${type === undefined ? 'a property' : `Edm.${type}`}, and is none. ` +
      'The service sends no such value: check what is on the way to it. A row that an emulator stored so has to be replaced.',
    { ...(table !== undefined && { table }), status: 200, contentType: 'application/json' },
  );
}
