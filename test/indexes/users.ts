import {
  Entity,
  ETag,
  index,
  newestFirst,
  PartitionKey,
  Property,
  RowKey,
  metadataOf,
  type DataSource,
} from '../../src/index.js';
import { indexesOf } from '../../src/indexes/index-rows.js';
import { EntityMapper } from '../../src/mapping/entity-mapper.js';
import { ENTRY_HEAD } from '../../src/metadata/indexes/index-metadata.js';
import type { EntityClass } from '../../src/metadata/key-types.js';
import { PARTITION_KEY, ROW_KEY } from '../../src/store/row.js';

/** A class with a unique index, one with a projection and a condition, and one of a number. */
@Entity({ table: 'Users', rowKey: 'user|{id}' })
export class User {
  static readonly byEmail = index({ on: ['email'], unique: true });
  static readonly byPlan = index({ on: ['plan', ['joined', newestFirst]], project: ['name'], where: { active: true } });
  static readonly byScore = index({ on: ['score'] });
  @PartitionKey() tenant!: PartitionKey;
  @RowKey() id!: RowKey;
  @ETag() etag?: string;
  @Property({ type: 'String' }) email?: string | undefined;
  @Property({ type: 'String' }) plan?: string | undefined;
  @Property({ type: 'DateTime' }) joined?: Date | undefined;
  @Property({ type: 'Int32' }) score?: number | undefined;
  @Property({ type: 'Boolean' }) active?: boolean | undefined;
  @Property({ type: 'String' }) name?: string | undefined;
  @Property({ type: 'String' }) note?: string | undefined;
}

/**
 * The keys of entries that are missing for the entities of a table, and of those that say too much. If two entities have
 * one unique value, the entry of one of them counts as missing.
 */
export interface Findings {
  readonly missing: readonly string[];
  readonly surplus: readonly string[];
}

/** Compares the entries of a class's indexes with its entities, in a table at rest. */
export async function findings<T extends object>(
  db: DataSource,
  entityClass: EntityClass<T>,
  tableName: (name: string) => string = (name) => name,
): Promise<Findings> {
  const mapper = new EntityMapper(metadataOf(entityClass), db.store, tableName);
  const indexes = indexesOf(mapper)!;
  const expected = new Map<string, string>();
  const stored = new Map<string, string>();
  const shared: string[] = [];
  const [head = ''] = mapper.metadata.rowKey.literals;
  const scan = mapper.rows.scan({}, (row) => {
    const address = { partitionKey: row.string(PARTITION_KEY), rowKey: row.string(ROW_KEY) };
    if (!address.rowKey.startsWith(head) || address.rowKey.startsWith(ENTRY_HEAD)) return;
    const values = indexes.values(row);
    for (const maker of indexes.makers) {
      const entry = maker.entryOf(address, values);
      if (entry === undefined) continue;
      if (expected.has(textOf(entry))) shared.push(textOf(entry));
      const names = [...maker.index.project, '#row', '#partition'];
      const held = names.map((name) => [name, entry.values[name] ?? undefined]);
      expected.set(textOf(entry), JSON.stringify(Object.fromEntries(held)));
    }
  });
  for await (const page of scan) void page;
  for (const maker of indexes.makers) {
    const { rows, metadata } = maker.mapper;
    const start = metadata.rowKey.literals[0]!;
    const entries = rows.scan({}, (row) => {
      const address = { partitionKey: row.string(PARTITION_KEY), rowKey: row.string(ROW_KEY) };
      if (!address.rowKey.startsWith(start)) return;
      const values = maker.mapper.project([...metadata.members.keys()]).decode(row);
      const held = Object.fromEntries(maker.index.project.map((name) => [name, (values as never)[name] ?? undefined]));
      const owner = (values as { '#row': string })['#row'];
      stored.set(textOf(address), JSON.stringify({ ...held, '#row': owner, '#partition': address.partitionKey }));
    });
    for await (const page of entries) void page;
  }
  return {
    missing: [...[...expected].filter(([key, values]) => stored.get(key) !== values).map(([key]) => key), ...shared],
    surplus: [...stored.keys()].filter((key) => !expected.has(key)),
  };
}

function textOf({ partitionKey, rowKey }: { readonly partitionKey: string; readonly rowKey: string }): string {
  return `${partitionKey} ${rowKey}`;
}
