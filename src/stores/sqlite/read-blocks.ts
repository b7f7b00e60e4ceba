import { OwnedRow, type Boundary, type EngineRow } from '../embedded/ordered-rows.js';
import { keyText } from './block-key.js';
import { BlockRow } from './block-row.js';
import type { Block } from './block.js';

/**
 * A pool of row objects, which saves an allocation for each visit. Visits can be nested, and each takes an object out
 * and puts it back when it ends, so that all stores can share the pool.
 */
const idle: BlockRow[] = [];

/**
 * Returns the row with a key from the block (see `block.ts`) that covers the key; `undefined` if there is no such row.
 */
export function rowAt(block: Block, key: string, partitionKey: string, rowKey: string): EngineRow | undefined {
  const index = block.indexOf(key);
  if (!block.isAt(index, key)) return undefined;
  return new OwnedRow(partitionKey, rowKey, block.bytes, block.rowStart(index), block.rowEnd(index));
}

/**
 * Visits the rows of a table between two boundaries in the order of their keys, until `visit` returns `false`. `read`
 * returns the block that covers a key.
 */
export function visitBlocks(
  read: (key: string) => Block,
  table: number,
  from: Boundary | undefined,
  to: Boundary | undefined,
  visit: (row: EngineRow) => boolean,
): void {
  const end = keyText(to === undefined ? { table: table + 1 } : { table, ...to });
  let key: string | undefined = keyText({ table, ...from });
  const row = idle.pop() ?? new BlockRow();
  try {
    while (key !== undefined && key < end) {
      const block = read(key);
      const isWhole = block.next !== undefined && block.next <= end;
      const last = isWhole ? block.count : block.indexOf(end);
      for (let index = block.first >= key ? 0 : block.indexOf(key); index < last; index++) {
        if (!visit(row.on(block, index))) return;
      }
      key = block.next;
    }
  } finally {
    idle.push(row);
  }
}
