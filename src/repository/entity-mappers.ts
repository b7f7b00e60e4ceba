import { EntityMapper } from '../mapping/entity-mapper.js';
import type { QuerySettings } from '../mapping/entity-reader.js';
import type { EntityClass } from '../metadata/key-types.js';
import { metadataOf } from '../metadata/metadata-of.js';
import type { TableStore } from '../store/table-store.js';

/** The entity mappers of one store, one for each class. Each is created on first use and kept. */
export class EntityMappers {
  readonly store: TableStore;
  readonly #tableName: (name: string) => string;
  readonly queries: QuerySettings;
  readonly #mappers = new Map<EntityClass, EntityMapper<object>>();

  constructor(store: TableStore, tableName: (name: string) => string, queries: QuerySettings = {}) {
    this.store = store;
    this.#tableName = tableName;
    this.queries = queries;
  }

  /** Returns the mapper of a class. Throws `metadata.*` if the class cannot be stored as it is declared. */
  of<T extends object>(entityClass: EntityClass<T>): EntityMapper<T> {
    const known = this.#mappers.get(entityClass) as EntityMapper<T> | undefined;
    if (known !== undefined) return known;
    const metadata = metadataOf(entityClass);
    const mapper = new EntityMapper(metadata, this.store, this.#tableName, this.queries);
    this.#mappers.set(entityClass, mapper);
    return mapper;
  }
}
