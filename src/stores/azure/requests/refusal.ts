import { RestError, type PipelineResponse } from '@azure/core-rest-pipeline';
import { EntitableError } from '../../../errors/entitable-error.js';
import type { ErrorCode, StoreErrorDetails } from '../../../errors/error-details.js';
import { unansweredRead, unansweredWrite } from './network-error.js';
import { isErrorType, isFromService, WrongAnswer } from './wrong-answer.js';

/** The error codes that can result from a response of the service, or from its absence. */
type Refused = Exclude<
  Extract<ErrorCode, `store.${string}`>,
  | 'store.unknown-target'
  | 'store.package-missing'
  | 'store.damaged'
  | 'store.not-supported'
  | 'store.incompatible-format'
  | 'store.in-use'
  | 'store.closed'
  | 'store.tables-not-created'
>;

/** The readable parts of an error response. */
export interface ServiceRefusal {
  readonly status: number;
  readonly serviceCode: string | undefined;
  /** Describes what is wrong with the response, if that makes it doubtful that the service sent it. */
  readonly wrong?: WrongAnswer | undefined;
  /** The service's message; empty if there is none. */
  readonly text: string;
  readonly requestId: string | undefined;
  /** Number of milliseconds that the service asks the client to wait before it tries again. */
  readonly retryAfter?: number | undefined;
}

const BY_SERVICE_CODE: ReadonlyMap<string, Refused> = new Map([
  ['EntityAlreadyExists', 'store.already-exists'],
  ['TableAlreadyExists', 'store.table-exists'],
  ['TableBeingDeleted', 'store.unavailable'],
  ['TableNotFound', 'store.table-not-found'],
  ['ResourceNotFound', 'store.not-found'],
  ['EntityNotFound', 'store.not-found'],
  ['UpdateConditionNotSatisfied', 'store.precondition-failed'],
  ['ConditionNotMet', 'store.precondition-failed'],
  ['ServerBusy', 'store.throttled'],
  ['TooManyRequests', 'store.throttled'],
] as const);

const BY_STATUS: ReadonlyMap<number, Refused> = new Map([
  [401, 'store.unauthorized'],
  [403, 'store.unauthorized'],
  [408, 'store.unavailable'],
  [412, 'store.precondition-failed'],
  [429, 'store.throttled'],
  [500, 'store.unavailable'],
  [502, 'store.unavailable'],
  [503, 'store.unavailable'],
  [504, 'store.unavailable'],
] as const);

/**
 * Statuses that report the state of a row or a table, or a problem with the credential. They are accepted only from the
 * service: a proxy may use them for reasons of its own.
 */
const SERVICE_ONLY = new Set([401, 403, 404, 409, 412]);

/** Statuses after which a write may have been carried out. */
const OUTCOME_UNKNOWN = new Set([408, 500, 502, 504]);

const MESSAGES: Readonly<Record<Refused, string>> = {
  'store.aborted': 'was stopped.',
  'store.already-exists': 'was refused: the row exists. Use upsert to write over it.',
  'store.not-found': 'was refused: the row does not exist.',
  'store.outcome-unknown':
    'was answered with a failure after which it may have been carried out all the same. Read back what was written before trying again.',
  'store.precondition-failed': 'was refused: the row was changed meanwhile. Read it again and repeat the change.',
  'store.rejected':
    'was refused by the service for another reason; its code is in details.serviceCode, its words in details.serviceMessage.',
  'store.table-exists': 'was refused: the table exists.',
  'store.table-not-found': 'was refused: the table does not exist. Create it.',
  'store.throttled': 'was refused because too much is asked of the service. Try again later, or ask less.',
  'store.timeout': 'took too long.',
  'store.unauthorized': 'was refused: the credential does not allow it, or it is wrong or has expired.',
  'store.unavailable': 'was refused because the service is not available now. Try again later.',
};

/**
 * Message for an operation on a table that was deleted, while the service is still deleting its data and therefore
 * reserves its name.
 */
const BEING_DELETED =
  'was refused: the table is still being deleted, which takes the service some 40 seconds. createIfMissing(table, { waitForDeletion: true }) waits for it.';

/** Reads an error response. The service sends its error code in the body or in a header. */
export function readRefusal(
  status: number,
  header: (name: string) => string | undefined,
  body: string,
  fromService: boolean,
): ServiceRefusal {
  // The body is ignored unless the service sent it.
  const { code, message } = fromService && isErrorType({ get: header }) ? errorBody(body) : {};
  const isEmpty = body === '' && isErrorType({ get: header });
  const told = header('x-ms-error-code');
  const serviceCode = told === undefined || told === '' ? code : told;
  return {
    status,
    serviceCode,
    wrong: wrongRefusal(status, header, fromService, code !== undefined || (isEmpty && serviceCode !== undefined)),
    text: message ?? '',
    requestId: header('x-ms-request-id'),
    retryAfter: retryAfterOf(header),
  };
}

