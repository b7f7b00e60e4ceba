/** Bytes of a Guid in a row. */
export const GUID_BYTES = 16;

/** Writes the text of a Guid, in any case, as its bytes in reading order; the text must be one. */
export function writeGuid(bytes: Buffer, at: number, text: string): void {
  bytes.write(text.replaceAll('-', ''), at, GUID_BYTES, 'hex');
}

/** The lower-case text. */
export function readGuid(bytes: Buffer, at: number): string {
  const hex = bytes.toString('hex', at, at + GUID_BYTES);
  return `${hex.slice(0, 8)}-${hex.slice(8, 12)}-${hex.slice(12, 16)}-${hex.slice(16, 20)}-${hex.slice(20)}`;
}
