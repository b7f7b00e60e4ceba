/** What stands in the bytes of a JSON text, read without making a text of it. An index of -1 says that something else stands there. */

export const QUOTE = 34;
export const COMMA = 44;
export const OPEN_BRACE = 123;
export const CLOSE_BRACE = 125;
export const CLOSE_BRACKET = 93;

const PLUS = 43;
const MINUS = 45;
const POINT = 46;
const ZERO = 48;
const NINE = 57;
const PAD = 61;
const LOWER_E = 101;

const ESCAPES = marked('"\\/bfnrtu');
const HEXADECIMAL = marked('0123456789abcdefABCDEF');
const LOWER_U = 117;

/** Whether what begins at an index may follow a backslash. */
export function isEscape(bytes: Uint8Array, at: number): boolean {
  if (ESCAPES[bytes[at]!] !== 1) return false;
  if (bytes[at] !== LOWER_U) return true;
  for (let digit = at + 1; digit <= at + 4; digit++) if (HEXADECIMAL[bytes[digit]!] !== 1) return false;
  return true;
}

/** A table in which the characters of a text are marked. */
function marked(characters: string): Uint8Array {
  return Uint8Array.from({ length: 256 }, (_, code) => Number(characters.includes(String.fromCharCode(code))));
}

/** The index after the number that begins at an index. */
export function numberEnd(bytes: Uint8Array, at: number): number {
  const first = bytes[at] === MINUS ? at + 1 : at;
  let end = bytes[first] === ZERO ? first + 1 : digitsEnd(bytes, first); // nothing follows a zero
  if (end > 0 && bytes[end] === POINT) end = digitsEnd(bytes, end + 1);
  if (end < 0 || (bytes[end]! | 32) !== LOWER_E) return end;
  const sign = bytes[end + 1];
  return digitsEnd(bytes, sign === PLUS || sign === MINUS ? end + 2 : end + 1);
}

function digitsEnd(bytes: Uint8Array, at: number): number {
  let end = at;
  for (; end < bytes.length; end++) {
    const code = bytes[end]!;
    if (code < ZERO || code > NINE) break;
  }
  return end === at ? -1 : end;
}

/** Up to so many digits make an integer that is exact, and a power of ten that is. */
export const EXACT_DIGITS = 15;

/** The number that stands between two indexes: integer and power of ten are exact where it is short, and so is what they are divided to. */
export function numberIn(bytes: Buffer, from: number, to: number): number {
  if (to - from > EXACT_DIGITS) return Number(bytes.toString('latin1', from, to));
  const negative = bytes[from] === MINUS;
  let integer = 0;
  let point = to - 1;
  for (let at = negative ? from + 1 : from; at < to; at++) {
    const digit = bytes[at]! - ZERO;
    if (digit >= 0 && digit <= 9) integer = integer * 10 + digit;
    else if (bytes[at] === POINT) point = at;
    else return Number(bytes.toString('latin1', from, to));
  }
  const value = integer / POWERS_OF_TEN[to - 1 - point]!;
  return negative ? -value : value;
}

const POWERS_OF_TEN: readonly number[] = Array.from({ length: EXACT_DIGITS + 1 }, (_, power) => 10 ** power);

/** The two digits at an index. */
export function twoDigits(bytes: Uint8Array, at: number): number {
  return (bytes[at]! - ZERO) * 10 + bytes[at + 1]! - ZERO;
}

const DIGITS = 'ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz0123456789+/';
const SIXES = Int8Array.from({ length: 256 }, (_, code) => DIGITS.indexOf(String.fromCharCode(code)));

/** Up to here base64 is decoded here, which takes a third of the time that it takes to ask Node to. */
const SHORT = 128;

/** The bytes that stand between two indexes in base64. */
export function base64In(bytes: Buffer, from: number, to: number): Uint8Array {
  const length = to - from;
  const padding = bytes[to - 1] !== PAD ? 0 : bytes[to - 2] !== PAD ? 1 : 2;
  if (length === 0 || length > SHORT || length % 4 !== 0) return nativeBase64(bytes, from, to);
  const result = new Uint8Array((length / 4) * 3 - padding);
  for (let at = from, into = 0; at < to; at += 4) {
    const last = at + 4 === to ? padding : 0;
    const four =
      (SIXES[bytes[at]!]! << 18) |
      (SIXES[bytes[at + 1]!]! << 12) |
      (last > 1 ? 0 : SIXES[bytes[at + 2]!]! << 6) |
      (last > 0 ? 0 : SIXES[bytes[at + 3]!]!);
    if (four < 0) return nativeBase64(bytes, from, to); // it has other characters
    result[into++] = four >> 16;
    result[into++] = four >> 8; // beyond the end nothing is set
    result[into++] = four;
  }
  return result;
}

function nativeBase64(bytes: Buffer, from: number, to: number): Uint8Array {
  return new Uint8Array(Buffer.from(bytes.toString('latin1', from, to), 'base64'));
}
