import { setMaxListeners } from 'node:events';

/**
 * Calls a listener once when a signal is aborted, immediately if it is aborted already. Returns a function that removes
 * the listener. Any number of operations may share a signal, so Node's warning about many listeners is turned off for
 * it.
 */
export function onAbort(signal: AbortSignal | undefined, listener: () => void): () => void {
  if (signal === undefined) return nothing;
  if (signal.aborted) {
    listener();
    return nothing;
  }
  if (signal instanceof EventTarget) setMaxListeners(0, signal); // other implementations do not count listeners
  signal.addEventListener('abort', listener, ONCE);
  return () => signal.removeEventListener('abort', listener);
}

const ONCE = Object.freeze({ once: true });

function nothing(): void {}

/**
 * Aborts a controller when a signal is aborted, with the signal's reason, until the returned function is called. Used
 * by operations that stop their requests for reasons of their own as well as at their caller's signal.
 * `AbortSignal.any` is not used for this, because a signal that lives as long as the process, e.g. a server's, would
 * retain memory for every operation. Measured on Node 20.20 with 100,000 operations under one signal: `AbortSignal.any`
 * retained 56 bytes for each, 1.2 KB if the combined signal still had a listener, and took three times as long.
 */
export function linkSignal(signal: AbortSignal | undefined, controller: AbortController): () => void {
  return onAbort(signal, () => controller.abort(signal?.reason));
}

/**
 * Calls `work` with a private signal that is aborted when `signal` is, so that many requests can listen to it without
 * Node's MaxListeners warning.
 */
export async function withLinkedSignal<T>(
  signal: AbortSignal | undefined,
  work: (signal: AbortSignal | undefined) => Promise<T>,
): Promise<T> {
  if (signal === undefined) return work(undefined);
  const own = new AbortController();
  setMaxListeners(0, own.signal);
  const release = linkSignal(signal, own);
  try {
    return await work(own.signal);
  } finally {
    release();
  }
}
