import { Guid } from '../edm/guid.js';

/** Makes Guids that count up, `00000000-0000-4000-8000-000000000001` first: the same in every run of a test. */
export function sequentialGuids(): () => Guid {
  let count = 0;
  return () => Guid.parse(`00000000-0000-4000-8000-${(++count).toString(16).padStart(12, '0')}`);
}
