import { JsonRowWriter } from './json-row-writer.js';
import { storedMembers } from './stored-members.js';

/**
 * What a row holds once a merge has changed it, as the body that would replace it.
 *
 * @param stored The text of the row: what the merge does not touch is taken from it exactly.
 * @param sent The body of the merge, which begins with the keys.
 */
export function mergedBody(stored: string, sent: string, removed: readonly string[]): string {
  const brought = JSON.parse(sent) as { readonly PartitionKey: string; readonly RowKey: string };
  const writer = new JsonRowWriter([], brought.PartitionKey, brought.RowKey);
  const keys = writer.text.length - 1;
  const changed = new Set([...Object.keys(brought), ...removed]);
  for (const [name, value] of storedMembers(stored, changed)) writer.undeclared(name, value);
  return writer.text.slice(0, -1) + sent.slice(keys);
}
