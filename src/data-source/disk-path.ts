import { statSync } from 'node:fs';
import { join } from 'node:path';
import { typeName } from '../errors/type-name.js';
import { invalidOption } from '../options/check-option.js';
import { settingProblem } from '../options/setting-problem.js';

/**
 * The kinds of store on disk. For each, `place` tells if its path is that of a file or of a folder, and `example` is a
 * path for messages.
 */
const DISK = Object.freeze({
  sqlite: { place: 'file', example: 'data.db' },
  lmdb: { place: 'folder', example: 'data' },
});

export type DiskScheme = keyof typeof DISK;

/** Describes what is wrong with the path of a `sqlite:` or `lmdb:` target; `undefined` if it is valid. */
export function pathProblem(scheme: DiskScheme, path: string): string | undefined {
  const { example, place } = DISK[scheme];
  if (path.startsWith('//')) {
    return `A path follows ${scheme}:, not a URL: '${scheme}:./${example}', or '${scheme}:/var/lib/${example}' with one slash.`;
  }
  if (/^file:/i.test(path))
    return `A path follows ${scheme}:, not a URL: leave file: out, '${scheme}:./${example}' for example.`;
  if (/^:?memory:?$/i.test(path)) return "A store in memory is 'memory:'.";
  if (/^~(?:[/\\]|$)/.test(path))
    return `Nothing replaces the ~ in the path of '${scheme}:': give the path of the ${place}, os.homedir() for example.`;
  if (path.includes('\0')) return 'The path has a NUL character.';
  if (/^[a-z]:[/\\]/i.test(path) && process.platform !== 'win32') {
    return `The path behind ${scheme}: is one of Windows, and this system is another (${process.platform}): '${scheme}:/var/lib/${example}' for example.`;
  }
  if (/;\s*\w+\s*=/.test(path)) {
    return `The path has settings behind a semicolon, and ${scheme}: takes none: options are the second argument, DataSource.open('${scheme}:./${example}', { durability: 'relaxed' }) for example.`;
  }
  return (
    settingProblem(`The path behind ${scheme}:`, path) ??
    (scheme === 'sqlite' ? fileProblem(path) : folderProblem(path))
  );
}

/** Describes what is wrong with a path of a kind of store that is one file; `undefined` if it is valid. */
function fileProblem(path: string): string | undefined {
  if (/\?\w+=/.test(path)) {
    return 'The path has parameters behind a question mark, and sqlite: takes none: durability and others are options of DataSource.open.';
  }
  if (kindOf(path) !== 'folder' && !/[/\\]$|(?:^|[/\\])\.\.?$/.test(path)) return undefined;
  const isLmdb = kindOf(join(path, 'data.mdb')) === 'file';
  const instead = isLmdb
    ? "that of a store of lmdb, which is 'lmdb:PATH'"
    : "and a store is one file: add its name, 'sqlite:./data.db' for example";
  return `The path behind sqlite: is that of a folder, ${instead}.`;
}

/** Describes what is wrong with a path of a kind of store that is a folder; `undefined` if it is valid. */
function folderProblem(path: string): string | undefined {
  if (kindOf(path) !== 'file') return undefined;
  return "The path behind lmdb: is that of a file, and a store is a folder. A file that sqlite: has made is 'sqlite:PATH'.";
}

/**
 * Returns what exists at a path, as far as that can be determined. Any other problem is reported when the path is
 * opened.
 */
function kindOf(path: string): 'file' | 'folder' | undefined {
  try {
    const found = statSync(path, { throwIfNoEntry: false });
    return found?.isDirectory() === true ? 'folder' : found?.isFile() === true ? 'file' : undefined;
  } catch {
    return undefined;
  }
}

/**
 * Refuses a value that cannot be the path of a file or folder, such as a URL or an unreplaced placeholder, before any
 * file is accessed. Throws `validation.invalid-option`.
 */
export function checkPath(path: unknown, expected: string): void {
  if (typeof path !== 'string') throw invalidOption('path', expected, typeName(path));
  const found = mistakenFor(path);
  if (found !== undefined) throw invalidOption('path', expected, found);
}

function mistakenFor(path: string): string | undefined {
  if (/^(?:sqlite|lmdb|file):/i.test(path)) return 'a target or a URL: leave out what stands before the path';
  if (/^~(?:[/\\]|$)/.test(path)) return 'one that begins with ~, which nothing replaces';
  if (path.includes('\0')) return 'one that has a NUL character';
  if (settingProblem('The path', path) === undefined) return undefined;
  return 'one that is empty, a placeholder, or has white space or quotation marks around it';
}
