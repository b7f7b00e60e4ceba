import { setMaxListeners } from 'node:events';

/**
 * Calls a listener when a signal is aborted: once, and at once if it is aborted already. Returns what ends that. Any number of operations
 * may share a signal, so Node is told not to take many listeners for a leak.
 */
export function onAbort(signal: AbortSignal | undefined, listener: () => void): () => void {
  if (signal === undefined) return nothing;
  if (signal.aborted) {
    listener();
    return nothing;
  }
  if (signal instanceof EventTarget) setMaxListeners(0, signal); // another implementation of signals does not count
  signal.addEventListener('abort', listener, ONCE);
  return () => signal.removeEventListener('abort', listener);
}

const ONCE = Object.freeze({ once: true });

function nothing(): void {}

/** Runs work that has many requests listen to a signal at once: one listens, and Node warns of no leak. */
export async function withLinkedSignal<T>(
  signal: AbortSignal | undefined,
  work: (signal: AbortSignal | undefined) => Promise<T>,
): Promise<T> {
  if (signal === undefined) return work(undefined);
  const wide = new AbortController();
  setMaxListeners(0, wide.signal);
  const release = onAbort(signal, () => wide.abort(signal.reason));
  try {
    return await work(wide.signal);
  } finally {
    release();
  }
}
