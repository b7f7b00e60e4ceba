import { eachMember } from './json-text.js';
import { EDM_TYPE_BY_NAME, TYPE_SUFFIX } from './row-layout.js';

/**
 * A row as the service writes it, from one that is written in another way: without spaces, and with each type right before its property.
 * A value that no property can have, such as an object, becomes null, and a type that there is none of is left out. Throws SyntaxError for what is no row.
 */
export function compactRow(text: string): string {
  const row = JSON.parse(text) as Readonly<Record<string, unknown>> | null;
  if (typeof row !== 'object' || row === null || Array.isArray(row)) throw new SyntaxError('A row is no object');
  const members = new Map<string, string>();
  eachMember(text, text.indexOf('{'), (name, from, to) => members.set(name, text.slice(from, to)));
  return `{${Array.from(members, ([name, value]) => compactMember(name, value, row[name + TYPE_SUFFIX]))
    .filter((member) => member !== '')
    .join()}}`;
}

function compactMember(name: string, value: string, type: unknown): string {
  if (name.endsWith(TYPE_SUFFIX)) return ''; // it stands before what it tells of
  const annotation = EDM_TYPE_BY_NAME.has(type) ? `${JSON.stringify(name + TYPE_SUFFIX)}:${JSON.stringify(type)},` : '';
  return `${annotation}${JSON.stringify(name)}:${/^[{[]/.test(value) ? 'null' : value}`;
}