function wrongRefusal(
  status: number,
  get: (name: string) => string | undefined,
  fromService: boolean,
  isError: boolean,
): WrongAnswer | undefined {
  if (!SERVICE_ONLY.has(status) || (fromService && isError) || (fromService && status !== 404 && isErrorType({ get })))
    return undefined;
  const reason = fromService ? 'it has no error of the service' : 'it has neither x-ms-request-id nor x-ms-version';
  return new WrongAnswer(reason, { status, headers: { get } }, fromService);
}

/**
 * Returns for how many milliseconds the service asks the client to wait. Cosmos DB sends milliseconds; HTTP defines
 * seconds and dates.
 */
function retryAfterOf(header: (name: string) => string | undefined): number | undefined {
  const milliseconds = header('x-ms-retry-after-ms') ?? header('retry-after-ms');
  const seconds = header('retry-after');
  const wait =
    milliseconds !== undefined
      ? Number(milliseconds)
      : seconds === undefined
        ? Number.NaN
        : /^\s*\d/.test(seconds)
          ? Number(seconds) * 1000
          : Date.parse(seconds) - Date.now();
  return Number.isNaN(wait) ? undefined : Math.max(0, wait);
}

/** Reads the error response to a whole request, in contrast to that to one part of a batch. */
export function refusalOf({ status, headers, bodyAsText }: PipelineResponse): ServiceRefusal {
  return readRefusal(status, (name) => headers.get(name), bodyAsText ?? '', isFromService(headers));
}

/**
 * Creates the `EntitableError` for an error response. The service's message may quote values that were sent, so it is
 * only put into `details.serviceMessage`, which is not printed.
 */
export function refused(
  refusal: ServiceRefusal,
  kind: 'read' | 'write',
  context: Pick<StoreErrorDetails, 'table' | 'operation'>,
  meaning: Refused = codeOf(refusal),
): EntitableError {
  const { status, serviceCode, text: words, requestId, retryAfter, wrong } = refusal;
  if (wrong !== undefined) {
    return kind === 'read' ? unansweredRead(wrong, context) : unansweredWrite(wrong, true, context);
  }
  const code = kind === 'write' && OUTCOME_UNKNOWN.has(status) ? 'store.outcome-unknown' : meaning;
  const details: StoreErrorDetails = {
    ...context,
    status,
    ...(serviceCode === undefined ? {} : { serviceCode }),
    ...(words === '' ? {} : { serviceMessage: words }),
    ...(requestId === undefined ? {} : { requestId }),
    ...(retryAfter === undefined ? {} : { retryAfter }),
  };
  const where = context.table === undefined ? '' : ` ${kind === 'write' ? 'to' : 'of'} table "${context.table}"`;
  const cause = new RestError(serviceCode ?? `HTTP status ${status}`, {
    statusCode: status,
    ...(serviceCode === undefined ? {} : { code: serviceCode }),
  });
  return new EntitableError(
    code,
    `A ${kind}${where} ${serviceCode === 'TableBeingDeleted' ? BEING_DELETED : MESSAGES[code]}`,
    details,
    { cause },
  );
}

function codeOf({ status, serviceCode }: ServiceRefusal): Refused {
  return (
    (serviceCode === undefined ? undefined : BY_SERVICE_CODE.get(serviceCode)) ??
    BY_STATUS.get(status) ??
    'store.rejected'
  );
}

const ERROR_XML = /^\uFEFF?\s*(?:<\?xml[^>]*>\s*)?<(?:m:)?error[\s>][^]*?<(?:m:)?code>([^<]+)</i;

/**
 * Parses the body of an error response: `{"odata.error":{…}}` from the service, `{"odataError":{…}}` from a client of
 * the SDK, or the XML that a front-end server of the service sends.
 */
function errorBody(body: string): { readonly code?: string | undefined; readonly message?: string | undefined } {
  const xml = ERROR_XML.exec(body);
  if (xml !== null) return { code: xml[1], message: /<(?:m:)?message[^>]*>([^<]*)</i.exec(body)?.[1] };
  let parsed: unknown;
  try {
    parsed = JSON.parse(body);
  } catch {
    return {}; // not JSON, e.g. a proxy's page, or empty; the status must suffice
  }
  const error = member(parsed, 'odata.error') ?? member(parsed, 'odataError');
  return { code: text(member(error, 'code')), message: text(member(member(error, 'message'), 'value')) };
}

function member(value: unknown, name: string): unknown {
  return typeof value === 'object' && value !== null ? (value as Readonly<Record<string, unknown>>)[name] : undefined;
}

function text(value: unknown): string | undefined {
  return typeof value === 'string' ? value : undefined;
}
