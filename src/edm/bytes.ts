import { isUint8Array } from 'node:util/types';

/**
 * Returns whether a value is bytes that can be read. An object that only has the prototype has none, and a buffer that
 * was transferred to another thread has lost them.
 */
export function isBytes(value: unknown): value is Uint8Array {
  return isUint8Array(value) && (value.byteLength > 0 || !isDetached(value.buffer));
}

/** Makes a view to find out: the property `detached` does not exist in Node 20. */
function isDetached(buffer: ArrayBufferLike): boolean {
  try {
    return new Uint8Array(buffer).byteLength < 0;
  } catch {
    return true;
  }
}
