import { forbiddenCharacter } from './key-text.js';

const ESCAPE = '~';

/**
 * Escapes one part of a composed key as `~XX`, or `~uXXXX` beyond U+00FF: the escape character, the first character of the literal
 * that follows, and what the service forbids in keys. Ordinary text stays as it is. These bytes are a stored format: never change them.
 */
export function escapePart(text: string, next: string): string {
  const separator = firstCharacter(next);
  if (
    forbiddenCharacter(text) === undefined &&
    !text.includes(ESCAPE) &&
    (separator === '' || !text.includes(separator))
  ) {
    return text;
  }
  let escaped = '';
  for (const character of text) {
    const must = character === ESCAPE || character === separator || forbiddenCharacter(character) !== undefined;
    escaped += must ? escapeSequence(character) : character;
  }
  return escaped;
}

/** Reads one part from `start` up to the literal that follows, or to the end; `undefined` when no part was escaped so. */
export function unescapePart(
  key: string,
  start: number,
  next: string,
): { readonly text: string; readonly end: number } | undefined {
  const separator = firstCharacter(next);
  let text = '';
  let at = start;
  while (at < key.length && !(separator !== '' && key.startsWith(separator, at))) {
    if (key[at] !== ESCAPE) {
      text += key[at++];
      continue;
    }
    const match = SEQUENCE.exec(key.slice(at, at + 6));
    if (match === null) return undefined;
    text += String.fromCharCode(Number.parseInt((match[1] ?? match[2])!, 16));
    at += match[0].length;
  }
  // Only what escapePart writes is read: two keys must never stand for one value.
  return escapePart(text, next) === key.slice(start, at) ? { text, end: at } : undefined;
}

const SEQUENCE = /^~(?:u([0-9A-F]{4})|([0-9A-F]{2}))/;

function escapeSequence(character: string): string {
  let sequence = '';
  for (let index = 0; index < character.length; index++) {
    const code = character.charCodeAt(index);
    const hex = code.toString(16).toUpperCase();
    sequence += code > 0xff ? `~u${hex.padStart(4, '0')}` : `~${hex.padStart(2, '0')}`;
  }
  return sequence;
}

function firstCharacter(literal: string): string {
  return literal === '' ? '' : String.fromCodePoint(literal.codePointAt(0)!);
}
