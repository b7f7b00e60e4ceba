import type { Said } from '../mapping/patch.js';
import type { Difference } from '../mapping/entity-properties.js';

/** A delete that waits for the commit. */
export interface Removal {
  readonly kind: 'delete';
  readonly ifMatch: string;
  readonly missing: 'throw' | 'ignore';
}

/** What the next commit does with a row. */
export type PendingWrite =
  /**
   * Merges whatever the entity differs in from its row; under `ifMatch` where a merge by key gave one. `saved`: a verb was called for
   * it, so that defaults which the row lacks are a difference too.
   */
  | { readonly kind: 'difference'; readonly ifMatch?: string | undefined; readonly saved?: boolean }
  /** Inserts the entity; `over` is a delete of the same row that came first, which makes it a replace. */
  | { readonly kind: 'insert'; readonly over?: Removal | undefined }
  | { readonly kind: 'replace'; readonly ifMatch: string }
  | { readonly kind: 'upsert'; readonly mode: 'upsert-merge' | 'upsert-replace' }
  /** Merges a patch into a row that was not read. */
  | { readonly kind: 'merge'; readonly ifMatch: string; readonly patch: Said; readonly difference: Difference }
  | Removal;

/** What a row holds after a delete: its condition is that of the write it takes the place of; `undefined` where nothing is left to do. */
export function afterDelete(before: PendingWrite | undefined, removal: Removal): Removal | undefined {
  switch (before?.kind) {
    case undefined:
    case 'difference':
    case 'delete':
      return removal;
    case 'insert':
      return before.over;
    case 'upsert':
      // Whether the row is there is unknown, and no longer matters.
      return { ...removal, ifMatch: '*', missing: 'ignore' };
    case 'replace':
    case 'merge':
      return { ...removal, ifMatch: before.ifMatch };
    default:
      return before satisfies never;
  }
}

/** What an insert over a delete sends: the row is written once, under the condition of the delete. */
export function insertMode(over: Removal | undefined): {
  readonly mode: 'insert' | 'upsert-replace' | 'replace';
  readonly ifMatch?: string;
} {
  if (over === undefined) return { mode: 'insert' };
  const { ifMatch, missing } = over;
  return ifMatch === '*' && missing === 'ignore' ? { mode: 'upsert-replace' } : { mode: 'replace', ifMatch };
}
