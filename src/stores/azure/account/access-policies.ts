import { TableClient } from '@azure/data-tables';
import type { AccessPolicy, AccountPermission, TablePermission } from '../../../store/service-administration.js';
import type { OperationOptions } from '../../../options/operation-options.js';
import type { AzureConnection } from '../azure-connection.js';
import { sendingAs, type ExpectedAnswer } from '../sdk-client.js';
import { serviceRequest, type RequestSubject } from './service-request.js';

/** The service's letters for permissions, in the order that it requires. */
const LETTERS: Readonly<Record<TablePermission, string>> = { read: 'r', add: 'a', update: 'u', delete: 'd' };

const NAMES = Object.keys(LETTERS) as readonly TablePermission[];

/** Formats permissions as letters, e.g. `raud`, the form in which the service stores them. */
export function lettersOf(permissions: readonly TablePermission[]): string {
  return NAMES.filter((name) => permissions.includes(name))
    .map((name) => LETTERS[name])
    .join('');
}

/** Parses permissions from the letters that the service returns. */
export function permissionsOf(letters: string): readonly TablePermission[] {
  return NAMES.filter((name) => letters.includes(LETTERS[name]));
}

/** Converts permissions to the SDK's flags, in which `read` is named `query`. */
export function flagsOf(permissions: readonly AccountPermission[]): Readonly<Record<string, true>> {
  return Object.fromEntries(permissions.map((name) => [name === 'read' ? 'query' : name, true] as const));
}

/** Returns the stored access policies of a table. Throws `store.table-not-found`. */
export async function getAccessPolicies(
  connection: AzureConnection,
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

/** Replaces all stored access policies of a table. Throws `store.table-not-found`. */
export async function setAccessPolicies(
  connection: AzureConnection,
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

function subject(table: string, kind: RequestSubject['kind']): RequestSubject {
  return { name: `the access policies of table "${table}"`, table, kind };
}

function tableClient({ client, httpClient }: AzureConnection, table: string, expected: ExpectedAnswer): TableClient {
  const { url, pipeline } = client;
  const made = new TableClient(url, table, { allowInsecureConnection: url.startsWith('http:'), httpClient });
  return sendingAs(made, pipeline, expected);
}
