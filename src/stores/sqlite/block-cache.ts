import { SortedMap } from '../embedded/sorted-map.js';
import type { Block } from './block.js';

interface Cached {
  readonly block: Block;
  /** True if the block was looked up since it was added, or since it was last spared from eviction. */
  isUsed: boolean;
}

/**
 * A size-limited cache of blocks (see `block.ts`) that were all read at the same version of the store. It evicts the
 * oldest block first, but spares a block once if it was looked up in the meantime (second-chance eviction).
 */
export class BlockCache {
  readonly #limit: number;
  readonly #sorted = new SortedMap<Cached>();
  /** Blocks by their first keys, in the order in which they are considered for eviction. */
  readonly #line = new Map<string, Cached>();
  #bytes = 0;

  constructor(bytes: number) {
    this.#limit = bytes;
  }

  /** Returns the cached block whose range of keys includes a key; `undefined` if it is not cached. */
  find(key: string): Block | undefined {
    const found = this.#sorted.floor(key);
    if (found === undefined || !found.block.covers(key)) return undefined;
    found.isUsed = true;
    return found.block;
  }

  /**
   * Adds a block in place of any block with the same first key, and evicts blocks until the rest fits the size limit.
   */
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
