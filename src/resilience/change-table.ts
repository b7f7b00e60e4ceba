import { EntitableError } from '../errors/entitable-error.js';
import type { OperationOptions } from '../store/table-store.js';
import { isWronglyAnswered, remedyFor } from './classify.js';
import type { Tries } from './tries.js';

/**
 * Makes or deletes a table. A later try that finds it done already tells nothing about who did it: after a try whose answer was lost it
 * counts as this operation's doing.
 */
export async function changeTable(
  table: string,
  tries: Tries,
  change: (options: OperationOptions) => Promise<boolean>,
): Promise<boolean> {
  let doubtful = false;
  let isLost = false; // an answer, and not only put in the place of by another server's
  try {
    const changed = await tries.repeat(async () => {
      try {
        return await change(tries.options);
      } catch (error) {
        if (remedyFor(error) === 'ambiguous') {
          doubtful = true;
          isLost ||= !isWronglyAnswered(error);
        }
        throw error;
      }
    });
    return changed || doubtful;
  } catch (error) {
    if (!isLost || EntitableError.is(error, 'store.outcome-unknown')) throw error;
    throw new EntitableError(
      'store.outcome-unknown',
      `The table "${table}" may or may not have been made or deleted: an answer was lost, and later tries failed. List the tables.`,
      { table, found: 'unread' },
      { cause: error },
    );
  }
}
