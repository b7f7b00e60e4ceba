import { setTimeout as wait } from 'node:timers/promises';
import { EntitableError } from '../errors/entitable-error.js';
import { checkCount } from '../query/check-option.js';
import type { ModifyOptions } from './session.js';

const FIRST_WAIT = 4;
const LONGEST_WAIT = 500;

/** Reads, changes and writes, and does so again when another writer was faster: only after a refusal that is certain, and not for ever. */
export async function modify<T>(
  read: () => Promise<T>,
  change: (entity: T) => unknown,
  write: (entity: T) => Promise<T>,
  { attempts = 20, signal }: ModifyOptions,
): Promise<T> {
  checkCount('attempts', attempts, 1);
  for (let attempt = 1; ; attempt++) {
    const entity = await read();
    await change(entity);
    try {
      return await write(entity);
    } catch (error) {
      if (attempt >= attempts || !EntitableError.is(error, 'store.precondition-failed')) throw error;
    }
    await pause(attempt, signal);
  }
}

/** Full jitter: writers that collided once do not collide again in step. */
async function pause(attempt: number, signal: AbortSignal | undefined): Promise<void> {
  const longest = Math.min(LONGEST_WAIT, FIRST_WAIT * 2 ** attempt);
  try {
    await wait(Math.random() * longest, undefined, signal && { signal });
  } catch (cause) {
    throw new EntitableError('store.aborted', 'The change was aborted before it was written.', {}, { cause });
  }
}
