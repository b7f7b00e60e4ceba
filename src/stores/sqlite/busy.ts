import { setImmediate, setTimeout } from 'node:timers/promises';
import { EntitableError } from '../../errors/entitable-error.js';
import type { Deadline } from '../../store/deadline.js';

/** Milliseconds after which a store that another process holds is given up, where the operation has no time of its own. */
const LONGEST_WAIT = 30_000;
/** Milliseconds between two tries at most. */
const LONGEST_PAUSE = 20;
/** Tries in turns of the event loop that follow each other, before there are pauses: most transactions take less than a millisecond. */
const TRIES_AT_ONCE = 3;

/** Another connection holds what was asked for. Never seen by users: it is asked for again. */
export class Busy extends Error {}

/** Waits in turn until what another process holds is free. The event loop goes on meanwhile. */
export class Turn {
  readonly #path: string;
  readonly #began = performance.now();
  #tries = 0;

  constructor(path: string) {
    this.#path = path;
  }

  /** Waits before the next try. Throws `store.unavailable` when it has taken too long. */
  async next(): Promise<void> {
    if (performance.now() - this.#began > LONGEST_WAIT) throw heldByOther(this.#path);
    this.#tries += 1;
    if (this.#tries <= TRIES_AT_ONCE) await setImmediate();
    else await setTimeout(Math.min(2 ** (this.#tries - TRIES_AT_ONCE), LONGEST_PAUSE) * (0.5 + Math.random() / 2));
  }
}

/** What an attempt gives, once it is not {@link Busy}. Throws what the deadline does when that ends first. */
export async function whenFree<T>(path: string, attempt: () => T, deadline?: Deadline): Promise<T> {
  const turn = new Turn(path);
  for (;;) {
    deadline?.check();
    try {
      return attempt();
    } catch (error) {
      if (!(error instanceof Busy)) throw error;
    }
    await turn.next();
  }
}

/** The error for a store that another process does not let go of. */
export function heldByOther(path: string): EntitableError {
  return new EntitableError(
    'store.unavailable',
    `Another process has held the store in ${path} for ${LONGEST_WAIT / 1000} seconds; nothing was done. ` +
      'It may be stopped, or in a very long transaction: see which processes have the file open.',
    {},
  );
}
