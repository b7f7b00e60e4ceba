const STEP = 64;

/**
 * The buffer that the package reads into, again and again. Its beginnings are kept by size, because a new view for every row would cost
 * more than copying the row: a little more than the row is copied.
 */
export class ReusedBuffer {
  #buffer: Buffer | undefined;
  /** The same, seen whole: the package changes the `length` of its own, which copying would believe. */
  #whole: Buffer = Buffer.alloc(0);
  #beginnings: Buffer[] = [];

  /** The beginning of the buffer that holds `size` bytes, and up to 63 more. */
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
