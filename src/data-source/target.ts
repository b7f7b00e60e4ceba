import type { TableStore } from '../store/table-store.js';
import type { AzureTarget } from '../stores/azure/azure-target.js';

/** Where the tables are. */
export type DataSourceTarget =
  /** `'memory:'`, `'sqlite:PATH'`, `'lmdb:PATH'`, `'UseDevelopmentStorage=true'`, or a connection string of Azure Storage or Cosmos DB. */
  | 'memory:'
  | `sqlite:${string}`
  | `lmdb:${string}`
  | (string & {})
  | AzureTarget
  /** Any store that has the port. */
  | TableStore;
