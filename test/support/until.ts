import { setTimeout as wait } from 'node:timers/promises';

/** Milliseconds to wait at most: longer than any test takes on the slowest machine. */
const TIMEOUT = 15_000;

/** Waits until a condition holds, and fails if it never does. `problem` describes the missing condition. */
export async function until(holds: () => boolean, problem: () => string): Promise<void> {
  const ends = performance.now() + TIMEOUT;
  while (!holds()) {
    if (performance.now() > ends) throw new Error(problem());
    await wait(5);
  }
}
