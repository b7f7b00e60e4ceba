/** Milliseconds, some 24 days: Node takes more for 1. */
export const LONGEST_TIMER = 2 ** 31 - 1;

/** Starts a timer whose time a user or a server said: one that is longer than Node's longest is that long. */
export function startTimer(listener: () => void, milliseconds: number): NodeJS.Timeout {
  return setTimeout(listener, Math.min(milliseconds, LONGEST_TIMER));
}
