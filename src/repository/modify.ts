import { EntitableError } from '../errors/entitable-error.js';
import { checkCount } from '../query/check-option.js';
import { jitteredWait } from './jittered-wait.js';
import type { ModifyOptions } from './session.js';

const WAITS = Object.freeze({ first: 4, longest: 500 });

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
    await jitteredWait(attempt, WAITS, signal);
  }
}
