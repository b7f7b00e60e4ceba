import { OwnedRow, type Boundary, type EngineRow } from '../embedded/ordered-rows.js';
import { keyText } from './block-key.js';
import { BlockRow } from './block-row.js';
import type { Block } from './block.js';

/** Rows that are lent to visitors, used again; as many as ranges are read within each other. */
const idle: BlockRow[] = [];

/** The row of a key in the block that covers it. */
export function rowAt(block: Block, key: string, partitionKey: string, rowKey: string): EngineRow | undefined {
  const index = block.indexOf(key);
  if (!block.isAt(index, key)) return undefined;
  return new OwnedRow(partitionKey, rowKey, block.bytes, block.rowStart(index), block.rowEnd(index));
}

/** Visits the rows of a table from a place to a place; `read` gives the block that covers a key. */
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
