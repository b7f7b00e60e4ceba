import type { OperationName } from '../observability/events.js';
import type { Operation } from '../observability/operation.js';
import type { ServiceAdministration } from '../store/service-administration.js';
import type { OperationOptions } from '../store/table-store.js';
import type { RetryPolicy } from './retry-settings.js';
import { Tries } from './tries.js';

/** Runs an operation of a store: observed, and among those that closing waits for. */
type Run = <T>(
  name: OperationName,
  table: string | undefined,
  options: OperationOptions | undefined,
  work: (operation: Operation, options: OperationOptions) => Promise<T>,
) => Promise<T>;

/** Administration that is tried again when it failed on its way: all of it is the same when it is done twice. */
export function resilientService(service: ServiceAdministration, policy: RetryPolicy, run: Run): ServiceAdministration {
  const repeated = <T>(
    name: OperationName,
    table: string | undefined,
    options: OperationOptions | undefined,
    send: (options: OperationOptions) => Promise<T>,
  ): Promise<T> =>
    run(name, table, options, (operation, running) => {
      const tries = new Tries(policy, operation, running);
      return tries.repeat(() => send(tries.options));
    });

  return {
    getAccessPolicies: (table, options) =>
      repeated('get-access-policies', table, options, (left) => service.getAccessPolicies(table, left)),
    setAccessPolicies: (table, policies, options) =>
      repeated('set-access-policies', table, options, (left) => service.setAccessPolicies(table, policies, left)),
    generateTableSas: (table, options) => service.generateTableSas(table, options),
    generateAccountSas: (options) => service.generateAccountSas(options),
    getServiceProperties: (options) =>
      repeated('get-service-properties', undefined, options, (left) => service.getServiceProperties(left)),
    setServiceProperties: (properties, options) =>
      repeated('set-service-properties', undefined, options, (left) => service.setServiceProperties(properties, left)),
    getStatistics: (options) => repeated('get-statistics', undefined, options, (left) => service.getStatistics(left)),
  };
}
