import { readDigitsOf } from '../../edm/guid-text.js';
import { Guid } from '../../edm/guid.js';

/** Bytes of a Guid in a row: its digits, in reading order. */
export const GUID_BYTES = 16;

/** Where digits are on their way. */
const DIGITS = new Int32Array(4);

/** Writes the text of a Guid, in any case; `false` where the text is none. */
export function writeGuid(view: DataView, at: number, text: string): boolean {
  if (!readDigitsOf(text, DIGITS)) return false;
  for (let index = 0; index < 4; index++) view.setInt32(at + index * 4, DIGITS[index]!);
  return true;
}

/** Reads a Guid. */
export function readGuid(view: DataView, at: number): Guid {
  for (let index = 0; index < 4; index++) DIGITS[index] = view.getInt32(at + index * 4);
  return Guid.ofDigits(DIGITS);
}
