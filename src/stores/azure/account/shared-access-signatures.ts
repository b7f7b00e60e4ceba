import {
  AzureNamedKeyCredential,
  generateAccountSas as signAccount,
  generateTableSas as signTable,
} from '@azure/data-tables';
import { EntitableError } from '../../../errors/entitable-error.js';
import {
  SharedAccess,
  type AccountSasOptions,
  type SasRestrictions,
  type TableSasOptions,
} from '../../../store/service-administration.js';
import type { AzureConnection } from '../azure-connection.js';
import { flagsOf } from './access-policies.js';

/** Signs a SAS for a table, without I/O. Throws `store.unauthorized` if the account's key is not known. */
export function generateTableSas(connection: AzureConnection, table: string, options: TableSasOptions): SharedAccess {
  const { permissions, expiry, policy, from, to } = options;
  return sign(connection, (key) =>
    signTable(table, key, {
      ...restrictions(connection, options),
      ...(permissions && { permissions: flagsOf(permissions) }),
      ...(expiry && { expiresOn: expiry }),
      ...(policy !== undefined && { identifier: policy }),
      ...(from && { startPartitionKey: from.partitionKey }),
      ...(from?.rowKey !== undefined && { startRowKey: from.rowKey }),
      ...(to && { endPartitionKey: to.partitionKey }),
      ...(to?.rowKey !== undefined && { endRowKey: to.rowKey }),
    }),
  );
}

/** Signs a SAS for the account's tables, without I/O. Throws `store.unauthorized` if the account's key is not known. */
export function generateAccountSas(connection: AzureConnection, options: AccountSasOptions): SharedAccess {
  const { permissions, expiry, resourceTypes = ['service', 'container', 'object'] } = options;
  return sign(connection, (key) =>
    signAccount(key, {
      ...restrictions(connection, options),
      permissions: flagsOf(permissions),
      expiresOn: expiry,
      services: { table: true },
      resourceTypes: resourceTypes.map(([letter]) => letter).join(''),
    }),
  );
}

type Restrictions = Pick<NonNullable<Parameters<typeof signTable>[2]>, 'startsOn' | 'ipRange' | 'protocol'>;

function restrictions({ endpoint }: AzureConnection, { start, ipRange, protocol }: SasRestrictions): Restrictions {
  const allowed = protocol ?? (endpoint.startsWith('https:') ? 'https' : undefined);
  return {
    ...(start && { startsOn: start }),
    ...(ipRange && {
      ipRange: ipRange.end === undefined ? { start: ipRange.start } : { start: ipRange.start, end: ipRange.end },
    }),
    ...(allowed && { protocol: allowed }),
  };
}

function sign({ endpoint, key }: AzureConnection, signed: (key: AzureNamedKeyCredential) => string): SharedAccess {
  if (key === undefined) {
    throw new EntitableError(
      'store.unauthorized',
      "A SAS is signed with the account's key, and this data source was opened without it: by a SAS, a token or a client. Open one by a connection string with AccountKey, or by { endpoint, credential: { name, key } }.",
      {},
    );
  }
  return new SharedAccess(endpoint, signed(new AzureNamedKeyCredential(key.name, key.key)));
}
