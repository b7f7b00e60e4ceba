import { EntitableError } from '../../errors/entitable-error.js';

/** The URL of one row: keys are quoted as OData strings and then percent-encoded, so that no key can say more than itself. */
export function entityUrl(tableUrl: string, partitionKey: string, rowKey: string): string {
  return `${tableUrl}(PartitionKey='${keyText(partitionKey)}',RowKey='${keyText(rowKey)}')`;
}

/** A text as part of a URL. */
export function encodeText(text: string): string {
  try {
    return encodeURIComponent(text);
  } catch {
    throw new EntitableError(
      'store.rejected',
      'A text with half of a surrogate pair cannot be sent. Remove it from the key or the filter.',
      {},
    );
  }
}

const PLAIN = /^[\w.~|:-]*$/;

function keyText(key: string): string {
  return PLAIN.test(key) ? key : encodeText(key.replaceAll("'", "''"));
}
