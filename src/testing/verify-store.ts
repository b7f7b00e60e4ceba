import { typeName } from '../edm/type-name.js';
import { invalidOption } from '../errors/options.js';
import type { StoreVerification } from '../stores/sqlite/block-walk.js';

export type { RowKeys, StoreDamage, StoreVerification } from '../stores/sqlite/block-walk.js';

/**
 * Reads all of a `sqlite:` store and tells what of it is not as it was written: checksums, keys, what is missing between them, and what
 * SQLite finds wrong with its pages. Nothing is changed, and others may use the store meanwhile. It reads the whole file, and rejects
 * only where there is none, or none of this library, such as a folder: `store.unavailable`, `store.incompatible-format`.
 *
 * @param path - The path of the file, without `sqlite:` before it.
 *
 * @example
 * ```ts
 * const { rows, damaged } = await verifyStore('./backups/2026-11-29.db');
 * for (const { problem, table, from } of damaged) console.error(problem, table, from);
 * ```
 */
export async function verifyStore(path: string): Promise<StoreVerification> {
  const expected = 'the path of the file of a store';
  if (typeof path !== 'string') throw invalidOption('path', expected, typeName(path));
  if (path.trim() === '' || path.includes('\0')) throw invalidOption('path', expected, 'one that no file can have');
  if (/^sqlite:/i.test(path)) throw invalidOption('path', expected, 'a target: leave out sqlite:');
  const { verifyFile } = await import('../stores/sqlite/verify-file.js');
  return verifyFile(path);
}
