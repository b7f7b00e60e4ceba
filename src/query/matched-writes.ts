import type { IndexedValues } from '../indexes/index-entry.js';
import { indexesOf, type IndexRows } from '../indexes/index-rows.js';
import { invalidOption } from '../options/check-option.js';
import type { EntityMapper } from '../mapping/entity-mapper.js';
import type { Difference } from '../mapping/entity-properties.js';
import type { AssignedValues } from '../mapping/patch.js';
import { stateOf } from '../mapping/stamp.js';
import type { EntityMetadata } from '../metadata/entity-metadata.js';
import type { PreparedWrite } from '../store/table-store.js';
import type { ApartEntries, GroupRow } from '../writing/batch.js';
import type { RowPlace } from './merge-rows.js';

/** A row that a query matched, with the ETag that it had when it was read. */
export interface MatchedRow extends RowPlace {
  readonly etag: string;
  /** The values that the indexes of the class need of the row; absent for a class without indexes. */
  readonly known?: IndexedValues | undefined;
  /** The query's result for the row, for patches that are computed from it. */
  readonly result?: unknown;
}

/** The prepared write of one row. */
export interface MatchWrite {
  readonly write: PreparedWrite;
  /** Further rows that are written in the same transaction. */
  readonly others?: readonly GroupRow[] | undefined;
  /** Entries in indexes with partitions of their own. */
  readonly apart?: ApartEntries | undefined;
  /** True if the write removes properties, which some stores cannot do in a transaction. */
  readonly removes: boolean;
}

/**
 * Prepares the write of one row, which the store applies only if the row still has the ETag with which it was read.
 * Returns `undefined` if there is nothing to write.
 */
export type PrepareWrite = (row: MatchedRow) => MatchWrite | undefined | Promise<MatchWrite | undefined>;

/** Prepares the writes for the rows that a query matches. */
export interface MatchWrites {
  /** The indexes of the class, which must know of each row what they need; absent for a class without indexes. */
  readonly indexes?: Pick<IndexRows, 'slots' | 'values'> | undefined;
  /** Deletes each row. Throws `commit.not-in-unit` in a unit of work. */
  delete(): PrepareWrite;
  /**
   * Merges the same patch into each row. The patch is validated before anything is sent. Throws `validation.*`, and
   * `commit.not-in-unit` in a unit of work.
   */
  merge(patch: object): Promise<PrepareWrite>;
  /**
   * Merges into each row a patch that `patchOf` computes from the query's result for this row. Each patch is validated.
   * Throws `commit.not-in-unit` in a unit of work.
   */
  mergeEach(patchOf: (result: unknown) => unknown): PrepareWrite;
}

/**
 * Creates the functions that prepare a class's writes by filter (`query.delete()` and `query.merge()`), which are sent
 * directly to its store and not through a unit of work.
 */
export function matchWrites<T extends object>(
  mapper: EntityMapper<T>,
  validate: (assigned: AssignedValues) => void | Promise<void>,
): MatchWrites {
  const indexes = indexesOf(mapper);
  return Object.freeze({
    indexes,
    delete:
      () =>
      ({ partitionKey, rowKey, etag, known }: MatchedRow) => ({
        write: mapper.prepare({ mode: 'delete', partitionKey, rowKey, ifMatch: etag }, []),
        ...(known && indexes?.entries({ partitionKey, rowKey }, known, undefined)),
        removes: false,
      }),
    async merge(patch: object) {
      const difference = mapper.patchOf(patch);
      await validate(difference.assigned);
      return (row: MatchedRow) => merging(row, difference);
    },
    mergeEach: (patchOf) => async (row: MatchedRow) => {
      const result = row.result as object;
      const state = stateOf(result);
      const before = state === undefined ? { ...result } : undefined; // results of select() have no state to compare
      const patch = await patchOf(result);
      const isRow = patch === result && state !== undefined;
      if (patch === undefined || isRow) {
        const names =
          state?.kind === 'stored'
            ? changedNames(mapper.metadata, mapper.differenceOf(result, state))
            : unequalNames(before, result);
        if (isRow) throw wrongPatch(names, 'one that returns the row itself');
        if (names.length > 0) throw changedInPlace(names);
        return undefined;
      }
      const difference = mapper.patchOf(patch as object);
      if (difference.changed.length === 0 && difference.removed.length === 0) return undefined;
      await validate(difference.assigned);
      return merging(row, difference);
    },
  } satisfies MatchWrites);

  function merging({ partitionKey, rowKey, etag, known }: MatchedRow, difference: Difference): MatchWrite {
    const { changed, removed } = difference;
    const removes = removed.length > 0;
    const remove = removes ? { remove: removed } : undefined;
    const write = mapper.prepare({ mode: 'merge', partitionKey, rowKey, ifMatch: etag, ...remove }, changed);
    if (known === undefined || indexes?.concerns(difference) !== true) return { write, removes };
    const after = indexes.afterMerge(known, difference);
    return { write, ...indexes.entries({ partitionKey, rowKey }, known, after), removes };
  }
}

function changedNames({ properties }: EntityMetadata, { changed, removed }: Difference): readonly string[] {
  const gone = properties.filter(({ storedName }) => removed.includes(storedName));
  return [...changed.map(({ property }) => property), ...gone].map(({ name }) => name);
}

function unequalNames(before: object | undefined, after: object): readonly string[] {
  const values = before as Readonly<Record<string, unknown>> | undefined;
  return Object.entries(after).flatMap(([name, value]) => (Object.is(values?.[name], value) ? [] : [name]));
}

/**
 * Creates the error for a patch function that modifies the row itself and returns nothing. Only the returned patch is
 * written, so the modification would be silently lost.
 */
function changedInPlace(names: readonly string[]): Error {
  return wrongPatch(names, `one that changes ${names.join(', ')} of the row itself and returns nothing`);
}

function wrongPatch(names: readonly string[], found: string): Error {
  const example = names.length === 0 ? '' : `, such as { ${names.join(', ')} }`;
  return invalidOption('merge', `a function that returns the patch of a row${example}`, found);
}
