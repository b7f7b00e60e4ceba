import { isPlain, partitionEnd, readText, readPartitionKey, writeKey, type TableKey } from '../embedded/key-bytes.js';

/** Longer than any key that is written, including the boundaries that had to be cut. */
export const LONGEST_KEY = 4608;
/** Scratch space for keys. Sharing it is harmless, since {@link keyText} fills and reads it without interruption. */
const SCRATCH = Buffer.alloc(LONGEST_KEY);

/**
 * Returns the bytes of a key as a text with one character per byte. Such texts compare like the bytes, and in the order
 * of the service. The empty text sorts before all keys.
 */
export function keyText(key: TableKey): string {
  return SCRATCH.toString('latin1', 0, writeKey(key, SCRATCH, 0));
}

/** Splits a row's key into the part of its partition, including the separator, and the part of the row. */
export function splitKey(key: string): { readonly head: string; readonly tail: string } {
  const at = key.indexOf('\0', 4) + 1;
  return { head: key.slice(0, at), tail: key.slice(at) };
}

/** Returns whether every byte of a row key is a character by itself. */
export function isPlainKey(tail: string): boolean {
  for (let index = 0; index < tail.length; index++) if (!isPlain(tail.charCodeAt(index))) return false;
  return true;
}

/**
 * Returns the key with these bytes as a text. Bytes that are too long for any key are cut to one more than {@link
 * LONGEST_KEY}.
 */
export function textOf(bytes: Uint8Array): string {
  const { buffer, byteOffset, byteLength } = bytes;
  return Buffer.from(buffer, byteOffset, Math.min(byteLength, LONGEST_KEY + 1)).toString('latin1');
}

/** Returns the bytes of a key that is given as a text. */
export function keyBytes(text: string): Buffer {
  return Buffer.from(text, 'latin1');
}

/**
 * Decodes a key to the number of its table, its partition key and its row key. Parts that a boundary does not have are
 * empty.
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
