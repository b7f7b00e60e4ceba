import { isPlain, partitionEnd, readText, readPartitionKey, writeKey, type TableKey } from '../embedded/key-bytes.js';

/**
 * Upper limit for the size of an encoded key in bytes. It also holds for the bounds of a query, which `writeKey`
 * truncates if they are longer than any valid key.
 */
export const LONGEST_KEY = 4608;
/**
 * Scratch buffer for encoding keys. All callers can share it, since {@link keyText} fills and reads it synchronously.
 */
const SCRATCH = Buffer.alloc(LONGEST_KEY);

/**
 * Encodes a key as a string with one character (U+0000 to U+00FF) for each byte of its encoded form. Such strings sort
 * like the bytes, in the order in which the service sorts keys. The empty string sorts before all keys.
 */
export function keyText(key: TableKey): string {
  return SCRATCH.toString('latin1', 0, writeKey(key, SCRATCH, 0));
}

/** Splits the encoded key of a row into `head` (table number, partition key and separator) and `tail` (row key). */
export function splitKey(key: string): { readonly head: string; readonly tail: string } {
  const at = key.indexOf('\0', 4) + 1;
  return { head: key.slice(0, at), tail: key.slice(at) };
}

/** Returns whether each byte of an encoded row key is a character of its own, so that the row key needs no decoding. */
export function isPlainKey(tail: string): boolean {
  for (let index = 0; index < tail.length; index++) if (!isPlain(tail.charCodeAt(index))) return false;
  return true;
}

/**
 * Converts the bytes of an encoded key to a string like that of {@link keyText}. Bytes that are too long for any key
 * are truncated to {@link LONGEST_KEY} + 1 characters, so that the string is still detected as too long.
 */
export function textOf(bytes: Uint8Array): string {
  const { buffer, byteOffset, byteLength } = bytes;
  return Buffer.from(buffer, byteOffset, Math.min(byteLength, LONGEST_KEY + 1)).toString('latin1');
}

/** Returns the bytes of a key that {@link keyText} encoded as a string. */
export function keyBytes(text: string): Buffer {
  return Buffer.from(text, 'latin1');
}

/**
 * Decodes an encoded key to its table number, partition key and row key. A key that only marks a position between rows,
 * such as the beginning of a table, lacks some of these parts: they are returned as 0 or as empty strings.
 */
export function placeOf(text: string): {
  readonly table: number;
  readonly partitionKey: string;
  readonly rowKey: string;
} {
  const bytes = keyBytes(text);
  const end = partitionEnd(bytes);
  if (bytes.length < 4) return { table: 0, partitionKey: '', rowKey: '' };
  if (end < 0) return { table: bytes.readUInt32BE(0), partitionKey: readText(bytes, 4, bytes.length), rowKey: '' };
  return {
    table: bytes.readUInt32BE(0),
    partitionKey: readPartitionKey(bytes, end),
    rowKey: readText(bytes, end + 1, bytes.length),
  };
}
