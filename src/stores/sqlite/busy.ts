import { setImmediate, setTimeout } from 'node:timers/promises';
import { EntitableError } from '../../errors/entitable-error.js';
import type { Deadline } from '../../async/deadline.js';

/** Maximum time, in milliseconds, that an operation without a timeout waits for a lock that another process holds. */
const LONGEST_WAIT = 30_000;
/** Maximum pause between two attempts, in milliseconds. */
const LONGEST_PAUSE = 20;
/**
 * Number of attempts without a pause, in consecutive turns of the event loop. They usually suffice, since most
 * transactions take less than a millisecond.
 */
const TRIES_AT_ONCE = 3;

/** Thrown internally when another connection holds a lock. Callers never see it, since the operation is retried. */
export class Busy extends Error {}

/** The growing pauses between attempts to take a lock that another process holds. They do not block the event loop. */
export class Turn {
  #tries = 0;

  async next(): Promise<void> {
    this.#tries += 1;
    if (this.#tries <= TRIES_AT_ONCE) await setImmediate();
    else await setTimeout(Math.min(2 ** (this.#tries - TRIES_AT_ONCE), LONGEST_PAUSE) * (0.5 + Math.random() / 2));
  }
}

/**
 * The time that an operation may wait for another process: until its deadline, or {@link LONGEST_WAIT} if it has no
 * timeout.
 */
export class Patience {
  readonly #path: string;
  readonly #deadline: Deadline | undefined;
  readonly #ends: number;

  constructor(path: string, deadline: Deadline | undefined) {
    this.#path = path;
    this.#deadline = deadline;
    this.#ends = deadline?.rest.timeout === undefined ? performance.now() + LONGEST_WAIT : Number.POSITIVE_INFINITY;
  }

  /**
   * Throws the deadline's error once the deadline has passed, and `store.unavailable` after {@link LONGEST_WAIT} for an
   * operation without a timeout.
   */
  check(): void {
    this.#deadline?.check();
    if (performance.now() > this.#ends) throw heldByOther(this.#path, `for ${LONGEST_WAIT / 1000} seconds`);
  }
}

/**
 * Calls `attempt` until it does not throw {@link Busy}, and returns its result. Throws the errors of {@link
 * Patience.check} if the time is up first.
 */
export async function whenFree<T>(path: string, attempt: () => T, deadline?: Deadline): Promise<T> {
  const turn = new Turn();
  const patience = new Patience(path, deadline);
  for (;;) {
    patience.check();
    try {
      return attempt();
    } catch (error) {
      if (!(error instanceof Busy)) throw error;
    }
    await turn.next();
  }
}

/** Creates the error for a store that another process keeps locked. */
export function heldByOther(path: string, howLong = 'for too long'): EntitableError {
  return new EntitableError(
    'store.unavailable',
    `Another process has held the store in ${path} ${howLong}; nothing was done. ` +
      'It may be stopped, or in a very long transaction: see which processes have the file open.',
    {},
  );
}
