/** Characters of the 8-4-4-4-12 form. */
export const GUID_LENGTH = 36;

const HYPHEN = 0x2d;

/** The value of a digit by its character code; negative where there is none. */
const DIGITS = Int8Array.from({ length: 256 }, (_, code) => {
  const value = code < 0x80 ? Number.parseInt(String.fromCharCode(code), 16) : Number.NaN;
  return Number.isNaN(value) ? -1 : value;
});

/** Where the two digits of each byte stand. */
const PLACES = Uint8Array.of(0, 2, 4, 6, 9, 11, 14, 16, 19, 21, 24, 26, 28, 30, 32, 34);

/**
 * Reads the digits of the 8-4-4-4-12 form, in any case, out of the codes of its characters: eight at a time, each time an integer of 32
 * bits with a sign. Gives whether there are such.
 */
export function readDigits(codes: Uint8Array, at: number, digits: Int32Array): boolean {
  let wrong =
    (codes[at + 8]! ^ HYPHEN) | (codes[at + 13]! ^ HYPHEN) | (codes[at + 18]! ^ HYPHEN) | (codes[at + 23]! ^ HYPHEN);
  for (let index = 0; index < 4; index++) {
    let four = 0;
    for (let place = index * 4; place < index * 4 + 4; place++) {
      const first = at + PLACES[place]!;
      const high = DIGITS[codes[first]!]!;
      const low = DIGITS[codes[first + 1]!]!;
      four = (four << 8) | (high << 4) | low;
      wrong |= (high | low) & ~0xf;
    }
    digits[index] = four;
  }
  return wrong === 0;
}

/** Room for whatever a text of this length is in UTF-8, so that it is as many bytes only if it is ASCII. */
const CODES = Buffer.alloc(3 * GUID_LENGTH);

/** The same for a text. */
export function readDigitsOf(text: string, digits: Int32Array): boolean {
  return text.length === GUID_LENGTH && CODES.write(text) === GUID_LENGTH && readDigits(CODES, 0, digits);
}

const HEX = Array.from({ length: 256 }, (_, byte) => byte.toString(16).padStart(2, '0'));
const HIGH = Uint8Array.from(HEX, (digits) => digits.charCodeAt(0));
const LOW = Uint8Array.from(HEX, (digits) => digits.charCodeAt(1));

/** The lower-case text, made in one go: a text of pieces would keep them all, and a call for each would cost more than the rest of a row. */
export function guidText(first: number, second: number, third: number, fourth: number): string {
  const high = (digits: number, shift: number): number => HIGH[(digits >>> shift) & 0xff]!;
  const low = (digits: number, shift: number): number => LOW[(digits >>> shift) & 0xff]!;
  // prettier-ignore
  return String.fromCharCode(
    high(first, 24), low(first, 24), high(first, 16), low(first, 16), high(first, 8), low(first, 8), high(first, 0), low(first, 0), HYPHEN,
    high(second, 24), low(second, 24), high(second, 16), low(second, 16), HYPHEN,
    high(second, 8), low(second, 8), high(second, 0), low(second, 0), HYPHEN,
    high(third, 24), low(third, 24), high(third, 16), low(third, 16), HYPHEN,
    high(third, 8), low(third, 8), high(third, 0), low(third, 0),
    high(fourth, 24), low(fourth, 24), high(fourth, 16), low(fourth, 16), high(fourth, 8), low(fourth, 8), high(fourth, 0), low(fourth, 0),
  );
}
