import { randomUUID } from 'node:crypto';
import type { ServiceLimits } from '../../store/limits.js';
import type { TableStore } from '../../store/table-store.js';
import { EmbeddedStore } from '../embedded/embedded-store.js';
import { MemoryRows } from './memory-rows.js';

/** Options of an in-memory store, which by default behaves like Azure Table Storage. */
export interface MemoryStoreOptions {
  /** The limits that the store enforces; those of Azure Table Storage by default. */
  readonly limits?: ServiceLimits | undefined;
  /**
   * Returns the current time, in milliseconds since 1970, for the timestamps of rows; the system's clock by default.
   */
  readonly clock?: (() => number) | undefined;
}

/**
 * Creates an empty store in the memory of this process, for tests and for data that need not last. Each call creates a
 * separate store.
 */
export function memoryStore({ limits, clock }: MemoryStoreOptions = {}): TableStore {
  return new EmbeddedStore(new MemoryRows(), { kind: 'memory', identity: `memory:${randomUUID()}`, limits, clock });
}
