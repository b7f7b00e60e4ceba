import { checkOperation } from '../../options/operation-options.js';
import type { EntityClass } from '../../metadata/key-types.js';
import { placeIn, type AdministeredTables } from '../table-place.js';
import { IndexedClass } from './indexed-class.js';
import {
  INDEX_OPTIONS,
  type DropIndexReport,
  type RebuildIndexesOptions,
  type RebuildIndexesReport,
  type VerifyIndexesOptions,
  type VerifyIndexesReport,
} from './index-options.js';
import { rebuildIndexes } from './rebuild-indexes.js';
import { dropIndex } from './drop-index.js';
import { ADMINISTRATION_OPTIONS } from '../option-names.js';
import type { TruncateOptions } from '../truncate-table.js';
import { verifyIndexes } from './verify-indexes.js';

/**
 * Administers the indexes of one entity class. Every write of the library keeps the entries of the indexes up to date;
 * they can only be wrong if another program wrote to the table, or if the index was declared after rows had been
 * written. Invalid options are rejected with `validation.invalid-option` before a request is sent.
 */
export class IndexAdministration {
  readonly #tables: AdministeredTables;
  readonly #class: EntityClass;

  /** @internal */
  constructor(tables: AdministeredTables, entityClass: EntityClass) {
    this.#tables = tables;
    this.#class = entityClass;
    placeIn(tables, entityClass);
  }

  /**
   * Compares all entities of the class with the entries of its indexes, and reports entries that are missing or stale.
   * It writes nothing, and other programs may write meanwhile: each finding is confirmed by reads of the rows that it
   * concerns, so that a write in progress is no finding. In an index with partitions of its own, entries younger than
   * the index's `grace` are not reported as stale.
   *
   * It sends a request for every 1,000 entities and, for each index, for every 1,000 entries. If entries are missing,
   * it reads the entities once more. To confirm a finding that another writer may have caused, it sends two or three
   * point reads. It needs 33 to 67 bytes of memory for each entry. Throws `store.table-not-found` if the table of the
   * class does not exist, and `validation.invalid-option` for a class without indexes.
   *
   * @example
   * ```ts
   * const report = await db.tables.indexes(User).verify({ index: 'byEmail' });
   * // { entities: 1200, entries: 1200, missing: 0, stale: 0, refused: 0, sample: [] }
   * ```
   */
  async verify(options: VerifyIndexesOptions = {}): Promise<VerifyIndexesReport> {
    checkOperation(options, INDEX_OPTIONS.verify);
    return verifyIndexes(this.#indexed(options.index), options);
  }

  /**
   * Writes the entries that are missing or hold other values than their entities, and deletes the stale ones. Other
   * programs may write meanwhile. Afterwards the indexes are right, except for the entries that `failed` lists. An
   * interrupted call can be repeated.
   *
   * It sends the same reads as `verify`, and transactions for 16 partitions at a time. The entries of an entity are
   * written in one transaction with an empty merge of the entity, under the condition that its ETag has not changed, so
   * that they match its values; this gives the entity a new ETag. A stale entry is deleted after a read of its entity,
   * under the condition that the entry's own ETag has not changed. The call as a whole is not atomic.
   *
   * If two entities have the same values in a unique index, the entry of the second one fails with `entity.not-unique`:
   * `failed` contains the keys of the second entity, and `error.details.owner` those of the first. Throws
   * `store.table-not-found` if the table of the class does not exist, `store.aborted` if `signal` stopped it, and the
   * error of a store that does not respond.
   *
   * @example
   * ```ts
   * const { failed } = await db.tables.indexes(User).rebuild();
   * for (const { partitionKey, rowKey, error } of failed) console.error(partitionKey, rowKey, error);
   * ```
   */
  async rebuild(options: RebuildIndexesOptions = {}): Promise<RebuildIndexesReport> {
    checkOperation(options, INDEX_OPTIONS.rebuild);
    return rebuildIndexes(this.#indexed(options.index), options);
  }

  /**
   * Deletes all entries of an index, even if the class no longer declares it. Remove the declaration first, because
   * writes and queries go on using an index that is declared. For an index with partitions of its own, it deletes the
   * table of the index, which the class must therefore still declare; otherwise delete the table by its name. It sends
   * a read for every 1,000 entries, and transactions that delete up to 100 entries of a partition. The call is not
   * atomic. Throws `store.table-not-found` if the table of the class does not exist.
   *
   * @example
   * ```ts
   * await db.tables.indexes(User).drop('byPlan'); // { entries: 1200 }
   * ```
   */
  async drop(name: string, options: TruncateOptions = {}): Promise<DropIndexReport> {
    checkOperation(options, ADMINISTRATION_OPTIONS.truncate);
    const place = placeIn(this.#tables, this.#class);
    return dropIndex(place, this.#tables.mappers.of(this.#class), name, options);
  }

  #indexed(name: string | undefined): IndexedClass {
    return new IndexedClass(placeIn(this.#tables, this.#class), this.#tables.mappers.of(this.#class), name);
  }
}
