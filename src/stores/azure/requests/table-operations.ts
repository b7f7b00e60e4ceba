import type { PipelineResponse } from '@azure/core-rest-pipeline';
import type { RowPage } from '../../../store/table-store.js';
import type { OperationOptions } from '../../../options/operation-options.js';
import type { AzureConnection } from '../azure-connection.js';
import { underDeadline } from '../http/request-deadline.js';
import { encodeText } from './query-url.js';
import { unansweredRead, unansweredWrite } from './network-error.js';
import { refusalOf, refused } from './refusal.js';
import type { Attempt } from '../http/request-message.js';
import { PROTOCOL_VERSION, readRequest, type WireRequest } from './wire-request.js';
import { ENDLESS, isJson, WrongAnswer } from './wrong-answer.js';

const HEADERS = {
  Accept: 'application/json;odata=minimalmetadata',
  DataServiceVersion: '3.0',
  'x-ms-version': PROTOCOL_VERSION,
};

/** Creates a table. Returns `false` if it already existed. */
export async function createTable(
  connection: AzureConnection,
  table: string,
  options: OperationOptions | undefined,
): Promise<boolean> {
  const request: WireRequest = {
    method: 'POST',
    url: `${connection.endpoint}/Tables`,
    headers: { ...HEADERS, 'Content-Type': 'application/json', Prefer: 'return-no-content' },
    body: JSON.stringify({ TableName: table }),
  };
  return changed(connection, table, request, ['TableAlreadyExists'], options);
}

/** Deletes a table. Returns `false` if it did not exist. */
export async function deleteTable(
  connection: AzureConnection,
  table: string,
  options: OperationOptions | undefined,
): Promise<boolean> {
  const url = `${connection.endpoint}/Tables('${encodeText(table.replaceAll("'", "''"))}')`;
  const request: WireRequest = { method: 'DELETE', url, headers: HEADERS, body: undefined };
  return changed(connection, table, request, ['ResourceNotFound', 'TableNotFound'], options);
}

/**
 * Returns a page of table names. The service compares names by a rule of its own, so names are filtered by the prefix
 * here instead of by the service.
 */
export async function listTables(
  { endpoint, transport, traits: { limits } }: AzureConnection,
  { prefix = '', continuation }: { readonly prefix?: string; readonly continuation?: string },
  options: OperationOptions | undefined,
): Promise<RowPage<string>> {
  const fold = limits.tableNamesIgnoreCase ? (name: string) => name.toLowerCase() : (name: string) => name;
  const query = continuation === undefined ? '' : `?NextTableName=${encodeText(continuation)}`;
  try {
    const request = readRequest(`${endpoint}/Tables${query}`, 'minimalmetadata');
    const response = await underDeadline(options, (stop) => transport.read(request, stop));
    if (response.status !== 200) throw refused(refusalOf(response), 'read', {});
    const rows = namesIn(response).filter((name) => fold(name).startsWith(fold(prefix)));
    const next = response.headers.get('x-ms-continuation-NextTableName') ?? '';
    if (next !== '' && next === continuation) throw new WrongAnswer(ENDLESS, response);
    return next === '' ? { rows } : { rows, continuation: next };
  } catch (error) {
    throw unansweredRead(error, {});
  }
}

/**
 * Sends a request that creates or deletes a table. Returns `false` if the service rejects it because the table is
 * already in the requested state.
 */
async function changed(
  { transport }: AzureConnection,
  table: string,
  request: WireRequest,
  unchanged: readonly string[],
  options: OperationOptions | undefined,
): Promise<boolean> {
  const attempt: Attempt = { sent: false };
  try {
    const response = await underDeadline(options, (stop) => transport.write(request, stop, attempt));
    const { status } = response;
    if (status === 204 || (status === 201 && request.method === 'POST' && nameIn(response) === table)) return true;
    if (status < 300) throw new WrongAnswer('it has another status, or is about another table', response);
    const refusal = refusalOf(response);
    if (refusal.wrong === undefined && unchanged.includes(refusal.serviceCode ?? '')) return false;
    throw refused(refusal, 'write', { table });
  } catch (error) {
    throw unansweredWrite(error, attempt.sent, { table });
  }
}

function namesIn(response: PipelineResponse): readonly string[] {
  const list = member(json(response), 'value');
  const names = Array.isArray(list) ? list.map((row) => member(row, 'TableName')) : [undefined];
  if (!names.every((name) => typeof name === 'string')) throw new WrongAnswer('it is no list of tables', response);
  return names;
}

/**
 * Returns the name of the created table from the response. Some services return it although the request asks for no
 * content.
 */
function nameIn(response: PipelineResponse): unknown {
  return member(json(response), 'TableName');
}

function json(response: PipelineResponse): unknown {
  try {
    if (isJson(response.headers)) return JSON.parse(response.bodyAsText ?? '');
  } catch {
    // the error of JSON.parse is dropped, because it quotes the text
  }
  throw new WrongAnswer('it is no JSON', response);
}

function member(value: unknown, name: string): unknown {
  return (Object(value) as Readonly<Record<string, unknown>>)[name];
}
