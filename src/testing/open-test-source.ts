import { DataSource } from '../data-source/data-source.js';
import type { DataSourceOptions } from '../data-source/options.js';
import { typeName } from '../errors/type-name.js';
import { invalidOption } from '../options/check-option.js';
import { resolveLimits, STORAGE_LIMITS } from '../store/limits.js';
import type { Guid } from '../edm/guid.js';
import { fixedClock, type FixedClock } from './fixed-clock.js';
import { recordingStore, requestNames, type RecordedRequest } from './recording-store.js';
import { sequentialGuids } from './sequential-guids.js';

/** A data source for one test, with the clock, the Guids and the recorded requests that its assertions need. */
export interface TestSource extends AsyncDisposable {
  /** The data source: empty, in memory, and as strict as the service. */
  readonly tables: DataSource;
  /**
   * The clock of the rows' timestamps. It advances only when the test advances it; ETags differ even while it does not.
   */
  readonly clock: FixedClock;
  /** Returns a new Guid each time, counting up from 1. */
  readonly nextGuid: () => Guid;
  /** All requests to the store so far, in order. */
  readonly requests: readonly RecordedRequest[];
  /** Returns the requests since the last call of `takeRequests`, each as one word. */
  takeRequests(): readonly string[];
}

/**
 * Opens an empty in-memory data source for a test. Its clock and its Guids are the same in every run, and it records
 * the requests that the store receives.
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
