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

/** How a connection is closed. */
export interface CloseOptions {
  /** Milliseconds that operations under way have before they are stopped; 30,000 by default. */
  readonly timeout?: number | undefined;
}

/** What they may be called. */
export const CLOSE_NAMES: OptionNames<CloseOptions> = { timeout: true };

/** A store as a data source works with it. */
export interface Connection {
  readonly store: TableStore;
  /** The same, but that no write makes a missing table and no read takes it for an empty one. */
  readonly strict: TableStore;
  /** The store itself: nothing is tried again, no table made. */
  readonly bare: TableStore;
  close(options?: CloseOptions): Promise<void>;
}

/** Opens a store, and puts around it what the options ask for. */
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
  // Spans are the SDK's: who has loaded it already pays nothing for them.
  const startSpan = isWanted ? (await import('../observability/spans.js')).spans(bare.traits.kind) : undefined;
  const begin = observer({ logger, metrics, startSpan, verbs });
  const resilient = new ResilientStore(bare, isWanted ? policy : NO_RETRIES, begin);
  return { bare, strict: resilient, store: made(resilient), close: (closing) => resilient.close(closing) };
}
