import { EntitableError } from '../errors/entitable-error.js';

// eslint-disable-next-line no-control-regex -- these are the characters the service forbids
const FORBIDDEN = /[/\\#?\u0000-\u001F\u007F-\u009F]/;

/** The first character of a text that the service does not allow in a key. */
export function forbiddenCharacter(text: string): string | undefined {
  return FORBIDDEN.exec(text)?.[0];
}

/** A character as a message shows it. */
export function characterName(character: string): string {
  const code = `U+${character.codePointAt(0)!.toString(16).toUpperCase().padStart(4, '0')}`;
  return FORBIDDEN.test(character) && character < '\u0020' ? code : character > '~' ? code : `"${character}" (${code})`;
}

interface KeyAt {
  readonly key: 'PartitionKey' | 'RowKey';
  readonly className: string;
}

/** Refuses what no key may hold: forbidden characters and unpaired surrogates. */
export function checkKeyText({ key, className }: KeyAt, text: string, property?: string): void {
  const character = forbiddenCharacter(text);
  if (character === undefined && text.isWellFormed()) return;
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
