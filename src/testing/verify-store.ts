import { checkPath } from '../data-source/disk-path.js';
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
  checkPath(path, 'the path of the file of a store');
  const { verifyFile } = await import('../stores/sqlite/verify-file.js');
  return verifyFile(path);
}
