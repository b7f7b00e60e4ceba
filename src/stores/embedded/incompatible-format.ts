import { EntitableError } from '../../errors/entitable-error.js';

/** The error for files that are not this library's, or that it cannot read. */
export function incompatibleFormat(path: string, why: string): EntitableError {
  return new EntitableError(
    'store.incompatible-format',
    `The files in ${path} cannot be used: ${why}. Nothing was changed. Give another path, or use what wrote them.`,
    {},
  );
}
