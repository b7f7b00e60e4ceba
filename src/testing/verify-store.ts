import { checkPath } from '../data-source/disk-path.js';
import type { StoreVerification } from '../stores/sqlite/block-walk.js';

export type { RowKeys, StoreDamage, StoreVerification } from '../stores/sqlite/block-walk.js';

/**
 * Checks a whole `sqlite:` store and reports all corruption: wrong checksums, keys out of order, missing rows, and
 * whatever SQLite finds wrong with its pages. It reads the whole file and changes nothing. Other processes may use the
 * store meanwhile.
 *
 * Corruption is returned in `damaged`, not thrown. The call rejects only if there is no file (`store.unavailable`) or
 * if it is not a store of this library, for example a folder (`store.incompatible-format`).
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
