import { EDM_TYPE_BY_NAME, TYPE_SUFFIX } from './row-members.js';
import type { EdmType } from '../../../edm/edm-type.js';
import { isInt32 } from '../../../edm/value-rules.js';
import type { UndeclaredValue } from '../../../store/row.js';
import { bytesIn, illFormed, isValue } from './value-text.js';

/**
 * Reads rows from JSON text that is not in the service's compact form (no spaces, each type annotation directly before
 * its property), or whose exact text matters. This is the slow path behind `JsonRowReader`, used only after JSON.parse
 * has accepted the text. It keeps what JSON.parse loses: whether a number was written `3` or `3.0`.
 */

const QUOTE = 34;
const BACKSLASH = 92;

/**
 * Calls `visit` for each member of the object that begins at an index, with the range of its value's text. Returns the
 * index after the object.
 */
export function eachMember(
  text: string,
  start: number,
  visit: (name: string, from: number, to: number) => void,
): number {
  let at = skipSpace(text, start + 1);
  while (text[at] !== '}') {
    const nameEnd = skipString(text, at);
    const name = JSON.parse(text.slice(at, nameEnd)) as string;
    const from = skipSpace(text, skipSpace(text, nameEnd) + 1);
    const to = skipValue(text, from);
    visit(name, from, to);
    at = skipSpace(text, to);
    if (text[at] === ',') at = skipSpace(text, at + 1);
  }
  return at + 1;
}

/** Returns the JSON text of each element of the array that begins at an index. */
export function elementTexts(text: string, start: number): readonly string[] {
  const elements: string[] = [];
  let at = skipSpace(text, start + 1);
  while (text[at] !== ']') {
    const to = skipValue(text, at);
    elements.push(text.slice(at, to));
    at = skipSpace(text, to);
    if (text[at] === ',') at = skipSpace(text, at + 1);
  }
  return elements;
}

function skipSpace(text: string, at: number): number {
  while (text.charCodeAt(at) <= 32) at++;
  return at;
}

function skipString(text: string, at: number): number {
  for (at++; text.charCodeAt(at) !== QUOTE; at++) {
    if (text.charCodeAt(at) === BACKSLASH) at++;
  }
  return at + 1;
}

function skipValue(text: string, at: number): number {
  switch (text[at]) {
    case '"':
      return skipString(text, at);
    case '{':
    case '[':
      return skipNested(text, at);
    default:
      while (at < text.length && !',]}'.includes(text[at]!) && text.charCodeAt(at) > 32) at++;
      return at;
  }
}

function skipNested(text: string, at: number): number {
  let depth = 0;
  do {
    const character = text[at];
    if (character === '"') {
      at = skipString(text, at);
      continue;
    }
    if (character === '{' || character === '[') depth++;
    else if (character === '}' || character === ']') depth--;
    at++;
  } while (depth > 0);
  return at;
}

/** The reason given in the error if a text is not a row. */
export const NO_ROW = 'it has a row that is none';

/**
 * Rewrites a row in the service's compact form: without spaces, and with each type annotation directly before its
 * property. Throws a SyntaxError if the text is not a JSON object, has an annotation with an unknown type, or has a
 * value that no property can have (an object or an array). The error does not quote the text.
 */
export function compactRow(text: string): string {
  const row = parsed(text);
  const members = new Map<string, string>();
  eachMember(text, text.indexOf('{'), (name, from, to) => members.set(name, text.slice(from, to)));
  return `{${Array.from(members, ([name, value]) => compactMember(name, value, row[name + TYPE_SUFFIX]))
    .filter((member) => member !== '')
    .join()}}`;
}

function parsed(text: string): Readonly<Record<string, unknown>> {
  let row: unknown;
  try {
    row = JSON.parse(text);
  } catch {
    throw new SyntaxError(NO_ROW); // without the error of JSON.parse, which quotes the text
  }
  if (typeof row !== 'object' || row === null || Array.isArray(row)) throw new SyntaxError(NO_ROW);
  return row as Readonly<Record<string, unknown>>;
}

function compactMember(name: string, value: string, type: unknown): string {
  if (name.endsWith(TYPE_SUFFIX)) return ''; // the annotation is written before its property
  if (/^[{[]/.test(value) || (type !== undefined && !EDM_TYPE_BY_NAME.has(type))) throw new SyntaxError(NO_ROW);
  const annotation = type === undefined ? '' : `${JSON.stringify(name + TYPE_SUFFIX)}:${JSON.stringify(type)},`;
  return `${annotation}${JSON.stringify(name)}:${value}`;
}

const SYSTEM = new Set(['PartitionKey', 'RowKey', 'Timestamp']);
const INTEGER = /^-?\d+$/;

/**
 * Returns the properties of a row exactly as they appear in its JSON text, which has type annotations
 * (`minimalmetadata`). Leaves out the keys, the timestamp and the names in `except`.
 *
 * @param table The table's name, for messages.
 */
export function storedMembers(
  text: string,
  except: ReadonlySet<string>,
  table?: string,
): readonly (readonly [name: string, value: UndeclaredValue])[] {
  const types = new Map<string, EdmType | undefined>();
  const members: [name: string, from: number, to: number][] = [];
  eachMember(text, text.indexOf('{'), (name, from, to) => {
    if (name.endsWith(TYPE_SUFFIX))
      types.set(name.slice(0, -TYPE_SUFFIX.length), EDM_TYPE_BY_NAME.get(JSON.parse(text.slice(from, to))));
    else if (!name.startsWith('odata.') && !SYSTEM.has(name) && !except.has(name)) members.push([name, from, to]);
  });
  return members.flatMap(([name, from, to]) => {
    const json = text.slice(from, to);
    if (json[0] === 'n') return []; // the service sends null for a selected property that the row lacks
    const stated = types.get(name);
    const value = storedValue(json, stated);
    if (value === undefined) throw illFormed(name, stated, table);
    return [[name, value] as const];
  });
}

/**
 * Converts the JSON text of a property's value. Returns `undefined` if the value does not have the annotated type, or
 * is not a value that a property can have.
 */
function storedValue(json: string, stated: EdmType | undefined): UndeclaredValue | undefined {
  switch (json[0]) {
    case 't':
    case 'f':
      return stated === undefined || stated === 'Boolean' ? { type: 'Boolean', text: json } : undefined;
    case '"': {
      const text = JSON.parse(json) as string;
      if (stated === 'Binary') {
        const bytes = bytesIn(text);
        return bytes && { type: stated, bytes };
      }
      const type = stated ?? 'String';
      return isValue(type, text) ? { type, text } : undefined;
    }
    case '{':
    case '[':
      return undefined;
    default:
      if (stated === undefined) return { type: numberType(json), text: json };
      return isNumeric(stated) && isValue(stated, json) ? { type: stated, text: json } : undefined;
  }
}

function isNumeric(type: EdmType): type is 'Double' | 'Int32' | 'Int64' {
  return type === 'Double' || type === 'Int32' || type === 'Int64';
}

/**
 * Returns the type of a number without an annotation: the service writes a Double with a decimal point or an exponent,
 * and an Int32 without either.
 */
function numberType(json: string): 'Double' | 'Int32' {
  const value = Number(json);
  return INTEGER.test(json) && isInt32(value) ? 'Int32' : 'Double';
}
