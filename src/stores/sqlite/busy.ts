import { setImmediate, setTimeout } from 'node:timers/promises';
import { EntitableError } from '../../errors/entitable-error.js';
import type { Deadline } from '../../async/deadline.js';

/** Milliseconds after which a store that another process holds is given up, where the operation has no time of its own. */
const LONGEST_WAIT = 30_000;
/** Milliseconds between two tries at most. */
const LONGEST_PAUSE = 20;
/** Tries in turns of the event loop that follow each other, before there are pauses: most transactions take less than a millisecond. */
const TRIES_AT_ONCE = 3;

/** Another connection holds what was asked for. Never seen by users: it is asked for again. */
export class Busy extends Error {}

/** The pauses between tries to get what another process holds. The event loop goes on meanwhile. */
export class Turn {
  #tries = 0;

  async next(): Promise<void> {
    this.#tries += 1;
    if (this.#tries <= TRIES_AT_ONCE) await setImmediate();
    else await setTimeout(Math.min(2 ** (this.#tries - TRIES_AT_ONCE), LONGEST_PAUSE) * (0.5 + Math.random() / 2));
  }
}

/** How long an operation may wait for another process: as long as it has time, or for {@link LONGEST_WAIT} where it has no end of its own. */
export class Patience {
  readonly #path: string;
  readonly #deadline: Deadline | undefined;
  readonly #ends: number;

  constructor(path: string, deadline: Deadline | undefined) {
    this.#path = path;
    this.#deadline = deadline;
    this.#ends = deadline?.rest.timeout === undefined ? performance.now() + LONGEST_WAIT : Number.POSITIVE_INFINITY;
  }

  /** Throws what the deadline does when it has ended, and `store.unavailable` when the wait was too long. */
  check(): void {
    this.#deadline?.check();
    if (performance.now() > this.#ends) throw heldByOther(this.#path, `for ${LONGEST_WAIT / 1000} seconds`);
  }
}

/** What an attempt gives, once it is not {@link Busy}. Throws what {@link Patience.check} does when that ends first. */
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

/** The error for a store that another process does not let go of. */
export function heldByOther(path: string, howLong = 'for too long'): EntitableError {
  return new EntitableError(
    'store.unavailable',
    `Another process has held the store in ${path} ${howLong}; nothing was done. ` +
      'It may be stopped, or in a very long transaction: see which processes have the file open.',
    {},
  );
}
