import { EntitableError } from '../errors/entitable-error.js';
import type { MatchWrites } from '../query/match-writes.js';

/** The refusal of a verb that writes at once, whatever a unit of work holds. */
export function notInUnit(verb: string): EntitableError {
  return new EntitableError(
    'commit.not-in-unit',
    `${verb} writes at once and cannot be held until a commit. Use it on a repository of the data source, outside the unit of work.`,
    { verb },
  );
}

/** The writes by filter of a unit of work: there are none. */
export const NO_WRITES: MatchWrites = Object.freeze({
  delete: () => {
    throw notInUnit('query.delete()');
  },
  merge: () => Promise.reject(notInUnit('query.merge()')),
  mergeEach: () => {
    throw notInUnit('query.merge()');
  },
});
