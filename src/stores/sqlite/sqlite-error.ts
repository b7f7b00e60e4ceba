import { EntitableError } from '../../errors/entitable-error.js';

/** What SQLite was asked for when it failed, as a sentence about the store ends. */
export type SqliteTask =
  'cannot be opened' | 'cannot be read' | 'cannot be written; nothing was' | 'cannot be closed' | 'cannot be copied';

/** SQLite's primary results that the store tells apart. */
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
/** A file that ends where there should be a page. */
const SHORT_READ = RESULT.inputOutput | (2 << 8);
/** The disk could not say that it has what was written. */
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
/** Failures that missing rights may have caused. */
const RIGHTS: ReadonlySet<unknown> = new Set([
  RESULT.permission,
  RESULT.readOnly,
  RESULT.cannotOpen,
  'EACCES',
  'EPERM',
  'EROFS',
]);
/** Failures of a process, or a system, that has too many files open. */
const TOO_MANY_FILES: ReadonlySet<unknown> = new Set(['EMFILE', 'ENFILE']);

/** What SQLite calls its results: the package gives nothing else where a statement fails that gives all its rows. */
const WORDS: ReadonlyMap<string, number> = new Map([
  ['database is locked', RESULT.busy],
  ['database table is locked', RESULT.locked],
  ['out of memory', RESULT.noMemory],
  ['disk I/O error', RESULT.inputOutput],
  ['database disk image is malformed', RESULT.corrupt],
  ['unable to open database file', RESULT.cannotOpen],
  ['file is not a database', RESULT.noDatabase],
]);

/** SQLite's number of what happened; `undefined` for an error of something else. */
function resultOf(error: unknown): number | undefined {
  const { errcode, message } = (error ?? {}) as { readonly errcode?: unknown; readonly message?: string };
  return typeof errcode === 'number' ? errcode : WORDS.get(message ?? '');
}

/** Whether another connection holds what is asked for, so that it is to be asked for again. */
export function isBusy(error: unknown): boolean {
  const primary = (resultOf(error) ?? 0) & 0xff;
  return primary === RESULT.busy || primary === RESULT.locked || primary === RESULT.protocol;
}

/** Whether what SQLite read is no store, or no longer one. */
export function isDamage(error: unknown): boolean {
  const result = resultOf(error) ?? 0;
  const primary = result & 0xff;
  return primary === RESULT.corrupt || primary === RESULT.noDatabase || result === SHORT_READ;
}

/** Whether a file is none of SQLite's. */
export function isNoDatabase(error: unknown): boolean {
  return ((resultOf(error) ?? 0) & 0xff) === RESULT.noDatabase;
}

/** Whether a failed commit may be there all the same when the system comes back: the disk did not say. */
export function isUndecided(error: unknown): boolean {
  return SYNC_FAILED.has(resultOf(error) ?? 0);
}

/** The error that a failure of SQLite or of the file system becomes. One of this library's own is left as it is. */
export function sqliteError(path: string, task: SqliteTask, cause: unknown): EntitableError {
  if (EntitableError.is(cause)) return cause;
  // What is asked of every file alike makes no error of SQL, except in one whose description of itself was changed.
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

/** What happened, and what to do about it, as far as a failure of SQLite or of the file system tells. */
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
