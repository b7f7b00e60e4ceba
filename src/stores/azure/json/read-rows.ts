import type { RowReader } from '../../../store/row.js';
import type { RowCheck } from '../requests/expected-rows.js';
import { CLOSE_BRACKET, COMMA } from './json-bytes.js';
import type { JsonRowReader } from './json-row-reader.js';
import { eachMember, elementTexts } from './json-text.js';
import { LIST, WrongAnswer } from '../requests/wrong-answer.js';

const ROWS = '"value":[';

/**
 * Decodes the rows of a response to a query. Throws `WrongAnswer` if the response is not a list of rows, or if `check`
 * rejects a row. Errors that `decode` throws pass through unchanged.
 */
export function readRows<R>(
  reader: JsonRowReader,
  body: Buffer,
  decode: (row: RowReader) => R,
  check: RowCheck,
): readonly R[] {
  const rows = rowsInPlace(reader, body, decode, check);
  if (rows !== undefined) return rows;
  return rowTexts(body.toString()).map((text) => {
    openRow(reader, text);
    return checked(reader, decode, check);
  });
}

/** Moves the reader to a row that is given as text. Throws `WrongAnswer` if the text is not a row. */
export function openRow(reader: JsonRowReader, text: string): void {
  try {
    reader.onText(text);
  } catch (error) {
    throw new WrongAnswer((error as SyntaxError).message, LIST);
  }
}

/** Decodes the current row, or throws `WrongAnswer` if `check` rejects it. */
export function checked<R>(reader: JsonRowReader, decode: (row: RowReader) => R, check: RowCheck): R {
  const fault = check(reader);
  if (fault !== undefined) throw new WrongAnswer(fault, LIST);
  return decode(reader);
}

/**
 * The fast path: reads the rows directly from the bytes, and parses only the text before the first row and after the
 * last one. Returns `undefined` if the response is not in the compact form that `JsonRowReader` describes.
 */
function rowsInPlace<R>(
  reader: JsonRowReader,
  body: Buffer,
  decode: (row: RowReader) => R,
  check: RowCheck,
): R[] | undefined {
  const rows: R[] = [];
  const from = body.indexOf(ROWS) + ROWS.length;
  if (from < ROWS.length) return undefined;
  let at = from;
  if (body[at] !== CLOSE_BRACKET) {
    reader.open(body);
    for (;;) {
      at = reader.on(at);
      if (at < 0) return undefined;
      rows.push(checked(reader, decode, check));
      if (body[at] !== COMMA) break;
      at++;
    }
    if (body[at] !== CLOSE_BRACKET) return undefined;
  }
  return hasRows(body.toString('utf8', 0, from) + body.toString('utf8', at)) ? rows : undefined;
}

function hasRows(text: string): boolean {
  try {
    return Array.isArray(parsed(text).value);
  } catch {
    return false;
  }
}

/** The fallback: parses the response and returns the text of each row. */
function rowTexts(text: string): readonly string[] {
  const { value } = parsed(text);
  if (!Array.isArray(value) || !value.every(isRow)) throw new WrongAnswer('it is no list of rows', LIST);
  let texts: readonly string[] = [];
  eachMember(text, text.indexOf('{'), (name, from) => {
    if (name === 'value') texts = elementTexts(text, from);
  });
  return texts;
}

function isRow(value: unknown): boolean {
  return typeof value === 'object' && value !== null && !Array.isArray(value);
}

function parsed(text: string): { readonly value?: unknown } {
  try {
    return Object(JSON.parse(text)) as { readonly value?: unknown };
  } catch {
    throw new WrongAnswer('it is no JSON', LIST); // without the error of JSON.parse, which quotes the text
  }
}
