import { onAbort } from '../async/on-abort.js';
import { startTimer } from '../async/start-timer.js';
import { EntitableError } from '../errors/entitable-error.js';
import { checkOperation } from '../store/check-operation.js';
import type { OperationOptions } from '../store/table-store.js';

/**
 * Reads what is one answer to its caller within its `timeout`, however many pages that takes: a limit for each page would not end a
 * service that gives empty ones. Throws `store.timeout`.
 */
export async function withinTime<O extends OperationOptions, R>(
  options: O | undefined,
  read: (options: O | undefined) => Promise<R>,
): Promise<R> {
  checkOperation(options);
  if (options?.timeout === undefined) return read(options);
  const { signal, timeout } = options;
  const stop = new AbortController();
  let isLate = false;
  const timer = startTimer(() => {
    isLate = true;
    stop.abort();
  }, timeout);
  const release = onAbort(signal, () => stop.abort(signal?.reason));
  try {
    return await read({ ...options, signal: stop.signal });
  } catch (cause) {
    if (!isLate || !EntitableError.is(cause, 'store.aborted')) throw cause;
    const message = `The query took longer than its ${timeout} ms: all pages that it reads have them together.`;
    throw new EntitableError('store.timeout', message, cause.details, { cause });
  } finally {
    clearTimeout(timer);
    release();
  }
}
