import { isRestError } from '@azure/core-rest-pipeline';
import type { EntitableError } from '../../../errors/entitable-error.js';
import type { OperationOptions } from '../../../options/operation-options.js';
import { underDeadline } from '../http/request-deadline.js';
import { unansweredRead, unansweredWrite } from '../requests/network-error.js';
import { refusalOf, refused, type ServiceRefusal } from '../requests/refusal.js';
import { WrongAnswer } from '../requests/wrong-answer.js';

/** Describes an administration request, for the messages and details of its errors. */
export interface RequestSubject {
  /** Name for messages, e.g. `the access policies of table "Orders"`. */
  readonly name: string;
  /** The table, if the request concerns one. */
  readonly table?: string;
  readonly kind: 'read' | 'write';
}

/** Sends a request through an SDK client and translates its failures to this store's errors. */
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
      // The SDK's error is replaced by a new one, because it quotes the body.
      if (response.status < 300) throw unanswered(new WrongAnswer('it cannot be read', response));
      const refusal = refusalOf(response);
      throw refused(refusal, kind, details, refusal.status === 404 ? missing(subject, refusal) : undefined);
    }
    throw unanswered(error);
  }
}

/**
 * Returns the error code for a response with status 404. The table is missing only if the service says so; a proxy may
 * send 404 for reasons of its own.
 */
function missing(
  { table }: RequestSubject,
  { serviceCode }: ServiceRefusal,
): 'store.table-not-found' | 'store.rejected' {
  const isTable = table !== undefined && (serviceCode === 'TableNotFound' || serviceCode === 'ResourceNotFound');
  return isTable ? 'store.table-not-found' : 'store.rejected';
}
