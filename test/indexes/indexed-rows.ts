import { indexesOf, type IndexRows } from '../../src/indexes/index-rows.js';
import { EntityMapper } from '../../src/mapping/entity-mapper.js';
import type { PropertyValue } from '../../src/mapping/property-check.js';
import { metadataOf } from '../../src/metadata/metadata-of.js';
import type { EntityClass } from '../../src/metadata/key-types.js';
import type { Opened } from '../support/every-store.js';

/** Writes rows and entries through the port, as the library does or as other programs might. */
export interface IndexedRows<T extends object> {
  readonly mapper: EntityMapper<T>;
  readonly indexes: IndexRows;
  /** Inserts entities with their entries, each in one transaction. */
  insert(...entities: readonly T[]): Promise<void>;
  /** Inserts entities without entries. */
  insertAlone(...entities: readonly T[]): Promise<void>;
  /** Deletes the rows of entities and leaves their entries. */
  deleteAlone(...entities: readonly T[]): Promise<void>;
  /** Replaces the rows of entities and leaves their entries. */
  replaceAlone(...entities: readonly T[]): Promise<void>;
  /** Replaces an entity, of which `before` is stored, with its entries. */
  replace(before: T, after: T): Promise<void>;
}

/** Returns the rows of a class with indexes, in the table of a test, which is created. */
export async function indexedRows<T extends object>(
  entityClass: EntityClass<T>,
  { tables, store, tableName }: Opened,
): Promise<IndexedRows<T>> {
  const mapper = new EntityMapper(metadataOf(entityClass), store, tableName);
  const indexes = indexesOf(mapper)!;
  await tables.tables.ensure([entityClass]);
  const write = (entity: T, mode: 'insert' | 'replace') => {
    const address = mapper.addressOf(entity);
    return mapper.prepareWhole({ mode, ...address, ...(mode === 'replace' && { ifMatch: '*' }) }, entity);
  };
  const valuesOf = (entity: T) => {
    const written: PropertyValue[] = [];
    mapper.prepareWhole({ mode: 'insert', ...mapper.addressOf(entity) }, entity, undefined, written);
    return indexes.afterWhole(mapper.addressOf(entity), written);
  };
  return {
    mapper,
    indexes,
    async insert(...entities) {
      for (const entity of entities) {
        const group = indexes.group(mapper.addressOf(entity), undefined, valuesOf(entity)) ?? [];
        await store.submit(mapper.table, [write(entity, 'insert'), ...group.map((row) => row.write)]);
      }
    },
    async insertAlone(...entities) {
      for (const entity of entities) await store.submit(mapper.table, [write(entity, 'insert')]);
    },
    async deleteAlone(...entities) {
      for (const entity of entities) {
        const target = { mode: 'delete', ...mapper.addressOf(entity), ifMatch: '*' } as const;
        await store.submit(mapper.table, [mapper.prepare(target, [])]);
      }
    },
    async replaceAlone(...entities) {
      for (const entity of entities) await store.submit(mapper.table, [write(entity, 'replace')]);
    },
    async replace(before, after) {
      const group = indexes.group(mapper.addressOf(after), valuesOf(before), valuesOf(after)) ?? [];
      await store.submit(mapper.table, [write(after, 'replace'), ...group.map((row) => row.write)]);
    },
  };
}
