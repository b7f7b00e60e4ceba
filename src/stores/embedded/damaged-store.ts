import { EntitableError } from '../../errors/entitable-error.js';

/**
 * Creates the error for stored bytes that this library cannot have written. `what` describes the corruption in a clause
 * that follows "The store is damaged: ".
 */
export function damagedStore(what: string): EntitableError {
  return new EntitableError('store.damaged', `The store is damaged: ${what}. Put a backup in its place.`, {});
}
