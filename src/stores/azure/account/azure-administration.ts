import type {
  AccessPolicy,
  AccountSasOptions,
  ServiceAdministration,
  ServiceProperties,
  ServiceStatistics,
  TableSasOptions,
  SharedAccess,
} from '../../../store/service-administration.js';
import type { OperationOptions } from '../../../options/operation-options.js';
import type { AzureConnection } from '../azure-connection.js';

/**
 * Administers an account: access policies, SAS, service properties and statistics. Programs use this rarely, so each
 * part is loaded on first use.
 */
export class AzureAdministration implements ServiceAdministration {
  readonly #connection: AzureConnection;

  constructor(connection: AzureConnection) {
    this.#connection = connection;
  }

  async getAccessPolicies(table: string, options?: OperationOptions): Promise<readonly AccessPolicy[]> {
    return (await import('./access-policies.js')).getAccessPolicies(this.#connection, table, options);
  }

  async setAccessPolicies(table: string, policies: readonly AccessPolicy[], options?: OperationOptions): Promise<void> {
    return (await import('./access-policies.js')).setAccessPolicies(this.#connection, table, policies, options);
  }

  async generateTableSas(table: string, options: TableSasOptions): Promise<SharedAccess> {
    return (await import('./shared-access-signatures.js')).generateTableSas(this.#connection, table, options);
  }

  async generateAccountSas(options: AccountSasOptions): Promise<SharedAccess> {
    return (await import('./shared-access-signatures.js')).generateAccountSas(this.#connection, options);
  }

  async getServiceProperties(options?: OperationOptions): Promise<ServiceProperties> {
    return (await import('./service-properties.js')).getServiceProperties(this.#connection, options);
  }

  async setServiceProperties(properties: ServiceProperties, options?: OperationOptions): Promise<void> {
    return (await import('./service-properties.js')).setServiceProperties(this.#connection, properties, options);
  }

  async getStatistics(options?: OperationOptions): Promise<ServiceStatistics> {
    return (await import('./statistics.js')).getStatistics(this.#connection, options);
  }
}
