import { EntitableError } from '../errors/entitable-error.js';

/** Which of the writes that were sent together a store refused; `undefined` where it does not say, or did not refuse one of them. */
export function refusedOperation<W>(writes: readonly W[], error: unknown): W | undefined {
  if (!EntitableError.is(error, 'store.') || !('operation' in error.details)) return undefined;
  const { operation } = error.details;
  return operation === undefined ? undefined : writes[operation];
}

/** Refusals that concern one write, and not the store's state or the way to it. */
const OF_WRITES: readonly string[] = [
  'store.already-exists',
  'store.not-found',
  'store.precondition-failed',
  'store.rejected',
];

/** Whether a store refused a write for what it is, so that leaving it out helps. */
export function isOfWrite(error: unknown): boolean {
  return EntitableError.is(error) && OF_WRITES.includes(error.code);
}
