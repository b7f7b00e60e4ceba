import type { Address } from '../mapping/entity-address.js';

/** Tells the rows of a store apart, whatever their keys hold: the length says where the partition key ends; a table name has no slash. */
export function rowId(table: string, { partitionKey, rowKey }: Address): string {
  return `${table}/${partitionKey.length}/${partitionKey}${rowKey}`;
}
