import { formatDateTime, parseDateTime } from '../edm/date-time.js';
import { isEdmType, type TypedValue } from '../edm/edm-type.js';
import { Guid } from '../edm/guid.js';
import { doubleText } from '../edm/literal.js';
import { typeName } from '../errors/type-name.js';
import { VALUE_RULES } from '../edm/value-rules.js';
import type { UndeclaredValue } from '../store/row.js';

/**
 * A stored value with its EDM type. A DateTime may have `ticks`: the units of 100 ns (0 to 9999) beyond its
 * milliseconds.
 */
export type StoredValue =
  | Exclude<TypedValue, { readonly type: 'DateTime' }>
  | { readonly type: 'DateTime'; readonly value: Date; readonly ticks?: number | undefined };

/** A row without an entity class: its keys, and every property by its stored name. */
export interface StoredRow {
  /** The stored partition key. */
  readonly partitionKey: string;
  /** The stored row key. */
  readonly rowKey: string;
  /** The time of the last write. The service sets it with each write, so a value given here is not stored. */
  readonly timestamp?: Date | undefined;
  /** All other properties, by their stored names. */
  readonly properties: Readonly<Record<string, StoredValue>>;
}

/** Decodes a value from its stored text or bytes. */
export function storedValue(value: UndeclaredValue): StoredValue {
  const { type } = value;
  switch (type) {
    case 'Binary':
      return { type, value: value.bytes };
    case 'Boolean':
      return { type, value: value.text === 'true' };
    case 'DateTime': {
      const { milliseconds, ticks } = parseDateTime(value.text)!;
      return { type, value: new Date(milliseconds), ...(ticks !== 0 && { ticks }) };
    }
    case 'Double':
    case 'Int32':
      return { type, value: Number(value.text) };
    case 'Guid':
      return { type, value: Guid.parse(value.text) };
    case 'Int64':
      return { type, value: BigInt(value.text) };
    case 'String':
      return { type, value: value.text };
    default:
      return type satisfies never;
  }
}

/** Encodes a value as the text or bytes to store. */
export function undeclaredValue(stored: StoredValue): UndeclaredValue {
  const { type, value } = stored;
  switch (type) {
    case 'Binary':
      return { type, bytes: value };
    case 'DateTime':
      return { type, text: formatDateTime(value.getTime(), stored.ticks) };
    case 'Double':
      return { type, text: doubleText(value) };
    case 'Boolean':
    case 'Guid':
    case 'Int32':
    case 'Int64':
    case 'String':
      return { type, text: String(value) };
    default:
      return type satisfies never;
  }
}

/** Describes what is wrong with a value that should be a {@link StoredValue}; `undefined` if it is one. */
export function storedValueProblem(stored: unknown): string | undefined {
  if (typeof stored !== 'object' || stored === null) return `${typeName(stored)}, not { type, value }`;
  const { type, value, ticks } = stored as Readonly<Record<string, unknown>>;
  if (!isEdmType(type)) return 'an object whose type is no EDM type';
  if (ticks !== undefined && !(type === 'DateTime' && isTicks(ticks)))
    return 'ticks that are not 0 to 9999 of a DateTime';
  const found = VALUE_RULES[type].wrong(value);
  return found === undefined ? undefined : `${found} for an Edm.${type}`;
}

function isTicks(ticks: unknown): boolean {
  return typeof ticks === 'number' && Number.isInteger(ticks) && ticks >= 0 && ticks <= 9999;
}
