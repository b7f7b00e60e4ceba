import {
  and,
  DataSource,
  Entity,
  ETag,
  not,
  oldestFirst,
  PartitionKey,
  Property,
  RowKey,
  Timestamp,
  type Filter,
  type KeyOf,
  type PartitionKeyOf,
  type PatchOf,
  type Query,
  type Repository,
  type UnitOfWork,
} from '../../src/index.js';
import { assertType, type Equal } from './equal.js';

// Type tests of a service class that is generic over its entities: it can use every property of the constraint of `T`
// with a `Repository<T>`.

abstract class Base {
  @PartitionKey() tenant!: PartitionKey;
  @RowKey({ converter: oldestFirst }) at!: RowKey<Date>;
  @RowKey() id!: RowKey;
  @Property({ type: 'String' }) createdBy?: string;
  @Property({ type: 'String' }) state?: 'open' | 'closed';
  @Property({ type: 'Int64' }) version!: bigint;
  @ETag() etag?: ETag;
  @Timestamp() updatedAt?: Timestamp;

  touch(): void {}
}

export abstract class Crud<T extends Base> {
  constructor(protected readonly repository: Repository<T>) {}

  find(tenant: string, at: Date, id: string): Promise<T | undefined> {
    return this.repository.get({ tenant, at, id });
  }

  async touch(tenant: string, at: Date, id: string): Promise<bigint> {
    const entity = await this.repository.getOrThrow({ tenant, at, id });
    entity.touch();
    this.repository.assign(entity, { createdBy: 'me' });
    await this.repository.save(entity);
    await this.repository.modify({ tenant, at, id }, (found) => found.version++);
    return entity.version;
  }

  mine(tenant: string, who: string): Promise<T[]> {
    return this.repository
      .query({ tenant })
      .where('createdBy', 'eq', who)
      .where('state', 'in', ['open', 'closed'])
      .where('version', 'between', [1n, 5n])
      .where('createdBy', 'isPresent')
      .orderBy('version', 'desc')
      .toArray();
  }

  also(tenants: readonly string[], who: string, more: Filter<Base>): Query<T> {
    return this.repository
      .query(tenants.map((tenant) => ({ tenant })))
      .where((e) => e.createdBy.eq(who).and(e.version.gt(5n), e.at.lt(new Date()), more))
      .where(more)
      .where({ createdBy: who, state: 'open' })
      .where('state', 'in', tenants);
  }

  async texts(tenant: string): Promise<(string | undefined)[]> {
    const found = await this.repository.query({ tenant }).select('createdBy', 'id').toArray();
    return found.flatMap(({ createdBy, id }) => [createdBy, id.toUpperCase()]);
  }

  async change(tenant: string, at: Date, id: string): Promise<void> {
    const key = { tenant, at, id };
    await this.repository.merge(key, { createdBy: 'me', state: null });
    await this.repository.query({ tenant }).merge({ state: 'closed' });
    await this.repository.query({ tenant }).merge(({ version }) => ({ state: version > 1n ? 'open' : 'closed' }));
    await this.repository.mergeMany([{ key, patch: { version: 5n } }]);
    await this.repository.getMany([key, key]);
    await this.repository.delete(key);
    await this.repository.deleteMany([key]);
    if (await this.repository.exists(key)) throw new Error('It was deleted.');
  }

  given(unit: UnitOfWork, type: abstract new () => T, key: KeyOf<T>, patch: PatchOf<T>): void {
    void this.repository.get(key);
    void this.repository.merge(key, patch);
    void unit.get(type, { tenant: 't', at: new Date(), id: 'i' });
    unit.query(type, { tenant: 't' });
    void unit.repository(type).get(key);
  }

  both(one: PartitionKeyOf<T>, several: readonly PartitionKeyOf<T>[]): void {
    this.repository.query(one);
    this.repository.query(several);
    this.repository.query(several.length > 0 ? several : one);
  }

  filtered(tenant: string, who: string, own: Filter<T>): Query<T> {
    return this.repository
      .query({ tenant })
      .where(own)
      .where(not(own))
      .where((e) => and(own, e.createdBy.eq(who)));
  }

  refused(tenant: string, at: Date, id: string): void {
    // @ts-expect-error a part of the key is missing
    void this.repository.get({ tenant, id });
    // @ts-expect-error the property is a Date
    void this.repository.get({ tenant, at: 'x', id });
    // @ts-expect-error there is no such property
    this.repository.query({ tenant }).where('creator', 'eq', id);
    // @ts-expect-error an Int64 is a bigint
    this.repository.query({ tenant }).where('version', 'eq', 5);
    // @ts-expect-error startsWith is for strings
    this.repository.query({ tenant }).where('version', 'startsWith', '5');
    // @ts-expect-error there is no such property
    this.repository.query({ tenant }).where((e) => e.creator.eq(id));
    // @ts-expect-error the store sets the ETag
    void this.repository.merge({ tenant, at, id }, { etag: 'x' });
    // @ts-expect-error an Int64 is a bigint
    void this.repository.merge({ tenant, at, id }, { version: 5 });
    // @ts-expect-error there is no such property
    this.repository.query({ tenant }).where({ creator: id });
    // @ts-expect-error an Int64 is a bigint
    this.repository.query({ tenant }).where({ version: 5 });
    // @ts-expect-error there is no such property
    this.repository.query({ tenant }).select('creator');
    // @ts-expect-error there is no such property
    this.repository.query({ tenant }).orderBy('creator');
  }
}

@Entity({ table: 'Tasks', rowKey: '{at}|{id}' })
class Task extends Base {
  @Property({ type: 'Double' }) hours!: number;
}

class Tasks extends Crud<Task> {
  long(tenant: string): Query<Task> {
    return this.repository.query({ tenant }).where('hours', 'gt', 8).where('createdBy', 'isPresent');
  }
}

export async function use(): Promise<void> {
  await using source = await DataSource.open('memory:');
  const tasks = new Tasks(source.repository(Task));
  const found = await tasks.find('t', new Date(), 'i');
  assertType<Equal<typeof found, Task | undefined>>();
  await tasks.long('t').where('hours', 'lt', 10).delete();
}
