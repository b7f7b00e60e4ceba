import { setMaxListeners } from 'node:events';
import { onAbort } from '../async/on-abort.js';

/** Runs work that has many requests listen to a signal at once: one listens, and Node warns of no leak. */
export async function withWideSignal<T>(
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
