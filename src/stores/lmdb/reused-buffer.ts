const STEP = 64;

/**
 * Views of the buffer that the `lmdb` package reuses for every read. They are cached by size in steps of 64 bytes,
 * because a new view for each row would cost more than copying up to 63 bytes too many.
 */
export class ReusedBuffer {
  #buffer: Buffer | undefined;
  /**
   * A view of the whole buffer. The package sets the `length` of its own Buffer object to the size of the last value,
   * so a copy from that object could be too short.
   */
  #whole: Buffer = Buffer.alloc(0);
  #beginnings: Buffer[] = [];

  /** Returns a view of the first `size` bytes of the buffer and of up to 63 bytes after them. */
  beginning(buffer: Buffer, size: number): Buffer {
    const steps = Math.ceil(size / STEP);
    return (buffer === this.#buffer ? this.#beginnings[steps] : undefined) ?? this.#newBeginning(buffer, steps);
  }

  #newBeginning(buffer: Buffer, steps: number): Buffer {
    if (buffer !== this.#buffer) {
      this.#buffer = buffer;
      this.#whole = Buffer.from(buffer.buffer, buffer.byteOffset, buffer.byteLength);
      this.#beginnings = [];
    }
    return (this.#beginnings[steps] = this.#whole.subarray(0, steps * STEP));
  }
}
