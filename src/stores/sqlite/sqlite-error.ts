import { EntitableError } from '../../errors/entitable-error.js';

/** The operation that failed, worded as the end of a sentence that begins with "The store in <path>". */
export type SqliteTask =
  'cannot be opened' | 'cannot be read' | 'cannot be written; nothing was' | 'cannot be closed' | 'cannot be copied';

/** The primary result codes of SQLite that the store distinguishes. */
const RESULT = Object.freeze({
  error: 1,
  permission: 3,
  busy: 5,
  locked: 6,
  noMemory: 7,
  readOnly: 8,
  inputOutput: 10,
  corrupt: 11,
  full: 13,
  cannotOpen: 14,
  protocol: 15,
  noDatabase: 26,
});
/** Result code for a file that ends before a page that SQLite expects in it. */
const SHORT_READ = RESULT.inputOutput | (2 << 8);
/** Result codes for a disk that failed to confirm that data was written. */
const SYNC_FAILED: ReadonlySet<number> = new Set([RESULT.inputOutput | (4 << 8), RESULT.inputOutput | (5 << 8)]);

const REMEDIES: ReadonlyMap<number, string> = new Map([
  [RESULT.permission, 'the operating system does not permit it.'],
  [RESULT.busy, 'another process holds it. Try again later.'],
  [RESULT.locked, 'another connection holds it. Try again later.'],
  [RESULT.noMemory, 'there is not enough memory.'],
  [RESULT.readOnly, 'the file, its folder or the file system cannot be written.'],
  [RESULT.inputOutput, 'the disk failed. The store works again when the disk does.'],
  [RESULT.full, 'the disk is full, or a quota is. Make room; the store works again then.'],
  [
    RESULT.cannotOpen,
    'the file, or one that belongs to it, cannot be opened. Check that they are there, and that the process has file descriptors left (ulimit -n).',
  ],
]);
/** Failures that may be caused by missing permissions. */
const RIGHTS: ReadonlySet<unknown> = new Set([
  RESULT.permission,
  RESULT.readOnly,
  RESULT.cannotOpen,
  'EACCES',
  'EPERM',
  'EROFS',
]);
/** Failures of a process or a system with too many open files. */
const TOO_MANY_FILES: ReadonlySet<unknown> = new Set(['EMFILE', 'ENFILE']);

/**
 * Result codes by SQLite's messages. They are needed because `@photostructure/sqlite` reports only a message if `all`
 * of a statement fails.
 */
const WORDS: ReadonlyMap<string, number> = new Map([
  ['database is locked', RESULT.busy],
  ['database table is locked', RESULT.locked],
  ['out of memory', RESULT.noMemory],
  ['disk I/O error', RESULT.inputOutput],
  ['database disk image is malformed', RESULT.corrupt],
  ['unable to open database file', RESULT.cannotOpen],
  ['file is not a database', RESULT.noDatabase],
]);

/** Returns SQLite's result code of an error; `undefined` if the error is not from SQLite. */
function resultOf(error: unknown): number | undefined {
  const { errcode, message } = (error ?? {}) as { readonly errcode?: unknown; readonly message?: string };
  return typeof errcode === 'number' ? errcode : WORDS.get(message ?? '');
}

/** Returns whether an error means that another connection holds a lock, so that the operation should be retried. */
export function isBusy(error: unknown): boolean {
  const primary = (resultOf(error) ?? 0) & 0xff;
  return primary === RESULT.busy || primary === RESULT.locked || primary === RESULT.protocol;
}

/**
 * Returns whether an error means that SQLite found the file corrupt or incomplete, or that it is not an SQLite file.
 */
export function isDamage(error: unknown): boolean {
  const result = resultOf(error) ?? 0;
  const primary = result & 0xff;
  return primary === RESULT.corrupt || primary === RESULT.noDatabase || result === SHORT_READ;
}

/** Returns whether an error means that a file is not an SQLite file. */
export function isNoDatabase(error: unknown): boolean {
  return ((resultOf(error) ?? 0) & 0xff) === RESULT.noDatabase;
}

/**
 * Returns whether the outcome of a failed commit is unknown: the disk did not confirm the write, which may or may not
 * be in the store after a restart.
 */
export function isUndecided(error: unknown): boolean {
  return SYNC_FAILED.has(resultOf(error) ?? 0);
}

/**
 * Converts a failure of SQLite or of the file system to an `EntitableError`. An `EntitableError` is returned unchanged.
 */
export function sqliteError(path: string, task: SqliteTask, cause: unknown): EntitableError {
  if (EntitableError.is(cause)) return cause;
  // Opening runs the same SQL on every file, so an SQL error means that somebody has changed the schema of this one.
  const isUnlike = task === 'cannot be opened' && resultOf(cause) === RESULT.error;
  if (isDamage(cause) || isUnlike) {
    return new EntitableError(
      'store.damaged',
      `The store in ${path} ${task}: it is damaged, or the disk failed to read it. Try again; where it stays so, put a backup in its ` +
        'place. verifyStore() of entitable/testing tells how much is damaged.',
      {},
      { cause },
    );
  }
  const message = cause instanceof Error ? cause.message : String(cause);
  const reason =
    sqliteRemedyFor(cause) ??
    `${message}. Check that the folder can be written, that the disk has room, and that the file is a store's.`;
  return new EntitableError('store.unavailable', `The store in ${path} ${task}: ${reason}`, {}, { cause });
}

/**
 * Returns text for an error message that explains a failure of SQLite or of the file system and names a remedy;
 * `undefined` if no remedy is known.
 */
export function sqliteRemedyFor(cause: unknown): string | undefined {
  const result = (resultOf(cause) ?? 0) & 0xff;
  const remedy = REMEDIES.get(result);
  if (remedy !== undefined) return RIGHTS.has(result) ? `${remedy} ${rightsRemedy()}` : remedy;
  const { code, message } = (cause ?? {}) as { readonly code?: unknown; readonly message?: string };
  if (RIGHTS.has(code)) return `${message}. ${rightsRemedy()}`;
  if (!TOO_MANY_FILES.has(code)) return undefined;
  return `${message}. Close some files, or allow more (ulimit -n). Share one data source in a process.`;
}

function rightsRemedy(): string {
  const id = process.geteuid?.();
  const user = id === undefined ? 'The user of this process' : `The user of this process (ID ${id})`;
  return (
    `${user} must have the right to read and write the files and their folder. ` +
    'The files of a new store get the mode of the option fileMode, such as 0o660 for a group; what is there keeps its mode.'
  );
}
