import type { OptionNames } from '../errors/options.js';

/** What every operation that does I/O takes. */
export interface OperationOptions {
  /** Stops the operation, whatever it waits for: it fails with `store.aborted`. */
  readonly signal?: AbortSignal | undefined;
  /** Milliseconds until the operation, of a scan each page, fails with `store.timeout`. */
  readonly timeout?: number | undefined;
}

/** What they may be called. */
export const OPERATION_NAMES: OptionNames<OperationOptions> = { signal: true, timeout: true };
