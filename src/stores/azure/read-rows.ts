import type { RowReader } from '../../store/row.js';
import { CLOSE_BRACKET, COMMA } from './json-bytes.js';
import type { JsonRowReader } from './json-row-reader.js';
import { eachMember, elementTexts } from './json-text.js';

const ROWS = '"value":[';

/** What a decoder makes of the rows in an answer; the error of one that is no list of rows. What a decoder throws is the decoder's. */
export function readRows<R>(
  reader: JsonRowReader,
  body: Buffer,
  decode: (row: RowReader) => R,
): readonly R[] | SyntaxError {
  const rows = rowsInPlace(reader, body, decode);
  if (rows !== undefined) return rows;
  const texts = rowTexts(body.toString());
  if (texts instanceof SyntaxError) return texts;
  const result: R[] = [];
  for (const text of texts) {
    try {
      reader.onText(text);
    } catch (error) {
      return error as SyntaxError;
    }
    result.push(decode(reader));
  }
  return result;
}

/** The rows of an answer that is written as the service writes it, without parsing more of it than what is around them. */
function rowsInPlace<R>(reader: JsonRowReader, body: Buffer, decode: (row: RowReader) => R): R[] | undefined {
  const rows: R[] = [];
  const from = body.indexOf(ROWS) + ROWS.length;
  if (from < ROWS.length) return undefined;
  let at = from;
  if (body[at] !== CLOSE_BRACKET) {
    reader.open(body);
    for (;;) {
      at = reader.on(at);
      if (at < 0) return undefined;
      rows.push(decode(reader));
      if (body[at] !== COMMA) break;
      at++;
    }
    if (body[at] !== CLOSE_BRACKET) return undefined;
  }
  return hasRows(body.toString('utf8', 0, from) + body.toString('utf8', at)) ? rows : undefined;
}

function hasRows(text: string): boolean {
  const answer = parsed(text);
  return !(answer instanceof SyntaxError) && Array.isArray(answer.value);
}

/** The texts of the rows in an answer that is written in some other way. */
function rowTexts(text: string): readonly string[] | SyntaxError {
  const answer = parsed(text);
  if (answer instanceof SyntaxError) return answer;
  if (!Array.isArray(answer.value) || !answer.value.every(isRow))
    return new SyntaxError('The answer to a query has no rows');
  let texts: readonly string[] = [];
  eachMember(text, text.indexOf('{'), (name, from) => {
    if (name === 'value') texts = elementTexts(text, from);
  });
  return texts;
}

function isRow(value: unknown): boolean {
  return typeof value === 'object' && value !== null && !Array.isArray(value);
}

function parsed(text: string): { readonly value?: unknown } | SyntaxError {
  try {
    return Object(JSON.parse(text)) as { readonly value?: unknown };
  } catch (error) {
    return error as SyntaxError;
  }
}
