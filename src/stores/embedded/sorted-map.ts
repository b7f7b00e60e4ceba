const CHUNK = 512;

interface Chunk<V> {
  readonly keys: string[];
  readonly values: V[];
}

/**
 * A map from strings to values, sorted by the UTF-16 code units of the strings. It finds a key in constant time, and
 * can visit the values in order, starting at any key. The entries are kept in sorted chunks of limited size.
 */
export class SortedMap<V> {
  readonly #values = new Map<string, V>();
  readonly #chunks: Chunk<V>[] = [];

  get size(): number {
    return this.#values.size;
  }

  get(key: string): V | undefined {
    return this.#values.get(key);
  }

  /** Returns the value of the last entry whose key is at or before `key`; `undefined` if there is none. */
  floor(key: string): V | undefined {
    const chunk = this.#chunks[this.#chunkIndex(key)];
    return chunk?.values[indexOf(chunk.keys, key, true) - 1];
  }

  set(key: string, value: V): void {
    const { size } = this.#values;
    this.#values.set(key, value);
    const chunk = this.#chunkFor(key);
    const at = indexOf(chunk.keys, key, false);
    if (this.#values.size === size) {
      chunk.values[at] = value;
      return;
    }
    chunk.keys.splice(at, 0, key);
    chunk.values.splice(at, 0, value);
    if (chunk.keys.length > CHUNK) this.#split(chunk);
  }

  delete(key: string): void {
    if (!this.#values.delete(key)) return;
    const index = this.#chunkIndex(key);
    const chunk = this.#chunks[index]!;
    const at = indexOf(chunk.keys, key, false);
    chunk.keys.splice(at, 1);
    chunk.values.splice(at, 1);
    if (chunk.keys.length === 0) this.#chunks.splice(index, 1);
  }

  clear(): void {
    this.#values.clear();
    this.#chunks.length = 0;
  }

  /**
   * Visits the values in order until `visit` returns `false`, starting at the key `from`, or after it if `after` is
   * true.
   */
  visit(from: string, after: boolean, visit: (value: V, key: string) => boolean): void {
    for (let index = this.#chunkIndex(from), first = true; index < this.#chunks.length; index++, first = false) {
      const { keys, values } = this.#chunks[index]!;
      for (let at = first ? indexOf(keys, from, after) : 0; at < keys.length; at++) {
        if (!visit(values[at]!, keys[at]!)) return;
      }
    }
  }

  #chunkFor(key: string): Chunk<V> {
    if (this.#chunks.length === 0) this.#chunks.push({ keys: [], values: [] });
    return this.#chunks[this.#chunkIndex(key)]!;
  }

  /** Returns the index of the last chunk that begins at or before a key. */
  #chunkIndex(key: string): number {
    let low = 0;
    let high = this.#chunks.length - 1;
    while (low < high) {
      const middle = (low + high + 1) >> 1;
      if (this.#chunks[middle]!.keys[0]! <= key) low = middle;
      else high = middle - 1;
    }
    return low;
  }

  /**
   * Splits a full chunk. Splitting the last chunk leaves it full, so that ascending inserts fill all chunks; other
   * chunks are halved.
   */
  #split(chunk: Chunk<V>): void {
    const index = this.#chunks.indexOf(chunk);
    const at = index === this.#chunks.length - 1 ? CHUNK : CHUNK >> 1;
    this.#chunks.splice(index + 1, 0, { keys: chunk.keys.splice(at), values: chunk.values.splice(at) });
  }
}

/** Returns the index of the first key at or after `key`, or, if `after` is true, of the first key after it. */
function indexOf(keys: readonly string[], key: string, after: boolean): number {
  let low = 0;
  let high = keys.length;
  while (low < high) {
    const middle = (low + high) >> 1;
    const found = keys[middle]!;
    if (found < key || (after && found === key)) low = middle + 1;
    else high = middle;
  }
  return low;
}
