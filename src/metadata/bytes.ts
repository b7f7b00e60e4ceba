import { isUint8Array } from 'node:util/types';

/** Whether a value is bytes that can be read: what has the prototype alone has none, and a buffer that was transferred has lost them. */
export function isBytes(value: unknown): value is Uint8Array {
  return isUint8Array(value) && (value.byteLength > 0 || !isDetached(value.buffer));
}

/** By what a view says of it: `detached` is not in Node 20. */
function isDetached(buffer: ArrayBufferLike): boolean {
  try {
    return new Uint8Array(buffer).byteLength < 0;
  } catch {
    return true;
  }
}
