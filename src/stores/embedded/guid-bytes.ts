/** Bytes of a Guid in a row. */
export const GUID_BYTES = 16;

/** Writes the text of a Guid, in any case, as its bytes in reading order; the text must be one. */
export function writeGuid(bytes: Buffer, at: number, text: string): void {
  bytes.write(text.replaceAll('-', ''), at, GUID_BYTES, 'hex');
}

const DIGITS = Buffer.from('0123456789abcdef');
const text = Buffer.from('00000000-0000-0000-0000-000000000000');

/** The lower-case text: put together in one place, because a text of pieces would keep them all. */
export function readGuid(bytes: Buffer, at: number): string {
  let place = 0;
  for (let index = 0; index < GUID_BYTES; index++) {
    if (index === 4 || index === 6 || index === 8 || index === 10) place++; // a hyphen
    const byte = bytes[at + index]!;
    text[place++] = DIGITS[byte >> 4]!;
    text[place++] = DIGITS[byte & 0xf]!;
  }
  return text.toString('latin1');
}
