import { EntitableError } from '../../errors/entitable-error.js';

/** The URL of a table, whatever the name is. The service names tables of its own with a dollar sign, which is not encoded. */
export function tableUrl(endpoint: string, table: string): string {
  return `${endpoint}/${encodeText(table).replaceAll('%24', '$')}`;
}

/** The URL of one row: keys are quoted as OData strings and then percent-encoded, so that no key can say more than itself. */
export function entityUrl(table: string, partitionKey: string, rowKey: string): string {
  return `${table}(PartitionKey='${keyText(partitionKey)}',RowKey='${keyText(rowKey)}')`;
}

/** A text as part of a URL. */
export function encodeText(text: string): string {
  try {
    return encodeURIComponent(text);
  } catch {
    throw new EntitableError(
      'store.rejected',
      'A text with half of a surrogate pair cannot be sent. Remove it from the key, the filter or the name.',
      {},
    );
  }
}

const PLAIN = /^[\w.~|:-]*$/;

function keyText(key: string): string {
  return PLAIN.test(key) ? key : encodeText(key.replaceAll("'", "''"));
}
