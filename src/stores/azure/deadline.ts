import { setMaxListeners } from 'node:events';
import { checkTimeout } from '../../store/check-timeout.js';
import type { OperationOptions } from '../../store/table-store.js';

/** What stopped an operation before its end. */
export class Stopped extends Error {
  readonly code: 'store.aborted' | 'store.timeout';

  constructor(code: Stopped['code'], cause?: unknown) {
    super(code, { cause });
    this.code = code;
  }
}

const LONGEST_TIMER = 2 ** 31 - 1;

/**
 * Runs an operation under its signal and its time limit; when either stops it, the operation's own signal is aborted and `Stopped` is
 * thrown at once, even if what was running does not listen.
 */
export function underDeadline<T>(
  options: OperationOptions | undefined,
  run: (signal: AbortSignal | undefined) => Promise<T>,
): Promise<T> {
  return options?.signal === undefined && options?.timeout === undefined ? run(undefined) : runUnder(options, run);
}

async function runUnder<T>(
  { signal, timeout }: OperationOptions,
  run: (signal: AbortSignal | undefined) => Promise<T>,
): Promise<T> {
  checkTimeout({ timeout });
  if (signal?.aborted) throw new Stopped('store.aborted', signal.reason);
  if (timeout !== undefined && timeout <= 0) throw new Stopped('store.timeout');

  const controller = new AbortController();
  let onAbort: (() => void) | undefined;
  let timer: NodeJS.Timeout | undefined;
  const stopped = new Promise<never>((_, reject) => {
    const stop = (reason: Stopped): void => {
      reject(reason);
      controller.abort();
    };
    onAbort = () => stop(new Stopped('store.aborted', signal?.reason));
    if (timeout !== undefined)
      timer = setTimeout(() => stop(new Stopped('store.timeout')), Math.min(timeout, LONGEST_TIMER));
  });
  if (signal !== undefined) {
    setMaxListeners(0, signal); // many operations may share a signal: Node would warn of a leak
    signal.addEventListener('abort', onAbort!, { once: true });
  }
  try {
    return await Promise.race([run(controller.signal), stopped]);
  } finally {
    clearTimeout(timer);
    signal?.removeEventListener('abort', onAbort!);
  }
}
