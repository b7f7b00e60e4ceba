import { OwnedRow, KeptCursorRow, type EngineRow } from '../embedded/ordered-rows.js';
import type { Block } from './block.js';

/**
 * A view of one row of a block (see `block.ts`). It is valid until the `visit` callback that receives it returns,
 * because the object is then reused for the next row. The bytes of a block never change, so that `keep` need not copy
 * them.
 */
export class BlockRow implements EngineRow {
  bytes!: Buffer;
  start = 0;
  end = 0;
  rowKeyEnd = -1;
  readEnd = 0;
  readonly writes = 0;
  #block!: Block;
  #index = 0;
  #headAt = 0;
  #partitionKey: string | undefined;

  /** Makes this object refer to a row of a block, and returns it. */
  on(block: Block, index: number): this {
    const headAt = block.headAt(index);
    if (block !== this.#block) {
      this.#block = block;
      this.bytes = block.bytes;
      this.readEnd = block.bytes.length;
      this.#partitionKey = undefined;
    } else if (headAt !== this.#headAt) {
      this.#partitionKey = undefined;
    }
    this.#headAt = headAt;
    this.#index = index;
    this.start = block.rowStart(index);
    this.end = block.rowEnd(index);
    this.rowKeyEnd = block.isPlain(index) ? block.keyEnd(index) : -1;
    return this;
  }

  get partitionKey(): string {
    return (this.#partitionKey ??= this.#block.partitionKeyAt(this.#headAt));
  }

  get rowKey(): string {
    return this.#block.rowKey(this.#index);
  }

  keep(): EngineRow {
    const { partitionKey, bytes, start, end, rowKeyEnd } = this;
    return rowKeyEnd < 0
      ? new OwnedRow(partitionKey, this.rowKey, bytes, start, end)
      : new KeptCursorRow(partitionKey, bytes, start, end, rowKeyEnd);
  }
}
