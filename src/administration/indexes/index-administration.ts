import { checkOperation } from '../../options/operation-options.js';
import type { EntityClass } from '../../metadata/key-types.js';
import { placeIn, type AdministeredTables } from '../table-place.js';
import { IndexedClass } from './indexed-class.js';
import { INDEX_OPTIONS, type VerifyIndexesOptions, type VerifyIndexesReport } from './index-options.js';
import { verifyIndexes } from './verify-indexes.js';

/**
 * Administers the indexes of one entity class. The library keeps the entries of indexes by every write; they can only
 * be wrong if another program wrote to the table, or if the index was declared after rows had been written. Invalid
 * options are rejected with `validation.invalid-option` before a request is sent.
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
   * Compares all entities of the class with the entries of its indexes, and reports what is missing, and what is stale.
   * It writes nothing, and others may write meanwhile: each finding is confirmed by reads of the rows that it concerns,
   * so that a write in progress is no finding. In an index with partitions of its own, entries younger than the index's
   * `grace` are not reported as stale.
   *
   * It sends a request for every 1,000 entities and, for each index, for every 1,000 entries. If entries are missing,
   * it reads the entities once more. A finding that another writer may have caused costs two or three point reads. It
   * needs 33 to 67 bytes of memory for each entry. Throws `store.table-not-found` if the table of the class does not
   * exist, and `validation.invalid-option` for a class without indexes.
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

  #indexed(name: string | undefined): IndexedClass {
    return new IndexedClass(placeIn(this.#tables, this.#class), this.#tables.mappers.of(this.#class), name);
  }
}
