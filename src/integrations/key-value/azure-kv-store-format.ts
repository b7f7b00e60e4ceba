import { isList, isObject, readOption } from '../../options/check-option.js';
import { EntitableError, type FilterNode, type TypedValue } from '../../index.js';
import { jsonText, inOrder, splitText, type NumberedPiece } from './split-text.js';
import type { MemberComparison } from './member-tests.js';
import type { Column, ValueContext, ValueFormat } from './value-format.js';

/** Matches the numbers that Python's JSON reader accepts and JavaScript's does not. */
const PYTHON_NUMBER = /^\s*(?:NaN|-?Infinity)\s*$/;
const PROPERTY_NAME = /^[\p{L}\p{Nl}_][\p{L}\p{Nl}\p{Nd}\p{Mn}\p{Mc}\p{Pc}\p{Cf}]{0,254}$/u;
const SYSTEM_NAMES: readonly string[] = ['PartitionKey', 'RowKey', 'Timestamp'];
const PART = '_part_';
const NUMBERED = /^(.+)_part_([0-9]+)$/su;

/**
 * The format of `AzureKVStore` of LlamaIndex for Python, for tables that both languages use. A value is an object with
 * one property per member. Booleans, numbers, and texts that cannot be mistaken for JSON are stored as they are,
 * everything else as JSON. Keys are stored unchanged as row keys.
 */
export const azureKvStoreFormat: ValueFormat = Object.freeze({
  tableName,
  toRowKey: (key: string) => key,
  fromRowKey: (rowKey: string) => rowKey,
  encode,
  filter,
  decode,
});

/** Applies the naming rule of LlamaIndex for Python, which may map two collections to one table. */
function tableName(collection: string): string {
  const letters = collection.replace(/[^A-Za-z0-9]/g, '');
  return (/^[0-9]/.test(letters) ? `A${letters}` : letters).padEnd(3, 'A').slice(0, 63);
}

function encode(value: unknown, context: ValueContext): readonly Column[] {
  if (!isObject(value)) throw notAnObject(value, context);
  return readOption('The value', () => Object.entries(value)).flatMap(([name, member]) => {
    if (member === undefined) return [];
    if (!isName(name) || context.limits.reservedNames.includes(name.toLowerCase())) throw badName(name, context);
    return columnsOf(name, member, context);
  });
}

function columnsOf(name: string, member: unknown, { collection, limits }: ValueContext): readonly Column[] {
  if (typeof member === 'boolean') return [[name, { type: 'Boolean', text: String(member) }]];
  if (typeof member === 'number') {
    const type = Object.is(member | 0, member) ? 'Int32' : 'Double';
    return [[name, { type, text: Object.is(member, -0) ? '-0.0' : String(member) }]];
  }
  const size = limits.stringUnits;
  if (typeof member === 'string' && member.length < size - 1 && !readsAsJson(member)) {
    return [[name, { type: 'String', text: member }]];
  }
  const text = jsonText(member, collection, name);
  if (text === undefined) return [];
  if (text.length < size - 1) return [[name, { type: 'String', text }]];
  // The first piece is one unit shorter than the others, as LlamaIndex for Python writes it.
  return splitText(text, size, size - 1).map((piece, index) => [
    `${name}${PART}${index + 1}`,
    { type: 'String', text: piece },
  ]);
}

/**
 * Translates only tests for equality. Other comparisons would be wrong, because some texts are stored as JSON and sort
 * differently. A number is compared as Double and as Int32, because it may be stored as either. Int64 is not
 * compared: neither this library nor LlamaIndex for Python writes it in this format.
 */
function filter({ member, operator, operand }: MemberComparison, { limits }: ValueContext): FilterNode | undefined {
  if (operator !== 'eq' || !isName(member)) return undefined;
  const equals = (value: TypedValue): FilterNode => ({
    kind: 'comparison',
    property: member,
    operator: 'eq',
    operand: value,
  });
  if (typeof operand === 'boolean') return equals({ type: 'Boolean', value: operand });
  if (typeof operand === 'string') {
    const text = readsAsJson(operand) ? JSON.stringify(operand) : operand;
    return text.length < limits.stringUnits - 1 ? equals({ type: 'String', value: text }) : undefined;
  }
  const number = operand === 0 ? 0 : operand;
  const operands: FilterNode[] = [equals({ type: 'Double', value: number })];
  if ((number | 0) === number) operands.push(equals({ type: 'Int32', value: number }));
  return { kind: 'or', operands };
}

function isName(name: string): boolean {
  return PROPERTY_NAME.test(name) && !name.includes(PART) && !SYSTEM_NAMES.includes(name);
}

function decode(columns: Iterable<Column>): unknown {
  const members = new Map<string, unknown>();
  const parts = new Map<string, NumberedPiece[]>();
  for (const [name, value] of columns) {
    const [, whole, number] = NUMBERED.exec(name) ?? [];
    if (whole === undefined || value.type !== 'String') {
      members.set(name, plain(value));
      continue;
    }
    const pieces = parts.get(whole) ?? [];
    pieces.push([Number(number), value.text]);
    parts.set(whole, pieces);
  }
  for (const [name, pieces] of parts) {
    const text = inOrder(pieces).map(([, piece]) => piece);
    members.set(name, parsed(text.join('')));
  }
  return Object.fromEntries(members);
}

function plain(value: Column[1]): unknown {
  switch (value.type) {
    case 'Binary':
      return value.bytes;
    case 'Boolean':
      return value.text === 'true';
    case 'Double':
    case 'Int32':
      return Number(value.text);
    case 'Int64': {
      const number = Number(value.text);
      return Number.isSafeInteger(number) ? number : value.text;
    }
    case 'DateTime':
    case 'Guid':
      return value.text;
    case 'String':
      return parsed(value.text);
    default:
      return value satisfies never;
  }
}

function parsed(text: string): unknown {
  try {
    return JSON.parse(text) as unknown;
  } catch {
    return text; // The format stores texts that are not JSON unquoted.
  }
}

function readsAsJson(text: string): boolean {
  return PYTHON_NUMBER.test(text) || parsed(text) !== text;
}

function notAnObject(value: unknown, { collection }: ValueContext): EntitableError {
  const found = value === null ? 'null' : isList(value) ? 'an array' : typeof value;
  return new EntitableError(
    'validation.wrong-type',
    `A value for the collection ${collection} is ${found}; the format of AzureKVStore holds objects. Wrap it in one, or use the JSON format.`,
    { className: collection, property: 'value', storedName: '', expected: 'an object', found },
  );
}

function badName(property: string, { collection }: ValueContext): EntitableError {
  return new EntitableError(
    'validation.unknown-property',
    `The format of AzureKVStore cannot hold a member "${property}" (collection ${collection}): a name is letters, digits and _, is no key and none that the store ` +
      `keeps to itself, and does not contain "${PART}". Rename it, nest it in another member, or use the JSON format.`,
    { className: collection, property },
  );
}
