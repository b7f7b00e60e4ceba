import { EntitableError } from '../../errors/entitable-error.js';
import type { OperationOptions, WriteReceipt } from '../../store/table-store.js';
import type { Connection } from './connection.js';
import { underDeadline } from './deadline.js';
import { unansweredWrite } from './lost-answer.js';
import { withoutRemovals } from './replace-without.js';
import { sendWrites } from './send-writes.js';
import type { Attempt } from './request-message.js';
import type { StopSignal } from './stop-signal.js';
import type { AzureWrite } from './write-request.js';

/** How often an unconditional merge that removes a property is begun anew when its row changes between its two requests. */
const RACES = 5;

/** Writes one row by itself, several as one transaction, under a signal and a time limit. */
export async function submitWrites(
  connection: Connection,
  table: string,
  writes: readonly AzureWrite[],
  options: OperationOptions | undefined,
): Promise<readonly WriteReceipt[]> {
  if (writes.length === 0) return [];
  const attempt: Attempt = { sent: false };
  const removing = writes.some(({ remove }) => remove.length > 0);
  try {
    return await underDeadline(options, (stop) =>
      removing
        ? submitRemovals(connection, table, writes, attempt, stop)
        : sendWrites(connection, table, writes, attempt, stop),
    );
  } catch (error) {
    throw unansweredWrite(error, attempt.sent, { table });
  }
}

async function submitRemovals(
  connection: Connection,
  table: string,
  writes: readonly AzureWrite[],
  attempt: Attempt,
  stop: StopSignal | undefined,
): Promise<readonly WriteReceipt[]> {
  for (let races = 0; ; races++) {
    attempt.sent = false;
    const direct = await withoutRemovals(connection, table, writes, stop);
    try {
      return await sendWrites(connection, table, direct, attempt, stop);
    } catch (error) {
      if (races === RACES || !lostRace(error, writes)) throw error;
    }
  }
}

/** Whether a row changed between being read and being replaced, although its merge had no condition of its own. */
function lostRace(error: unknown, writes: readonly AzureWrite[]): boolean {
  if (!EntitableError.is(error, 'store.precondition-failed')) return false;
  const { operation } = error.details;
  const write = operation === undefined ? undefined : writes[operation];
  return write !== undefined && write.remove.length > 0 && write.ifMatch === '*';
}
