const FIRST_BYTES = 1024;

/** Bytes written one after the other, kept between uses. */
export class GrowingBuffer {
  #buffer = Buffer.allocUnsafe(FIRST_BYTES);
  #length = 0;

  get buffer(): Buffer {
    return this.#buffer;
  }

  get length(): number {
    return this.#length;
  }

  clear(): void {
    this.#length = 0;
  }

  /** Where the next bytes go; there is room for them. */
  reserve(size: number): number {
    const at = this.#length;
    this.#room(size);
    this.#length = at + size;
    return at;
  }

  /** Writes a text and gives its size in bytes. */
  text(value: string, encoding: 'utf8' | 'utf16le'): number {
    this.#room(3 * value.length);
    const written = this.#buffer.write(value, this.#length, encoding);
    this.#length += written;
    return written;
  }

  bytes(value: Uint8Array): void {
    const at = this.reserve(value.byteLength); // may replace the buffer
    this.#buffer.set(value, at);
  }

  /** Copies what was written since it was cleared. */
  copyTo(target: Buffer, at: number): void {
    this.#buffer.copy(target, at, 0, this.#length);
  }

  #room(size: number): void {
    const needed = this.#length + size;
    if (needed <= this.#buffer.length) return;
    const grown = Buffer.allocUnsafe(Math.max(needed, 2 * this.#buffer.length));
    this.#buffer.copy(grown, 0, 0, this.#length);
    this.#buffer = grown;
  }
}
