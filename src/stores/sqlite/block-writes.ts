import { EntitableError } from '../../errors/entitable-error.js';
import type { Boundary, RowSource, EngineRow } from '../embedded/ordered-rows.js';
import { SortedMap } from '../embedded/sorted-map.js';
import type { StagingTarget } from '../embedded/staged-writes.js';
import type { BlockCache } from './block-cache.js';
import { isPlainKey, keyText, splitKey } from './block-key.js';
import { Block, sizeOf, type BlockEntry } from './block.js';
import { PAGE_BYTES } from './connection.js';
import { rowAt, visitBlocks } from './read-blocks.js';
import type { SqliteFile } from './sqlite-file.js';

/** Maximum size in bytes of a block together with its first key, so that its SQLite row fits in one page. */
const FULL = PAGE_BYTES - 64;
/** A rewritten block below this size in bytes is merged with the next one if both fit into one block. */
const SPARSE = FULL / 4;
/**
 * Maximum size in bytes of the blocks that a full block is split into, which leaves room for later inserts. If all
 * written rows come after the last row of the block, the limit is {@link FULL} instead.
 */
const SPLIT = FULL * 0.7;

/**
 * The writes of one transaction. Collects the written rows first, then merges them into the blocks (see `block.ts`)
 * that cover their keys.
 */
export class BlockWrites implements RowSource, StagingTarget {
  readonly #read: (key: string) => Block;
  /** Written rows that are not merged into a block yet, by their keys; `undefined` for deletes. */
  readonly #rows = new Map<string, EngineRow | undefined>();
  readonly #blocks = new SortedMap<Block>();
  /** The first keys of all blocks that this transaction replaces. */
  readonly #replaced = new Set<string>();

  /** @param read returns the stored block that covers a key. */
  constructor(read: (key: string) => Block) {
    this.#read = read;
  }

  get(table: number, partitionKey: string, rowKey: string): EngineRow | undefined {
    const key = keyText({ table, partitionKey, rowKey });
    return this.#rows.has(key) ? this.#rows.get(key) : rowAt(this.#block(key), key, partitionKey, rowKey);
  }

  range(table: number, from: Boundary | undefined, to: Boundary | undefined, visit: (row: EngineRow) => boolean): void {
    this.#settle();
    visitBlocks((key) => this.#block(key), table, from, to, visit);
  }

  put(table: number, row: EngineRow): void {
    this.#rows.set(keyText({ table, partitionKey: row.partitionKey, rowKey: row.rowKey }), row);
  }

  delete(table: number, partitionKey: string, rowKey: string): void {
    this.#rows.set(keyText({ table, partitionKey, rowKey }), undefined);
  }

  /** Writes the changed blocks to the file. */
  write(file: SqliteFile): void {
    this.#settle();
    for (const first of this.#replaced) if (this.#blocks.get(first) === undefined) file.delete(first);
    this.#blocks.visit('', false, (block) => {
      file.put(block);
      return true;
    });
  }

  /** Makes the written blocks visible to readers by updating the cache. Call it after the commit. */
  publish(cache: BlockCache): void {
    for (const first of this.#replaced) if (this.#blocks.get(first) === undefined) cache.delete(first);
    this.#blocks.visit('', false, (block) => {
      cache.add(block);
      return true;
    });
  }

  #block(key: string): Block {
    const own = this.#blocks.floor(key);
    return own?.covers(key) === true ? own : this.#read(key);
  }

  /** Merges the collected rows into blocks. */
  #settle(): void {
    const keys = [...this.#rows.keys()].toSorted((left, right) => (left < right ? -1 : 1));
    for (let at = 0; at < keys.length;) {
      const block = this.#block(keys[at]!);
      const begin = at;
      while (at < keys.length && (block.next === undefined || keys[at]! < block.next)) at += 1;
      this.#rewrite(block, keys.slice(begin, at));
    }
    this.#rows.clear();
  }

  /** Replaces a block with new ones that contain its rows, updated by the collected writes to the given keys. */
  #rewrite(block: Block, keys: readonly string[]): void {
    const { first } = block;
    let { next } = block;
    this.#replace(block);
    const entries = this.#entries(block, keys);
    const isAppended = block.count === 0 || keys[0]! > block.key(block.count - 1);
    while (next !== undefined && sizeOf(entries, next) < SPARSE) {
      const neighbour = this.#neighbour(next);
      if (neighbour === undefined || sizeOf(entries, next) + neighbour.bytes.length > FULL) break;
      this.#replace(neighbour);
      for (let index = 0; index < neighbour.count; index++) entries.push(neighbour.entry(index));
      ({ next } = neighbour);
    }
    for (const made of split(first, next, entries, isAppended ? FULL : SPLIT)) this.#blocks.set(made.first, made);
  }

  /**
   * Returns the block that begins at a key; `undefined` if it is corrupt. A write to the preceding block then succeeds
   * without merging the two; only reads and writes of the corrupt block's own rows throw `store.damaged`.
   */
  #neighbour(first: string): Block | undefined {
    try {
      return this.#block(first);
    } catch (error) {
      if (EntitableError.is(error, 'store.damaged')) return undefined;
      throw error;
    }
  }

  #replace({ first }: Block): void {
    this.#replaced.add(first);
    if (this.#blocks.get(first) !== undefined) this.#blocks.delete(first);
  }

  /** Returns the rows that a block contains once the collected writes to the given keys are applied. */
  #entries(block: Block, keys: readonly string[]): BlockEntry[] {
    const entries: BlockEntry[] = [];
    let index = 0;
    for (const key of keys) {
      const place = block.indexOf(key);
      for (; index < place; index++) entries.push(block.entry(index));
      if (block.isAt(index, key)) index += 1;
      const row = this.#rows.get(key);
      if (row !== undefined) entries.push(entryOf(key, row));
    }
    for (; index < block.count; index++) entries.push(block.entry(index));
    return entries;
  }
}

function entryOf(key: string, { bytes, start, end }: EngineRow): BlockEntry {
  const { head, tail } = splitKey(key);
  return { head, bytes, start, rowEnd: end, end, tail, isPlain: isPlainKey(tail) };
}

/**
 * Distributes rows to the blocks that cover the keys from `first` up to `next`: a single block if they fit, otherwise
 * several of up to `size` bytes, or of one larger row.
 */
function split(
  first: string,
  next: string | undefined,
  entries: readonly BlockEntry[],
  size: number,
): readonly Block[] {
  if (entries.length < 2 || first.length + sizeOf(entries, next) <= FULL) return [Block.of(first, next, entries)];
  const blocks: Block[] = [];
  let key = first;
  for (let from = 0; from < entries.length;) {
    let to = from + 1;
    let taken = key.length + sizeOf(entries.slice(from, to), next);
    while (to < entries.length) {
      const more = sizeOf([entries[to]!], undefined);
      if (taken + more > size) break;
      taken += more;
      to += 1;
    }
    const following = to < entries.length ? keyOf(entries[to]!) : next;
    blocks.push(Block.of(key, following, entries.slice(from, to)));
    key = following ?? '';
    from = to;
  }
  return blocks;
}

function keyOf({ head, bytes, rowEnd, end, tail }: BlockEntry): string {
  return head + (tail === '' ? bytes.toString('latin1', rowEnd, end) : tail);
}
