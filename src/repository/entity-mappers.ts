import { EntityMapper } from '../mapping/entity-mapper.js';
import type { QuerySettings } from '../mapping/entity-reader.js';
import type { EntityMetadata, IndexMetadata } from '../metadata/entity-metadata.js';
import type { EntityClass } from '../metadata/key-types.js';
import { MetadataProblems } from '../metadata/metadata-problems.js';
import { metadataOf } from '../metadata/metadata-of.js';
import type { TableStore } from '../store/table-store.js';

/** The entity mappers of one store, one for each class. Each is created on first use and kept. */
export class EntityMappers {
  readonly store: TableStore;
  readonly #tableName: (name: string) => string;
  readonly queries: QuerySettings;
  readonly #mappers = new Map<EntityClass, EntityMapper<object>>();
  /**
   * For each table, a class with indexes in the partitions of its entities, and a class whose row key has no template.
   * Two such classes cannot share a table.
   */
  readonly #neighbours = new Map<string, Neighbours>();
  readonly #withEntries = new Set<string>();
  /** The class and the index that own each range of entries, by table and first characters of the row keys. */
  readonly #ranges = new Map<string, { readonly of: EntityMetadata; readonly index: IndexMetadata }>();

  constructor(store: TableStore, tableName: (name: string) => string, queries: QuerySettings = {}) {
    this.store = store;
    this.#tableName = tableName;
    this.queries = { ...queries, tablesWithEntries: this.#withEntries };
  }

  /** Returns the mapper of a class. Throws `metadata.*` if the class cannot be stored as it is declared. */
  of<T extends object>(entityClass: EntityClass<T>): EntityMapper<T> {
    const known = this.#mappers.get(entityClass) as EntityMapper<T> | undefined;
    if (known !== undefined) return known;
    const metadata = metadataOf(entityClass);
    const mapper = new EntityMapper(metadata, this.store, this.#tableName, this.queries);
    this.#meet(mapper.source.table, mapper);
    this.#claim(mapper);
    this.#mappers.set(entityClass, mapper);
    return mapper;
  }

  /**
   * Rejects a class without a template for its row keys in a table that also holds entries of indexes: a query of the
   * class would read entries as its entities. Throws `metadata.invalid-index`.
   */
  #meet(id: string, { metadata, table }: EntityMapper<object>): void {
    const { indexed, plain } = this.#neighbours.get(id) ?? {};
    const isIndexed = metadata.indexes.some(({ partition }) => partition === undefined);
    if (metadata.rowKey.plain && indexed !== undefined) {
      const why = `its table ${table} also holds the entries of the indexes of ${indexed.className}, and its row key has no template to be told from theirs`;
      refuse(metadata, `${why}: ${remedyFor(metadata)}`);
    }
    if (isIndexed && plain !== undefined) {
      const why = `its indexes have their entries in the table ${table}, where the row key of ${plain.className} has no template to be told from theirs`;
      refuse(metadata, `${why}: ${remedyFor(plain)} for ${plain.className}`);
    }
    if (isIndexed) this.#withEntries.add(table.toLowerCase());
    this.#neighbours.set(id, {
      indexed: isIndexed ? metadata : indexed,
      plain: metadata.rowKey.plain ? metadata : plain,
    });
  }

  /**
   * Rejects an index whose entries could have the same keys as those of a different index of another class. A class
   * that inherits an index shares it. Throws `metadata.invalid-index`.
   */
  #claim({ metadata, entries }: EntityMapper<object>): void {
    const claims = metadata.indexes.map((index, at) => {
      const { source, table } = entries[at]!;
      return { table, index, range: `${source.table} ${index.entries.rowKey.literals[0]}` };
    });
    for (const { range, index, table } of claims) {
      const other = this.#ranges.get(range);
      if (other === undefined || other.index.declared === index.declared) continue;
      const remedy = index.partition === undefined ? 'name' : 'table';
      refuse(
        metadata,
        `the index ${index.name} and the index ${other.index.name} of ${other.of.className} would be stored under the same keys of the table ${table}: ` +
          `give one of them another ${remedy}, index({ ${remedy} })`,
      );
    }
    for (const { range, index } of claims) this.#ranges.set(range, { of: metadata, index });
  }
}

interface Neighbours {
  readonly indexed?: EntityMetadata | undefined;
  readonly plain?: EntityMetadata | undefined;
}

function remedyFor({ rowKey }: EntityMetadata): string {
  return `declare @Entity({ rowKey: '{${rowKey.parts[0]!.name}}' }), which stores the same keys unless they hold "~", or use a table of its own`;
}

function refuse({ className }: EntityMetadata, problem: string): void {
  const problems = new MetadataProblems(className);
  problems.add('metadata.invalid-index', problem);
  problems.throwAny();
}
