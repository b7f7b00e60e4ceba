import { setTimeout as wait } from 'node:timers/promises';
import { EntitableError } from '../errors/entitable-error.js';

/** Milliseconds, some 24 days: Node takes more for 1. */
export const LONGEST_TIMER = 2 ** 31 - 1;

/** Starts a timer whose time a user or a server said: one that is longer than Node's longest is that long. */
export function startTimer(listener: () => void, milliseconds: number): NodeJS.Timeout {
  return setTimeout(listener, Math.min(milliseconds, LONGEST_TIMER));
}

/** Milliseconds: the longest first wait, doubled with every attempt up to the longest of all. */
export interface Waits {
  readonly first: number;
  readonly longest: number;
}

/** Full jitter: writers that collided once do not collide again in step. Throws `store.aborted`. */
export async function jitteredWait(attempt: number, { first, longest }: Waits, signal?: AbortSignal): Promise<void> {
  try {
    await wait(Math.random() * Math.min(longest, first * 2 ** attempt), undefined, signal && { signal });
  } catch (cause) {
    throw new EntitableError(
      'store.aborted',
      'The write was aborted while it waited to be tried again.',
      {},
      { cause },
    );
  }
}
