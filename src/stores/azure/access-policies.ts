import { TableClient } from '@azure/data-tables';
import type { AccessPolicy } from '../../store/service-administration.js';
import type { OperationOptions } from '../../store/table-store.js';
import type { Connection } from './connection.js';
import { lettersOf, permissionsOf } from './permission-letters.js';
import { sendingAs, type ExpectedAnswer } from './sdk-client.js';
import { serviceRequest, type Subject } from './service-request.js';

/** The stored access policies of a table. Throws `store.table-not-found`. */
export async function getAccessPolicies(
  connection: Connection,
  table: string,
  options: OperationOptions | undefined,
): Promise<readonly AccessPolicy[]> {
  const client = tableClient(connection, table, { status: 200, element: 'SignedIdentifiers' });
  const stored = await serviceRequest(subject(table, 'read'), options, (settings) => client.getAccessPolicy(settings));
  return stored.map(({ id, accessPolicy: { start, expiry, permission } = {} }) => ({
    id,
    ...(start && { start }),
    ...(expiry && { expiry }),
    ...(permission && { permissions: permissionsOf(permission) }),
  }));
}

/** Puts policies in the place of all that a table has. Throws `store.table-not-found`. */
export async function setAccessPolicies(
  connection: Connection,
  table: string,
  policies: readonly AccessPolicy[],
  options: OperationOptions | undefined,
): Promise<void> {
  const client = tableClient(connection, table, { status: 204 });
  const stored = policies.map(({ id, start, expiry, permissions }) => ({
    id,
    accessPolicy: {
      ...(start && { start }),
      ...(expiry && { expiry }),
      ...(permissions && { permission: lettersOf(permissions) }),
    },
  }));
  await serviceRequest(subject(table, 'write'), options, (settings) => client.setAccessPolicy(stored, settings));
}

function subject(table: string, kind: Subject['kind']): Subject {
  return { name: `the access policies of table "${table}"`, table, kind };
}

function tableClient({ client, httpClient }: Connection, table: string, expected: ExpectedAnswer): TableClient {
  const { url, pipeline } = client;
  const made = new TableClient(url, table, { allowInsecureConnection: url.startsWith('http:'), httpClient });
  return sendingAs(made, pipeline, expected);
}
