import { DataSource } from '../data-source/data-source.js';
import type { DataSourceOptions } from '../data-source/options.js';
import { typeName } from '../errors/type-name.js';
import { invalidOption } from '../options/check-option.js';
import { resolveLimits, STORAGE_LIMITS } from '../store/limits.js';
import type { Guid } from '../edm/guid.js';
import { fixedClock, type FixedClock } from './fixed-clock.js';
import { recordingStore, requestNames, type RecordedRequest } from './recording-store.js';
import { sequentialGuids } from './sequential-guids.js';

/** A data source for one test, and what a test wants to know of it. */
export interface TestSource extends AsyncDisposable {
  /** Empty, in memory, and as strict as the service. */
  readonly tables: DataSource;
  /** Gives rows their timestamps; it stands still until it is moved, and ETags still differ. */
  readonly clock: FixedClock;
  /** Makes Guids that count up. */
  readonly nextGuid: () => Guid;
  /** Everything that was asked of the store, in order. */
  readonly requests: readonly RecordedRequest[];
  /** The same in a word each, forgetting them: what was asked since it was last called. */
  takeRequests(): readonly string[];
}

/**
 * Opens a fresh data source for a test: in memory, with a clock and Guids that are the same in every run, and a list of the requests made.
 *
 * @example
 * ```ts
 * await using test = await openTestSource();
 * const orders = test.tables.repository(Order);
 * await orders.insert(order);
 * expect(test.takeRequests()).to.deep.equal(['insert', 'createTable', 'insert']);
 * ```
 */
export async function openTestSource(
  options: Omit<DataSourceOptions, 'clock' | 'httpClient'> = {},
): Promise<TestSource> {
  if (typeof options !== 'object' || options === null) throw invalidOption('options', 'an object', typeName(options));
  const { memoryStore } = await import('../stores/memory/memory-store.js');
  const clock = fixedClock();
  const { store, requests } = recordingStore(
    memoryStore({ limits: resolveLimits(STORAGE_LIMITS, options.limits), clock: clock.now }),
  );
  const tables = await DataSource.open(store, options);
  return {
    tables,
    clock,
    nextGuid: sequentialGuids(),
    requests,
    takeRequests: () => requestNames(requests.splice(0)),
    [Symbol.asyncDispose]: () => tables.close(),
  };
}
