import { Guid } from '../edm/guid.js';

/**
 * Creates a function that returns Guids counting up from `00000000-0000-4000-8000-000000000001`, so that every run of a
 * test has the same ones.
 */
export function sequentialGuids(): () => Guid {
  let count = 0;
  return () => Guid.parse(`00000000-0000-4000-8000-${(++count).toString(16).padStart(12, '0')}`);
}
