import { SortedMap } from '../embedded/sorted-map.js';
import type { Block } from './block.js';

interface Cached {
  readonly block: Block;
  /** Whether it was found since it was added, or since it was last in line to be dropped. */
  isUsed: boolean;
}

/** Blocks that were read, all of one state of the store. What was not used longest is dropped first; what was used is spared once. */
export class BlockCache {
  readonly #limit: number;
  readonly #sorted = new SortedMap<Cached>();
  /** In the order in which they are in line to be dropped. */
  readonly #line = new Map<string, Cached>();
  #bytes = 0;

  constructor(bytes: number) {
    this.#limit = bytes;
  }

  /** The block that covers a key, where it is here. */
  find(key: string): Block | undefined {
    const found = this.#sorted.floor(key);
    if (found === undefined || !found.block.covers(key)) return undefined;
    found.isUsed = true;
    return found.block;
  }

  /** Adds a block, in the place of that with the same first key. */
  add(block: Block): void {
    const { first, bytes } = block;
    const replaced = this.#line.get(first);
    const cached = { block, isUsed: replaced !== undefined };
    this.#sorted.set(first, cached);
    this.#line.set(first, cached);
    this.#bytes += bytes.length - (replaced?.block.bytes.length ?? 0);
    while (this.#bytes > this.#limit) this.#dropOne();
  }

  delete(first: string): void {
    const cached = this.#line.get(first);
    if (cached === undefined) return;
    this.#line.delete(first);
    this.#sorted.delete(first);
    this.#bytes -= cached.block.bytes.length;
  }

  clear(): void {
    this.#sorted.clear();
    this.#line.clear();
    this.#bytes = 0;
  }

  #dropOne(): void {
    const [first, cached] = this.#line.entries().next().value as [string, Cached];
    if (!cached.isUsed) {
      this.delete(first);
      return;
    }
    cached.isUsed = false;
    this.#line.delete(first);
    this.#line.set(first, cached);
  }
}
