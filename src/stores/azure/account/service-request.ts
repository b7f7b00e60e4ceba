import { isRestError } from '@azure/core-rest-pipeline';
import type { EntitableError } from '../../../errors/entitable-error.js';
import type { OperationOptions } from '../../../options/operation-options.js';
import { underDeadline } from '../http/request-deadline.js';
import { unansweredRead, unansweredWrite } from '../requests/network-error.js';
import { refusalOf, refused, type ServiceRefusal } from '../requests/refusal.js';
import { WrongAnswer } from '../requests/wrong-answer.js';

/** What a request of administration is about. */
export interface RequestSubject {
  /** For messages, e.g. `the access policies of table "Orders"`. */
  readonly name: string;
  /** The table, where it is one's. */
  readonly table?: string;
  readonly kind: 'read' | 'write';
}

/** Lets an SDK client do what is rare, and tells its failures as this store does. */
export async function serviceRequest<T>(
  subject: RequestSubject,
  options: OperationOptions | undefined,
  send: (settings: { readonly abortSignal?: AbortSignal }) => Promise<T>,
): Promise<T> {
  const { name, table, kind } = subject;
  const details = table === undefined ? {} : { table };
  let sent = false;
  const unanswered = (error: unknown): EntitableError =>
    kind === 'read' ? unansweredRead(error, details, name) : unansweredWrite(error, sent, details, name);
  try {
    return await underDeadline(options, async (stop) => {
      sent = true;
      return send(stop === undefined ? {} : { abortSignal: stop.platform });
    });
  } catch (error) {
    if (isRestError(error) && error.response !== undefined) {
      const { response } = error;
      if (response.status < 300) throw unanswered(new WrongAnswer('it cannot be read', response)); // the SDK quotes it
      const refusal = refusalOf(response);
      throw refused(refusal, kind, details, refusal.status === 404 ? missing(subject, refusal) : undefined);
    }
    throw unanswered(error);
  }
}

/** No row was asked for: the table is missing where the service says so; anybody else, e.g. a proxy, may miss anything. */
function missing(
  { table }: RequestSubject,
  { serviceCode }: ServiceRefusal,
): 'store.table-not-found' | 'store.rejected' {
  const isTable = table !== undefined && (serviceCode === 'TableNotFound' || serviceCode === 'ResourceNotFound');
  return isTable ? 'store.table-not-found' : 'store.rejected';
}
