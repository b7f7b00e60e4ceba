import { EntitableError } from '../errors/entitable-error.js';
import type { Change } from './change.js';
import type { SeenRows } from './seen-rows.js';

/**
 * Whether a write was refused because another writer was faster on a row that the unit of work had read, or had found missing: the same
 * work may succeed when it reads anew. A taken key that nobody looked for, or an ETag from elsewhere, is refused again.
 */
export function isLostRace({ row: { mapper, address }, ifMatch }: Change, refused: unknown, seen: SeenRows): boolean {
  if (!EntitableError.is(refused, 'store.')) return false;
  const { table } = mapper.source;
  const isConditional = ifMatch !== undefined && ifMatch !== '*';
  switch (refused.code) {
    case 'store.already-exists':
      return seen.wasMissing(table, address);
    case 'store.precondition-failed':
      return isConditional && seen.wasUnder(table, address, ifMatch);
    case 'store.not-found':
      return isConditional ? seen.wasUnder(table, address, ifMatch) : seen.wasPresent(table, address);
    default:
      return false;
  }
}
