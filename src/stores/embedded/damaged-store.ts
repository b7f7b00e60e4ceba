import { EntitableError } from '../../errors/entitable-error.js';

/** The error for rows that this library did not write so; `what` is wrong, as the sentence ends. */
export function damagedStore(what: string): EntitableError {
  return new EntitableError('store.damaged', `The store is damaged: ${what}. Put a backup in its place.`, {});
}
