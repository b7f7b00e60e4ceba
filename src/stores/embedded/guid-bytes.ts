/** Bytes of a Guid in a row. */
export const GUID_BYTES = 16;

const HYPHEN = 0x2d;
/** Where the digits of each byte stand in the text. */
const PLACES = Uint8Array.of(0, 2, 4, 6, 9, 11, 14, 16, 19, 21, 24, 26, 28, 30, 32, 34);
/** The value of a digit by its character code; negative where there is none. */
const DIGITS = Int8Array.from({ length: 128 }, (_, code) => {
  const value = Number.parseInt(String.fromCharCode(code), 16);
  return Number.isNaN(value) ? -1 : value;
});

/** Writes the text of a Guid, in any case, as its bytes in reading order; `false` where the text is none. */
export function writeGuid(bytes: Buffer, at: number, text: string): boolean {
  if (text.length !== 36) return false;
  for (let index = 0; index < GUID_BYTES; index++) {
    const place = PLACES[index]!;
    const value = (digit(text, place) << 4) | digit(text, place + 1);
    if (value < 0) return false;
    bytes[at + index] = value;
  }
  return isHyphen(text, 8) && isHyphen(text, 13) && isHyphen(text, 18) && isHyphen(text, 23);
}

function digit(text: string, place: number): number {
  return DIGITS[text.charCodeAt(place)] ?? -1;
}

function isHyphen(text: string, place: number): boolean {
  return text.charCodeAt(place) === HYPHEN;
}

const HEX = Array.from({ length: 256 }, (_, byte) => byte.toString(16).padStart(2, '0'));
const HIGH = Uint8Array.from(HEX, (digits) => digits.charCodeAt(0));
const LOW = Uint8Array.from(HEX, (digits) => digits.charCodeAt(1));

/** The lower-case text, made in one go: a text of pieces would keep them all, and a call per piece would cost more than the rest of a row. */
export function readGuid(bytes: Buffer, at: number): string {
  const high = (place: number): number => HIGH[bytes[at + place]!]!;
  const low = (place: number): number => LOW[bytes[at + place]!]!;
  // prettier-ignore
  return String.fromCharCode(
    high(0), low(0), high(1), low(1), high(2), low(2), high(3), low(3), HYPHEN,
    high(4), low(4), high(5), low(5), HYPHEN,
    high(6), low(6), high(7), low(7), HYPHEN,
    high(8), low(8), high(9), low(9), HYPHEN,
    high(10), low(10), high(11), low(11), high(12), low(12), high(13), low(13), high(14), low(14), high(15), low(15),
  );
}
