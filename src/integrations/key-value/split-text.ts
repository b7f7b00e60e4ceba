/** Cuts a text into pieces of at most so many UTF-16 units, the first of at most `first`, never between the halves of a character. */
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

function isLeadSurrogate(code: number): boolean {
  return code >= 0xd800 && code <= 0xdbff;
}
