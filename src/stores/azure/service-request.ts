import { isRestError } from '@azure/core-rest-pipeline';
import type { OperationOptions } from '../../store/table-store.js';
import { underDeadline } from './deadline.js';
import { unansweredRead, unansweredWrite } from './lost-answer.js';
import { refusalOf, refused } from './refusal.js';

/** What a request of administration is about. */
export interface Subject {
  /** For messages, e.g. `the access policies of table "Orders"`. */
  readonly name: string;
  /** The table, where it is one's: an answer of 404 says that there is none. */
  readonly table?: string;
  readonly kind: 'read' | 'write';
}

/** Lets an SDK client do what is rare, and tells its failures as this store does. */
export async function serviceRequest<T>(
  subject: Subject,
  options: OperationOptions | undefined,
  send: (settings: { readonly abortSignal?: AbortSignal }) => Promise<T>,
): Promise<T> {
  const { name, table, kind } = subject;
  const details = table === undefined ? {} : { table };
  let sent = false;
  try {
    return await underDeadline(options, async (stop) => {
      sent = true;
      return send(stop === undefined ? {} : { abortSignal: stop.platform });
    });
  } catch (error) {
    if (isRestError(error) && error.response !== undefined) {
      const refusal = refusalOf(error.response);
      const isMissing = table !== undefined && refusal.status === 404;
      throw refused(isMissing ? { ...refusal, serviceCode: 'TableNotFound' } : refusal, kind, details);
    }
    throw kind === 'read' ? unansweredRead(error, details, name) : unansweredWrite(error, sent, details, name);
  }
}
