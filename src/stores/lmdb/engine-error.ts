import { EntitableError } from '../../errors/entitable-error.js';
import { sqliteRemedyFor } from '../sqlite/sqlite-error.js';

/** The operation that failed, worded as the end of a sentence that begins with "The store in <path>". */
export type EngineTask =
  'cannot be copied' | 'cannot be opened' | 'cannot be read' | 'cannot be written; nothing was' | 'cannot be closed';

/**
 * An error of LMDB or of Node.js. LMDB reports its own error numbers, and those of the operating system, as a numeric
 * `code`; Node.js reports the latter as a negative `errno`.
 */
interface EngineFailure {
  readonly code?: unknown;
  readonly errno?: number;
}

/** Messages that are more helpful than LMDB's own, by the error numbers of LMDB and of the operating system. */
const REMEDIES: ReadonlyMap<number, string> = new Map([
  [-30_792, 'the store cannot grow any further in the address space of this process.'], // MDB_MAP_FULL
  [12, 'there is not enough memory, or address space, to map the store.'], // ENOMEM
  [28, 'the disk is full. Make room; the store works again then.'], // ENOSPC
  [27, 'the file would be larger than the file system or the limits of this process allow.'], // EFBIG
  [122, 'the disk quota is used up. Make room; the store works again then.'], // EDQUOT
  [30, 'the file system is mounted read-only.'], // EROFS
]);

/**
 * Converts a failure of LMDB or of the file system to an `EntitableError`. Every failed call of LMDB is converted by
 * this function. An `EntitableError` thrown by code inside such a call is returned unchanged.
 */
export function engineError(path: string, task: EngineTask, cause: unknown): EntitableError {
  if (EntitableError.is(cause)) return cause;
  const { code, errno } = (typeof cause === 'object' && cause !== null ? cause : {}) as EngineFailure;
  const message = cause instanceof Error ? cause.message : String(cause);
  const reason =
    REMEDIES.get(typeof code === 'number' ? code : -(errno ?? 0)) ??
    sqliteRemedyFor(cause) ??
    `${message}. Check that the directory can be written, that the disk has room, and that the files are a store's.`;
  return new EntitableError('store.unavailable', `The store in ${path} ${task}: ${reason}`, {}, { cause });
}
