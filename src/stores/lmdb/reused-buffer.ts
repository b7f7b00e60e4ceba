const STEP = 64;

/**
 * Views of the buffer that the package reuses for every read. They are cached by size in steps of 64 bytes, because a
 * new view for each row would cost more than copying up to 63 bytes too many.
 */
export class ReusedBuffer {
  #buffer: Buffer | undefined;
  /** The whole buffer. The package changes the `length` of its own Buffer object, which would limit the copying. */
  #whole: Buffer = Buffer.alloc(0);
  #beginnings: Buffer[] = [];

  /** Returns a view of the first `size` bytes of the buffer, and of up to 63 more. */
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
