import { apartChange } from '../../indexes/apart-change.js';
import { ApartChanges } from '../../indexes/apart-entries.js';
import { EntryWrite } from '../../indexes/entry-write.js';
import type { Entry, EntryMaker, IndexedValues } from '../../indexes/index-entry.js';
import { isLostRace, untilWritten } from '../../indexes/known-row.js';
import type { OperationOptions } from '../../options/operation-options.js';
import { rowError } from '../../repository/row-error.js';
import type { ReadyWrite } from '../../writing/batch.js';
import { submitGroup } from '../../writing/submit-batch.js';
import type { IndexedClass, ReadEntity, ReadEntry } from './indexed-class.js';

/** A stale entry that is to be deleted. */
export class SurplusEntry {
  readonly partitionKey: string;
  readonly rowKey: string | undefined;
  readonly indexes: readonly string[];
  readonly #entry: ReadEntry;

  constructor(entry: ReadEntry) {
    this.partitionKey = entry.entity?.partitionKey ?? entry.partitionKey;
    this.rowKey = entry.entity?.rowKey;
    this.indexes = [entry.maker.index.name];
    this.#entry = entry;
  }

  /**
   * Prepares the deletion, under the condition that nobody has written the entry since it was read. If an entity has
   * been given these values since, the same write also wrote the entry.
   */
  ready(onDeleted: () => void): ReadyWrite {
    const { maker, partitionKey, rowKey, etag } = this.#entry;
    const target = { mode: 'delete', partitionKey, rowKey, ifMatch: etag } as const;
    return {
      table: maker.mapper.table,
      write: maker.mapper.prepare(target, []),
      written: onDeleted,
      refused: (error) => error,
    };
  }
}

/** An entity whose entries are to be written. */
export class EntityRepair {
  readonly partitionKey: string;
  readonly rowKey: string;
  readonly indexes: readonly string[];
  readonly #indexed: IndexedClass;
  readonly #entity: ReadEntity;
  readonly #makers: readonly EntryMaker[];
  readonly #options: OperationOptions;

  constructor(indexed: IndexedClass, entity: ReadEntity, makers: readonly EntryMaker[], options: OperationOptions) {
    this.partitionKey = entity.partitionKey;
    this.rowKey = entity.rowKey;
    this.indexes = makers.map(({ index }) => index.name);
    this.#indexed = indexed;
    this.#entity = entity;
    this.#makers = makers;
    this.#options = options;
  }

  /** Returns a repair of the same entity that is limited to some of the indexes of this repair. */
  only(isIncluded: (index: string) => boolean): EntityRepair {
    const makers = this.#makers.filter(({ index }) => isIncluded(index.name));
    return new EntityRepair(this.#indexed, this.#entity, makers, this.#options);
  }

  /**
   * Prepares the write of the entries together with an empty merge of the entity, under the condition that the entity
   * still has the ETag with which it was read. A transaction has no other means to require that a row has not changed.
   */
  ready(onWritten: (entries: number) => void, entity = this.#entity): ReadyWrite {
    const { mapper, indexes: indexed } = this.#indexed;
    const { partitionKey, rowKey, etag } = entity;
    const address = { partitionKey, rowKey };
    const entries = this.#makers.map((maker) => ({ maker, entry: entity.entries.get(maker) })).filter(isPresent);
    const others = entries
      .filter(({ maker }) => maker.index.partition === undefined)
      .map(({ maker, entry }) => {
        const mode = maker.index.unique ? 'insert' : 'upsert-replace';
        return new EntryWrite({ indexed, maker, entity: address, entry }, mode);
      });
    const apart = entries
      .filter(({ maker }) => maker.index.partition !== undefined)
      .map(({ maker }) => apartChange({ indexed, maker, entity: address }, WITHOUT_ENTRY, entity.values))
      .filter((change) => change !== undefined);
    return {
      table: mapper.table,
      write: mapper.prepare({ mode: 'merge', ifMatch: etag, ...address }, []),
      ...(others.length > 0 && { others }),
      ...(apart.length > 0 && { apart: new ApartChanges(apart) }),
      again: {
        when: (error) => isLostRace(error, false),
        prepare: async () => this.ready(onWritten, await this.#read(this.#options)),
      },
      // The merge was not sent if the entity was deleted meanwhile, which counts as success.
      written: (receipt) => receipt.etag !== undefined && onWritten(entries.length),
      refused: (error) => error,
    };
  }

  /** Reads the entity and writes its entries, and repeats both if another writer changed the entity in between. */
  async untilWritten(onWritten: (entries: number) => void): Promise<void> {
    const { mapper } = this.#indexed;
    const { signal } = this.#options;
    const attempt = async (): Promise<void> => {
      const entity = await this.#indexed.entityAt(this, this.#options);
      if (entity === undefined) return;
      const ready = this.ready(onWritten, entity);
      ready.written(await submitGroup(mapper.store, mapper.table, ready, this.#options));
    };
    await untilWritten(attempt, (error) => isLostRace(error, true), { signal });
  }

  async #read(options: OperationOptions): Promise<ReadEntity> {
    const { mapper } = this.#indexed;
    const entity = await this.#indexed.entityAt(this, options);
    if (entity === undefined) throw rowError(mapper, this, 'store.not-found');
    return entity;
  }
}

/** Stands for the old values of an entity that is stored, but has no entry. */
const WITHOUT_ENTRY: IndexedValues = Object.freeze({});

interface Repaired {
  readonly maker: EntryMaker;
  readonly entry: Entry;
}

function isPresent(repaired: { readonly [K in keyof Repaired]: Repaired[K] | undefined }): repaired is Repaired {
  return repaired.entry !== undefined;
}
