import { EntitableError } from '../../index.js';

/**
 * Splits a text into pieces of at most `size` UTF-16 units (the first piece: at most `first`), and never between the
 * halves of a surrogate pair.
 */
export function splitText(text: string, size: number, first: number = size): readonly string[] {
  const pieces: string[] = [];
  for (let start = 0; start < text.length || pieces.length === 0;) {
    const end = start + (pieces.length === 0 ? first : size);
    const cut = end < text.length && isLeadSurrogate(text.charCodeAt(end - 1)) ? end - 1 : end;
    pieces.push(text.slice(start, cut));
    start = cut;
  }
  return pieces;
}

/** A piece of a text with its number, which another program may have chosen freely. */
export type NumberedPiece = readonly [number: number, piece: string];

/** Sorts the pieces of a text by their numbers. */
export function inOrder(pieces: readonly NumberedPiece[]): readonly NumberedPiece[] {
  return pieces.toSorted(([a], [b]) => a - b);
}

function isLeadSurrogate(code: number): boolean {
  return code >= 0xd800 && code <= 0xdbff;
}

/**
 * Returns the JSON text of a value, or `undefined` for a value that JSON omits. Throws `validation.converter-failed`
 * for bigints and circular references.
 */
export function jsonText(value: unknown, collection: string, property: string): string | undefined {
  try {
    return JSON.stringify(value);
  } catch (error) {
    throw new EntitableError(
      'validation.converter-failed',
      `A value for the collection ${collection} has no JSON form: it holds a bigint or itself, or its toJSON fails. Store what JSON can hold.`,
      { className: collection, property, storedName: property, error },
    );
  }
}
