import type { OperationOptions } from '../store/table-store.js';
import { remedyFor } from './classify.js';
import type { Tries } from './tries.js';

/**
 * Makes or deletes a table. A later try that finds it done already tells nothing about who did it: after a try whose answer was lost it
 * counts as this operation's doing.
 */
export async function changeTable(
  tries: Tries,
  change: (options: OperationOptions) => Promise<boolean>,
): Promise<boolean> {
  let doubtful = false;
  const changed = await tries.repeat(async () => {
    try {
      return await change(tries.options);
    } catch (error) {
      doubtful ||= remedyFor(error) === 'ambiguous';
      throw error;
    }
  });
  return changed || doubtful;
}
