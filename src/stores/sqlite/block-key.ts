import { isPlain, partitionEnd, readText, readPartitionKey, writeKey, type TableKey } from '../embedded/key-bytes.js';

/** Longer than any key that is written, also one of a bound that had to be cut. */
export const LONGEST_KEY = 4608;
const SCRATCH = Buffer.alloc(LONGEST_KEY);

/**
 * The bytes of a key, a character for each: such texts compare as the bytes do, and as the service orders keys.
 * The empty text stands before all keys.
 */
export function keyText(key: TableKey): string {
  return SCRATCH.toString('latin1', 0, writeKey(key, SCRATCH, 0));
}

/** A row's key in two parts: that of its partition, with the separator, and that of the row in it. */
export function splitKey(key: string): { readonly head: string; readonly tail: string } {
  const at = key.indexOf('\0', 4) + 1;
  return { head: key.slice(0, at), tail: key.slice(at) };
}

/** Whether each byte of a row key is a character. */
export function isPlainKey(tail: string): boolean {
  for (let index = 0; index < tail.length; index++) if (!isPlain(tail.charCodeAt(index))) return false;
  return true;
}

/** The key of these bytes. Of more than any key has, no text is made but one that is longer than {@link LONGEST_KEY}. */
export function textOf(bytes: Uint8Array): string {
  const { buffer, byteOffset, byteLength } = bytes;
  return Buffer.from(buffer, byteOffset, Math.min(byteLength, LONGEST_KEY + 1)).toString('latin1');
}

/** The bytes of a key that is a text. */
export function keyBytes(text: string): Buffer {
  return Buffer.from(text, 'latin1');
}

/** The table's number, the partition key and the row key that a key stands for; empty where it is a place before all rows of something. */
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
