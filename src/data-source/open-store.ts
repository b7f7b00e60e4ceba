import { EntitableError } from '../errors/entitable-error.js';
import { resolveLimits, STORAGE_LIMITS, type ServiceLimits } from '../store/limits.js';
import type { TableStore } from '../store/table-store.js';
import type { DataSourceOptions } from './options.js';
import type { DataSourceTarget } from './target.js';

const EXPECTED = Object.freeze([
  "'memory:'",
  "'lmdb:PATH'",
  "'UseDevelopmentStorage=true'",
  'a connection string of Azure Storage or Cosmos DB',
  '{ endpoint, credential }',
  "{ endpoint, identity: 'default' }",
  '{ serviceClient }',
  'a TableStore',
]);

/** A store, and whose it is: one of the embedded ones, Azure's, or the user's own. */
export interface OpenedStore {
  readonly store: TableStore;
  readonly kind: 'embedded' | 'azure' | 'own';
}

/** Opens the store that a target names; what a store needs is loaded only now. Throws `store.unknown-target`, which never echoes the target: it may hold a key. */
export async function openStore(target: DataSourceTarget, options: DataSourceOptions): Promise<OpenedStore> {
  const { limits, clock, durability, httpClient } = options;
  if (typeof target === 'string') {
    if (target === 'memory:') {
      const { memoryStore } = await import('../stores/memory/memory-store.js');
      return { kind: 'embedded', store: memoryStore({ limits: resolveLimits(STORAGE_LIMITS, limits), clock }) };
    }
    if (target.startsWith('lmdb:') && target !== 'lmdb:') {
      const { lmdbStore } = await import('../stores/lmdb/lmdb-store.js');
      const path = target.slice('lmdb:'.length);
      return {
        kind: 'embedded',
        store: await lmdbStore(path, { limits: resolveLimits(STORAGE_LIMITS, limits), clock, durability }),
      };
    }
    if (!/(^|;)\s*(AccountName|TableEndpoint|SharedAccessSignature|UseDevelopmentStorage)\s*=/i.test(target))
      throw unknownTarget();
  } else if (isTableStore(target)) {
    const own = target.traits.limits;
    return { kind: 'own', store: limits === undefined ? target : withLimits(target, resolveLimits(own, limits)) };
  } else if (typeof target !== 'object' || target === null || !('endpoint' in target || 'serviceClient' in target)) {
    throw unknownTarget();
  }
  const { openAzure } = await import('../stores/azure/open-azure.js');
  // What is tried again is tried by this library alone: the SDK's own retries would multiply it.
  return { kind: 'azure', store: await openAzure(target, { limits, httpClient, retry: { maxRetries: 0 } }) };
}

function isTableStore(target: unknown): target is TableStore {
  return typeof target === 'object' && target !== null && 'traits' in target && 'rows' in target && 'submit' in target;
}

function withLimits(store: TableStore, limits: ServiceLimits): TableStore {
  const traits = Object.freeze({ ...store.traits, limits });
  return {
    traits,
    service: store.service,
    rows: (table, shape) => store.rows(table, shape),
    submit: (table, writes, options) => store.submit(table, writes, options),
    createTable: (table, options) => store.createTable(table, options),
    deleteTable: (table, options) => store.deleteTable(table, options),
    tables: (request, options) => store.tables(request, options),
    [Symbol.asyncDispose]: () => store[Symbol.asyncDispose](),
  };
}

function unknownTarget(): EntitableError {
  return new EntitableError(
    'store.unknown-target',
    `The target of a data source is one of: ${EXPECTED.join('; ')}. What was given is none of them, and not shown, because it may hold a key.`,
    {
      expected: EXPECTED,
    },
  );
}
