import { typeName } from '../../errors/type-name.js';
import { keysFrom } from '../../filter/key-range.js';
import type { EntityMapper } from '../../mapping/entity-mapper.js';
import { entryStart } from '../../metadata/indexes/index-metadata.js';
import { invalidOption } from '../../options/check-option.js';
import type { TablePlace } from '../table-place.js';
import { truncateTable, type TruncateOptions } from '../truncate-table.js';
import type { DropIndexReport } from './index-options.js';

/**
 * Deletes the entries of an index or, if the index has a table of its own, this table. The class need not declare the
 * index any more if the entries are in the table of the class.
 */
export async function dropIndex(
  { tables, table, scope }: TablePlace,
  { metadata, entries }: EntityMapper<object>,
  name: string,
  options: TruncateOptions,
): Promise<DropIndexReport> {
  if (typeof name !== 'string' || !/^[A-Za-z0-9]{1,32}$/.test(name)) {
    throw invalidOption('name', 'the name of an index, in letters and digits', typeName(name));
  }
  const declared = metadata.indexes.findIndex((index) => index.name === name);
  if (metadata.indexes[declared]?.partition !== undefined) {
    const { table: own } = entries[declared]!;
    await tables.strict.deleteTable(own, options);
    return Object.freeze({ table: own });
  }
  const { partitionKey, known } = scope;
  const range = { partitionKey, rowKey: keysFrom(`${entryStart(metadata, name)} `), known };
  const { deleted } = await truncateTable({ tables, table, scope: range }, options);
  return Object.freeze({ entries: deleted });
}
