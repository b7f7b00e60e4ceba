/** JSON text is read here only after JSON.parse accepted it, for what parsing loses: whether a number was `3` or `3.0`. */

const QUOTE = 34;
const BACKSLASH = 92;

/** Calls back with each member of the object that begins at an index, and where its value's text is. Returns the index after the object. */
export function eachMember(
  text: string,
  start: number,
  visit: (name: string, from: number, to: number) => void,
): number {
  let at = skipSpace(text, start + 1);
  while (text[at] !== '}') {
    const nameEnd = skipString(text, at);
    const name = JSON.parse(text.slice(at, nameEnd)) as string;
    const from = skipSpace(text, skipSpace(text, nameEnd) + 1);
    const to = skipValue(text, from);
    visit(name, from, to);
    at = skipSpace(text, to);
    if (text[at] === ',') at = skipSpace(text, at + 1);
  }
  return at + 1;
}

/** The texts of the elements of the array that begins at an index. */
export function elementTexts(text: string, start: number): readonly string[] {
  const elements: string[] = [];
  let at = skipSpace(text, start + 1);
  while (text[at] !== ']') {
    const to = skipValue(text, at);
    elements.push(text.slice(at, to));
    at = skipSpace(text, to);
    if (text[at] === ',') at = skipSpace(text, at + 1);
  }
  return elements;
}

function skipSpace(text: string, at: number): number {
  while (text.charCodeAt(at) <= 32) at++;
  return at;
}

function skipString(text: string, at: number): number {
  for (at++; text.charCodeAt(at) !== QUOTE; at++) {
    if (text.charCodeAt(at) === BACKSLASH) at++;
  }
  return at + 1;
}

function skipValue(text: string, at: number): number {
  switch (text[at]) {
    case '"':
      return skipString(text, at);
    case '{':
    case '[':
      return skipNested(text, at);
    default:
      while (at < text.length && !',]}'.includes(text[at]!) && text.charCodeAt(at) > 32) at++;
      return at;
  }
}

function skipNested(text: string, at: number): number {
  let depth = 0;
  do {
    const character = text[at];
    if (character === '"') {
      at = skipString(text, at);
      continue;
    }
    if (character === '{' || character === '[') depth++;
    else if (character === '}' || character === ']') depth--;
    at++;
  } while (depth > 0);
  return at;
}
