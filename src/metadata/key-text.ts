import { FORBIDDEN_IN_KEYS } from '../edm/names.js';
import { EntitableError } from '../errors/entitable-error.js';

/** Returns the first character in a text that the service forbids in keys; `undefined` if there is none. */
export function forbiddenCharacter(text: string): string | undefined {
  return FORBIDDEN_IN_KEYS.exec(text)?.[0];
}

/** Returns whether the service allows a text in keys. */
export function isKeyText(text: string): boolean {
  return text.isWellFormed() && forbiddenCharacter(text) === undefined;
}

/** Returns a character in the form in which error messages show it. */
export function characterName(character: string): string {
  const code = `U+${character.codePointAt(0)!.toString(16).toUpperCase().padStart(4, '0')}`;
  return character < '\u0020' ? code : character > '~' ? code : `"${character}" (${code})`;
}

interface KeyAt {
  readonly key: 'PartitionKey' | 'RowKey';
  readonly className: string;
}

/** Rejects forbidden characters and unpaired surrogates in a key. */
export function checkKeyText({ key, className }: KeyAt, text: string, property?: string): void {
  if (isKeyText(text)) return;
  const character = forbiddenCharacter(text);
  const at = { className, key, ...(property !== undefined && { property }) };
  const where = property === undefined ? `The ${key} of ${className}` : `${className}.${property}`;
  if (character !== undefined) {
    throw new EntitableError(
      'key.forbidden-character',
      `${where} holds ${characterName(character)}, which the service forbids in keys (/ \\ # ? and control characters). ` +
        `Use another value, or a key template, which escapes it: @Entity({ ${key === 'RowKey' ? 'rowKey' : 'partitionKey'}: '{${property ?? 'name'}}' }).`,
      { ...at, character },
    );
  }
  throw new EntitableError(
    'key.unpaired-surrogate',
    `${where} holds half of a surrogate pair, which is no character and cannot be sent. Use well-formed text.`,
    at,
  );
}

const ESCAPE = '~';

/**
 * Escapes one part of a composed key as `~XX`, or as `~uXXXX` beyond U+00FF. Escaped are the escape character, the
 * first character of the literal that follows, and the characters that the service forbids in keys; other text is
 * unchanged. The result is a stored format: never change it.
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

/**
 * Reads one part from `start` up to the literal that follows, or to the end of the key. Returns `undefined` if
 * `escapePart` could not have written it.
 */
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
  // Accept only what escapePart writes: two keys must never represent the same value.
  return escapePart(text, next) === key.slice(start, at) ? { text, end: at } : undefined;
}

/**
 * Escapes a text that a space ends, in the keys of an index. The escaped texts sort like the texts themselves, also
 * where one begins with another: a space becomes `!!` and `!` becomes `!"`, and what the service forbids is escaped as
 * in {@link escapePart}, where it sorts as `~`. The result is a stored format: never change it.
 */
export function escapeOrdered(text: string): string {
  if (!/[ !~]/.test(text) && forbiddenCharacter(text) === undefined) return text;
  let escaped = '';
  for (const character of text) {
    if (character === ' ') escaped += '!!';
    else if (character === '!') escaped += '!"';
    else if (character === ESCAPE || forbiddenCharacter(character) !== undefined) escaped += escapeSequence(character);
    else escaped += character;
  }
  return escaped;
}

/** Reads a text that `escapeOrdered` wrote, from `start` up to a space or the end of the key. */
export function unescapeOrdered(
  key: string,
  start: number,
): { readonly text: string; readonly end: number } | undefined {
  const space = key.indexOf(' ', start);
  const end = space < 0 ? key.length : space;
  const escaped = key.slice(start, end);
  const text = escaped.replace(/![!"]|~u[0-9A-F]{4}|~[0-9A-F]{2}/g, (sequence) => {
    if (sequence === '!!') return ' ';
    return sequence === '!"' ? '!' : String.fromCharCode(Number.parseInt(sequence.replace(/^~u?/, ''), 16));
  });
  return escapeOrdered(text) === escaped ? { text, end } : undefined;
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
