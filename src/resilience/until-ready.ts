import { EntitableError } from '../errors/entitable-error.js';
import { typeName } from '../errors/type-name.js';
import { invalidOption, type OptionNames } from '../options/check-option.js';
import { checkOperation, OPERATION_NAMES, type OperationOptions } from '../options/operation-options.js';
import { observer } from '../observability/observer.js';
import type { TableStore } from '../store/table-store.js';
import { retryPolicy } from './retry-settings.js';
import { Attempts } from './attempts.js';

/** Options of `DataSource.ready`. */
export interface ReadyOptions extends OperationOptions {
  /** Throws the error of the first attempt, instead of retrying until the time limit is reached. */
  readonly failFast?: boolean | undefined;
  /** Name of a table to read from, for credentials that may not list tables. */
  readonly table?: string | undefined;
}

const READY_NAMES: OptionNames<ReadyOptions> = { ...OPERATION_NAMES, failFast: true, table: true };
const TIMEOUT = 30_000;

/**
 * Resolves when a store responds. Otherwise throws the reason: at once if waiting cannot help, or else when the time
 * limit is reached.
 */
export async function untilReady(store: TableStore, options: ReadyOptions): Promise<void> {
  checkOperation(options, READY_NAMES);
  const { failFast = false, table, signal, timeout = TIMEOUT } = options;
  if (table !== undefined && typeof table !== 'string') throw invalidOption('table', 'a table name', typeName(table));
  const policy = retryPolicy({
    maxRetries: failFast ? 0 : Number.MAX_SAFE_INTEGER,
    tryTimeout: 5000,
    fast: { slot: 50, ceiling: 1000 },
    slow: { ceiling: 2000 },
  });
  const tries = new Attempts(policy, observer({})('list-tables'), { signal, timeout });
  await tries.repeat(() => probe(store, table, tries.options));
}

async function probe(store: TableStore, table: string | undefined, options: OperationOptions): Promise<void> {
  await store.ready?.(options);
  if (table === undefined) {
    await store.tables({}, options);
    return;
  }
  try {
    await store.rows(table, { properties: [] }).get('', '', () => undefined, { select: [] }, options);
  } catch (error) {
    // Even a missing table shows that the service has responded and has accepted the credentials.
    if (!EntitableError.is(error, 'store.table-not-found')) throw error;
  }
}
