import { EntitableError } from '../errors/entitable-error.js';
import { checkCount } from '../query/check-option.js';
import { checkTimeout } from '../store/check-timeout.js';
import type { OperationOptions } from '../store/table-store.js';
import { jitteredWait } from './jittered-wait.js';
import type { ModifyOptions } from './session.js';

const WAITS = Object.freeze({ first: 4, longest: 500 });

/** What is done, again and again, until nobody else was faster. */
export interface Modification<T> {
  readonly read: (limits: OperationOptions) => Promise<T>;
  readonly change: (entity: T) => unknown;
  readonly write: (entity: T, limits: OperationOptions) => Promise<T>;
  /** Whether a refusal of the write means that another writer was faster. */
  readonly canLose: (entity: T) => boolean;
}

/** Reads, changes and writes, and does so again when another writer was faster: only after a refusal that is certain, and not for ever. */
export async function modify<T>(
  { read, change, write, canLose }: Modification<T>,
  { maxRetries = 20, signal, timeout }: ModifyOptions = {},
): Promise<T> {
  checkCount('maxRetries', maxRetries, 0);
  checkTimeout({ timeout });
  checkChange(change);
  const ends = timeout === undefined ? undefined : performance.now() + timeout;
  // One time limit for all tries: each request has what is left of it.
  const limits = (): OperationOptions => ({
    signal,
    ...(ends !== undefined && { timeout: Math.max(0, ends - performance.now()) }),
  });
  for (let retry = 1; ; retry++) {
    const entity = await read(limits());
    await change(entity);
    try {
      return await write(entity, limits());
    } catch (error) {
      const lost = EntitableError.is(error, 'store.precondition-failed') && canLose(entity);
      if (!lost || retry > maxRetries) throw error;
    }
    await jitteredWait(retry, WAITS, signal);
  }
}

function checkChange(change: unknown): void {
  if (typeof change === 'function') return;
  const found = change === null ? 'null' : typeof change;
  throw new EntitableError(
    'validation.invalid-option',
    `modify takes a function that changes the entity, not ${found}.`,
    { option: 'change', expected: 'a function', found },
  );
}
