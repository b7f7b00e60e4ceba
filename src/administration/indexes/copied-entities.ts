import { EntitableError } from '../../errors/entitable-error.js';
import { indexesOf, type IndexRows } from '../../indexes/index-rows.js';
import type { IndexedValues } from '../../indexes/index-entry.js';
import { isLostRace } from '../../indexes/known-row.js';
import type { Address } from '../../mapping/entity-address.js';
import { EntityMapper } from '../../mapping/entity-mapper.js';
import { entryStart } from '../../metadata/indexes/index-metadata.js';
import type { OperationOptions } from '../../options/operation-options.js';
import type { RetainedRow, RowReader } from '../../store/row.js';
import type { Rows, WriteReceipt } from '../../store/table-store.js';
import type { ReadyWrite } from '../../writing/batch.js';
import { checkGroup } from '../../writing/check-group.js';
import { writeOf } from '../copied-row.js';
import type { CopySettings } from '../copy-options.js';
import type { StoredRow } from '../stored-row.js';
import type { TablePlace } from '../table-place.js';

/**
 * Returns what prepares the writes of a copy whose rows need entries in the indexes of the target's class or, if the
 * target is given as a table name, of the source's class. Returns `undefined` if that class has no indexes, or if both
 * tables are given as names.
 */
export function copiedEntities(from: TablePlace, to: TablePlace): CopiedEntities | undefined {
  const given = to.mapper ?? from.mapper;
  if (given === undefined || given.metadata.indexes.length === 0) return undefined;
  if (given === to.mapper) return new CopiedEntities(given, true);
  const { metadata } = given;
  const tableName = (name: string): string => (name === metadata.table ? to.table : name);
  return new CopiedEntities(new EntityMapper(metadata, to.tables.store, tableName), false);
}

/** A row of the target table before the copy overwrites it. */
interface Before {
  readonly etag: string;
  readonly row: RetainedRow;
  readonly values: IndexedValues | undefined;
}

/**
 * Prepares the writes of a copy to a table in which rows have entries in indexes. Entries of the source are not copied:
 * each row is written with new entries.
 */
export class CopiedEntities {
  readonly #mapper: EntityMapper<object>;
  readonly #indexes: IndexRows;
  readonly #entries: string;
  readonly #hasTables: boolean;

  /**
   * @param hasTables - False if the target is given as a table name, so that the tables of indexes with partitions of
   *   their own are not known. Their entries are then not written.
   */
  constructor(mapper: EntityMapper<object>, hasTables: boolean) {
    this.#mapper = mapper;
    this.#indexes = indexesOf(mapper)!;
    this.#entries = entryStart(mapper.metadata, '');
    this.#hasTables = hasTables;
  }

  /** Returns whether a row of the source is an index entry of the class. Such rows are not copied. */
  isEntry({ rowKey }: StoredRow): boolean {
    return rowKey.startsWith(this.#entries);
  }

  /**
   * Prepares the write of a row of the source together with its entries. To find out the old entries, it first reads
   * the target's row with the same keys, unless the copy only inserts. Throws `key.*` and `validation.*`.
   */
  async prepare(
    row: StoredRow,
    existing: NonNullable<CopySettings['existing']>,
    written: (receipt: WriteReceipt) => unknown,
    options: OperationOptions,
  ): Promise<ReadyWrite> {
    const { table, store, metadata } = this.#mapper;
    const { limits } = store.traits;
    const { partitionKey, rowKey } = row;
    const inserts = existing === 'keep' || existing === 'refuse';
    const before = inserts ? undefined : await this.#stored({ partitionKey, rowKey }, options);
    const operation =
      before === undefined
        ? ({ mode: 'insert' } as const)
        : ({ mode: existing === 'merge' ? 'merge' : 'replace', ifMatch: before.etag } as const);
    const write = writeOf(row, operation, this.#rows, { table, limits });
    const after = this.#valuesOf(this.#rows.reopen(this.#rows.written(write, {}, before?.row)));
    const changes = [{ partitionKey, rowKey }, before?.values, after] as const;
    const others = this.#indexes.group(...changes);
    if (others !== undefined) checkGroup([{ write, others }], limits, metadata.className);
    return {
      table,
      write,
      others,
      apart: this.#hasTables ? this.#indexes.apart(...changes) : undefined,
      again: {
        when: (error) => !inserts && isLostRace(error, true),
        prepare: () => this.prepare(row, existing, written, options),
      },
      written,
      refused: (error) => error,
    };
  }

  get #rows(): Rows {
    return this.#mapper.rows;
  }

  async #stored({ partitionKey, rowKey }: Address, options: OperationOptions): Promise<Before | undefined> {
    const decode = (row: RowReader): Before => ({ etag: row.etag, row: row.retain(), values: this.#valuesOf(row) });
    try {
      return await this.#rows.get(partitionKey, rowKey, decode, undefined, options);
    } catch (error) {
      if (EntitableError.is(error, 'store.table-not-found')) return undefined; // the write throws or creates it
      throw error;
    }
  }

  /** Returns the values of a row that the indexes need; `undefined` if the keys of the row do not fit the class. */
  #valuesOf(row: RowReader): IndexedValues | undefined {
    try {
      this.#mapper.checkKeys(row);
    } catch (error) {
      if (EntitableError.is(error, 'key.unparsable')) return undefined;
      throw error;
    }
    return this.#indexes.values(row);
  }
}
