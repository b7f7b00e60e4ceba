import type { TableStore } from '../../src/store/table-store.js';
import { PARTITION_KEY, ROW_KEY } from '../../src/store/row.js';
import { readProperties, SHAPE, type Entity } from '../../src/testing/conformance/table-fixture.js';

/** Returns every row of a table, read independently of the administration. */
export async function rowsOf(store: TableStore, table: string): Promise<readonly Entity[]> {
  const found: Entity[] = [];
  const pages = store.rows(table, SHAPE).scan({ undeclared: true }, (row) => ({
    partitionKey: row.string(PARTITION_KEY),
    rowKey: row.string(ROW_KEY),
    properties: readProperties(row),
  }));
  for await (const { rows } of pages) found.push(...rows);
  return found;
}
