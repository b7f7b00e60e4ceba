import type { KnownRow } from '../indexes/index-rows.js';
import type { AssignedValues } from '../mapping/patch.js';
import type { Difference } from '../mapping/entity-properties.js';

/** A delete that waits for the commit. */
export interface Removal {
  readonly kind: 'delete';
  readonly ifMatch: string;
  readonly missing: 'throw' | 'ignore';
  /** The row as it was read for the delete, if the class has indexes and the row was not loaded. */
  readonly known?: KnownRow | undefined;
}

/** The write that the next commit sends for a row. */
export type PendingWrite =
  /**
   * Merges the properties in which the entity differs from its row. `ifMatch` is the ETag that was passed to a merge by
   * key, if any. `saved` is true after an explicit call such as `save()`: defaults that the row lacks are written then
   * as well.
   */
  | {
      readonly kind: 'difference';
      readonly ifMatch?: string | undefined;
      readonly saved?: boolean;
      readonly known?: KnownRow | undefined;
    }
  /** Inserts the entity. `over` is an earlier delete of the same row, which turns the insert into a replace. */
  | { readonly kind: 'insert'; readonly over?: Removal | undefined }
  | { readonly kind: 'replace'; readonly ifMatch: string; readonly known?: KnownRow | undefined }
  /** Writes the entity. `known` is the row as it was read for the upsert of a class with indexes, or `missing`. */
  | {
      readonly kind: 'upsert';
      readonly mode: 'upsert-merge' | 'upsert-replace';
      readonly known?: KnownRow | 'missing' | undefined;
    }
  /** Merges a patch into a row that was not loaded. */
  | {
      readonly kind: 'merge';
      readonly ifMatch: string;
      readonly patch: AssignedValues;
      readonly difference: Difference;
      readonly known?: KnownRow | undefined;
    }
  | Removal;

/**
 * Returns the pending write of a row after the entity was deleted; `before` is the write that was pending until then.
 * The delete takes over the If-Match condition of a replace or a merge. Returns `undefined` if nothing is left to send,
 * e.g. for a row that was only inserted.
 */
export function afterDelete(before: PendingWrite | undefined, removal: Removal): Removal | undefined {
  switch (before?.kind) {
    case undefined:
    case 'difference':
    case 'delete':
      return removal;
    case 'insert':
      return before.over;
    case 'upsert':
      if (before.known === 'missing') return undefined;
      if (before.known !== undefined) return { ...removal, ifMatch: before.known.etag, known: before.known };
      // It is unknown whether the row exists, but after the delete it does not matter.
      return { ...removal, ifMatch: '*', missing: 'ignore' };
    case 'replace':
    case 'merge':
      // A row that was read for the delete must be as it was read, even if the merge takes any.
      return removal.known !== undefined && before.ifMatch === '*'
        ? removal
        : { ...removal, ifMatch: before.ifMatch, known: removal.known ?? before.known };
    default:
      return before satisfies never;
  }
}

/**
 * Returns the mode and the If-Match condition of an insert. If the same row was deleted before (`over`), one replace
 * stands for both writes and has the condition of the delete.
 */
export function insertMode(over: Removal | undefined): {
  readonly mode: 'insert' | 'upsert-replace' | 'replace';
  readonly ifMatch?: string;
} {
  if (over === undefined) return { mode: 'insert' };
  const { ifMatch, missing } = over;
  return ifMatch === '*' && missing === 'ignore' ? { mode: 'upsert-replace' } : { mode: 'replace', ifMatch };
}
