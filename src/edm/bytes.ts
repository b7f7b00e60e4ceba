import { isUint8Array } from 'node:util/types';

/**
 * Returns whether a value is a `Uint8Array` whose bytes can be read. False for an object that merely has its prototype,
 * and for a view of a buffer that was transferred to another thread.
 */
export function isBytes(value: unknown): value is Uint8Array {
  return isUint8Array(value) && (value.byteLength > 0 || !isDetached(value.buffer));
}

/**
 * Detects a transferred buffer by creating a view of it, which throws. `ArrayBuffer.prototype.detached` does not exist
 * in Node 20.
 */
function isDetached(buffer: ArrayBufferLike): boolean {
  try {
    return new Uint8Array(buffer).byteLength < 0;
  } catch {
    return true;
  }
}
