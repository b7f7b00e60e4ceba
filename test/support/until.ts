import { setTimeout as wait } from 'node:timers/promises';

/** How long is waited: as long as no test takes on the slowest machine. */
const TIMEOUT = 15_000;

/** Waits until something holds, and fails when it never does; `problem` says what it was waiting for. */
export async function until(holds: () => boolean, problem: () => string): Promise<void> {
  const ends = performance.now() + TIMEOUT;
  while (!holds()) {
    if (performance.now() > ends) throw new Error(problem());
    await wait(5);
  }
}
