import { eachMember } from './json-text.js';
import { EDM_TYPE_BY_NAME, TYPE_SUFFIX } from './row-layout.js';

/** What is wrong with a text that is no row. */
export const NO_ROW = 'it has a row that is none';

/**
 * A row as the service writes it, from one that is written in another way: without spaces, and with each type right before its property.
 * Throws a SyntaxError that holds nothing of the text, for what is no row: no object, a type that there is none of, or a value that no
 * property can have.
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
    throw new SyntaxError(NO_ROW); // the one of JSON.parse quotes the text
  }
  if (typeof row !== 'object' || row === null || Array.isArray(row)) throw new SyntaxError(NO_ROW);
  return row as Readonly<Record<string, unknown>>;
}

function compactMember(name: string, value: string, type: unknown): string {
  if (name.endsWith(TYPE_SUFFIX)) return ''; // it stands before what it tells of
  if (/^[{[]/.test(value) || (type !== undefined && !EDM_TYPE_BY_NAME.has(type))) throw new SyntaxError(NO_ROW);
  const annotation = type === undefined ? '' : `${JSON.stringify(name + TYPE_SUFFIX)}:${JSON.stringify(type)},`;
  return `${annotation}${JSON.stringify(name)}:${value}`;
}
