import { createHash } from 'node:crypto';
import { EntitableError } from '../../index.js';
import { jsonText, inOrder, splitText, type NumberedPiece } from './split-text.js';
import type { Column, ValueContext, ValueFormat } from './value-format.js';

const PLAIN = /^[a-z][a-z0-9]{2,45}$/;
const HASHED = /x[0-9a-f]{16}$/;
const NAME = 'json_';
const NUMBERED = /^json_([1-9][0-9]*)$/;

/**
 * The format for any JSON value under any key, with the JSON text in `json_1`, `json_2`, … A collection whose name is a
 * lower-case table name uses the table of that name. The table of any other collection gets a name that ends in a hash,
 * so that no two collections share a table.
 */
export const jsonFormat: ValueFormat = Object.freeze({
  tableName,
  toRowKey: escapeKey,
  fromRowKey: unescapeKey,
  encode,
  decode,
});

function tableName(collection: string): string {
  if (PLAIN.test(collection) && !HASHED.test(collection) && collection !== 'tables') return collection;
  const readable = collection
    .replace(/[^A-Za-z0-9]/g, '')
    .replace(/^[0-9]+/, '')
    .slice(0, 40);
  const hash = createHash('sha256').update(collection, 'utf16le').digest('hex').slice(0, 16);
  return `${readable === '' ? 'c' : readable}x${hash}`;
}

function encode(value: unknown, { collection, limits }: ValueContext): readonly Column[] {
  const text = jsonText(value, collection, NAME);
  if (text === undefined) throw absent(value, collection);
  return splitText(text, limits.stringUnits).map((piece, index) => [
    `${NAME}${index + 1}`,
    { type: 'String', text: piece },
  ]);
}

function decode(columns: Iterable<Column>): unknown {
  const pieces: NumberedPiece[] = [];
  for (const [name, value] of columns) {
    const number = NUMBERED.exec(name)?.[1];
    if (number !== undefined && value.type === 'String') pieces.push([Number(number), value.text]);
  }
  const ordered = inOrder(pieces);
  const lacking = ordered.findIndex(([number], index) => number !== index + 1);
  if (lacking >= 0) throw new Error(`${NAME}${lacking + 1} is missing`);
  return JSON.parse(ordered.map(([, piece]) => piece).join('')) as unknown;
}

function absent(value: unknown, collection: string): EntitableError {
  const found = typeof value;
  return new EntitableError(
    'validation.wrong-type',
    `A value for the collection ${collection} is ${found}, which has no JSON form. Use delete() to remove a key.`,
    { className: collection, property: 'value', storedName: NAME, expected: 'a JSON value', found },
  );
}

/**
 * Matches the characters that the service forbids in keys, the escape character, unpaired surrogates (which have no
 * UTF-8 form), and U+FFFF.
 */
const UNSAFE =
  // eslint-disable-next-line no-control-regex -- the expression has to match control characters
  /[~/\\#?\u0000-\u001f\u007f-\u009f\uffff]|[\ud800-\udbff](?![\udc00-\udfff])|(?<![\ud800-\udbff])[\udc00-\udfff]/g;
const ESCAPED = /~(?:u([0-9A-F]{4})|([0-9A-F]{2}))/g;

/**
 * Turns any text into a row key: `~XX` or `~uXXXX` for each character that a key cannot contain, all others unchanged.
 * Stored rows contain the result, so the encoding must not change.
 */
function escapeKey(key: string): string {
  return key.replace(UNSAFE, (character) => {
    const code = character.charCodeAt(0);
    const hex = code.toString(16).toUpperCase();
    return code > 0xff ? `~u${hex.padStart(4, '0')}` : `~${hex.padStart(2, '0')}`;
  });
}

/** Reverses {@link escapeKey}. */
function unescapeKey(rowKey: string): string {
  return rowKey.replace(ESCAPED, (_, wide: string | undefined, narrow: string | undefined) =>
    String.fromCharCode(Number.parseInt((wide ?? narrow)!, 16)),
  );
}
