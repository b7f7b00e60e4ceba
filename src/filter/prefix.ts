import { forbiddenCharacter } from '../metadata/key-text.js';

/**
 * The first text after every text that begins with `prefix`, in UTF-16 order; `undefined` when there is none. In a key it holds no
 * character that the service forbids there.
 */
export function successor(prefix: string, inKey: boolean): string | undefined {
  const characters = [...prefix];
  for (let last = characters.pop(); last !== undefined; last = characters.pop()) {
    const next = nextCharacter(last.codePointAt(0)!, inKey);
    if (next !== undefined) return characters.join('') + next;
  }
  return undefined;
}

/** The next character by UTF-16 unit, where the supplementary ones (surrogate pairs) come between U+D7FF and U+E000. */
function nextCharacter(code: number, inKey: boolean): string | undefined {
  for (let next = following(code); next !== undefined; next = following(next)) {
    const character = String.fromCodePoint(next);
    if (!inKey || forbiddenCharacter(character) === undefined) return character;
  }
  return undefined;
}

function following(code: number): number | undefined {
  switch (code) {
    case 0xd7ff:
      return 0x10000;
    case 0x10ffff:
      return 0xe000;
    case 0xffff:
      return undefined;
    default:
      return code + 1;
  }
}
