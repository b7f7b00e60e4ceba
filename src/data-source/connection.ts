import type { OptionNames } from '../options/check-option.js';
import { observer } from '../observability/observer.js';
import type { Verbs } from '../observability/verbs.js';
import { NO_RETRIES, retryPolicy } from '../resilience/retry-settings.js';
import { ResilientStore } from '../resilience/resilient-store.js';
import type { Deadline } from '../async/deadline.js';
import type { TableStore } from '../store/table-store.js';
import { lazyTables } from './lazy-tables.js';
import { openStore } from './open-store.js';
import type { DataSourceOptions, DataSourceTarget } from './options.js';

/** Options of `DataSource.close`. */
export interface CloseOptions {
  /** Milliseconds to wait for the operations in flight before they are stopped; 30,000 by default. */
  readonly timeout?: number | undefined;
}

/** The valid names of the options of `close`. */
export const CLOSE_NAMES: OptionNames<CloseOptions> = { timeout: true };

/**
 * The opened store of a data source in three forms: without wrappers (`bare`), with retries (`strict`), and with tables
 * created on demand as well (`store`), each as far as the options require it.
 */
export interface Connection {
  readonly store: TableStore;
  /** The store with retries that creates no tables on demand: writes to a missing table fail, and so do reads. */
  readonly strict: TableStore;
  /** The opened store without any wrapper: it neither retries nor creates tables on demand. */
  readonly bare: TableStore;
  close(options?: CloseOptions): Promise<void>;
}

/** Opens a store and wraps it as the options require. */
export async function connect(
  target: DataSourceTarget,
  options: DataSourceOptions,
  verbs: Verbs | undefined,
  deadline: Deadline,
): Promise<Connection> {
  const { retry, logger, metrics, ensureTables } = options;
  const policy = retry === false ? NO_RETRIES : retryPolicy(retry);
  const { store: bare, kind } = await openStore(target, options, deadline);
  const made = (store: TableStore): TableStore => (ensureTables === 'never' ? store : lazyTables(store));

  const isWanted = kind === 'azure' || (kind === 'own' && retry !== undefined);
  if (!isWanted && (logger ?? metrics ?? verbs) === undefined) {
    return {
      bare,
      strict: bare,
      store: made(bare),
      close: async (closing) => (bare.close === undefined ? bare[Symbol.asyncDispose]() : bare.close(closing)),
    };
  }
  // Spans come from a package of the Azure SDK, which the Azure store has loaded by now; other stores need not load it.
  const startSpan = isWanted ? (await import('../observability/spans.js')).spans(bare.traits.kind) : undefined;
  const begin = observer({ logger, metrics, startSpan, verbs });
  const resilient = new ResilientStore(bare, isWanted ? policy : NO_RETRIES, begin);
  return { bare, strict: resilient, store: made(resilient), close: (closing) => resilient.close(closing) };
}
