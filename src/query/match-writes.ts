import type { EntityMapper } from '../mapping/entity-mapper.js';
import type { PreparedWrite } from '../store/table-store.js';
import type { RowPlace } from './keyed-rows.js';

/** A row as it was read. */
export interface MatchedRow extends RowPlace {
  readonly etag: string;
}

/** Prepares the write of one row, conditional on the ETag it was read with. */
export type PrepareWrite = (row: MatchedRow) => PreparedWrite;

/** How the rows that a query matches are changed. */
export interface MatchWrites {
  /** Throws `commit.not-in-unit` where writes are held. */
  delete(): PrepareWrite;
  /** The patch is validated before anything is sent. Throws `validation.*`, and `commit.not-in-unit` where writes are held. */
  merge(patch: object): Promise<MatchMerge>;
}

/** A validated patch, to be merged into rows. */
export interface MatchMerge {
  readonly prepare: PrepareWrite;
  /** Whether it removes properties: some stores cannot do so in a transaction. */
  readonly removes: boolean;
}

/** Changes the rows of a class in its store. */
export function matchWrites<T extends object>(
  mapper: EntityMapper<T>,
  validate: (patch: object) => void | Promise<void>,
): MatchWrites {
  return Object.freeze({
    delete:
      () =>
      ({ partitionKey, rowKey, etag }: MatchedRow) =>
        mapper.prepare({ mode: 'delete', partitionKey, rowKey, ifMatch: etag }, []),
    async merge(patch: object) {
      const { changed, removed } = mapper.patchOf(patch);
      await validate(patch);
      return {
        removes: removed.length > 0,
        prepare: ({ partitionKey, rowKey, etag }: MatchedRow) =>
          mapper.prepare(
            { mode: 'merge', partitionKey, rowKey, ifMatch: etag, ...(removed.length > 0 && { remove: removed }) },
            changed,
          ),
      };
    },
  });
}
