import { expect } from 'chai';
import { Entity, ETag, PartitionKey, Property, RowKey } from '../../decorators/index.js';
import { DataSource } from '../../src/data-source/data-source.js';
import { EntitableError } from '../../src/errors/entitable-error.js';
import { recordingStore } from '../../src/testing/recording-store.js';
import { onEveryStore, rejection } from '../support/every-store.js';

@Entity({ table: 'Customers', rowKey: 'profile' })
class Customer {
  @PartitionKey() id!: PartitionKey;
  @Property({ type: 'String' }) name?: string;
}

@Entity({ table: 'Purchases', rowKey: 'order|{order}' })
class Purchase {
  @PartitionKey() customer!: PartitionKey;
  @RowKey() order!: RowKey;
  @Property({ type: 'Int32' }) total?: number;
  @ETag() etag?: string;
}

@Entity({ table: 'Purchases', rowKey: 'parcel|{order}' })
class Parcel {
  @PartitionKey() customer!: PartitionKey;
  @RowKey() order!: RowKey;
  @Property({ type: 'Boolean' }) sent?: boolean;
}

const made = (count: number): (Customer | Purchase | Parcel)[] =>
  Array.from({ length: count }, (_, index) => {
    const customer = `c${index % 3}`;
    return [
      ...(index < 3 ? [Object.assign(new Customer(), { id: customer, name: customer })] : []),
      Object.assign(new Purchase(), { customer, order: `${index}`, total: index }),
      Object.assign(new Parcel(), { customer, order: `${index}`, sent: false }),
    ];
  }).flat();

onEveryStore('A bulk write of several classes', (open) => {
  it('A bulk write of several classes sends transactions of one table and one partition each', async () => {
    const { store, tableName } = await open();
    const { store: recorded, requests } = recordingStore(store);
    const tables = await DataSource.open(recorded, { tableName });
    await tables.tables.ensure([Customer, Purchase, Parcel]);
    requests.length = 0;
    const entities = made(60);
    expect(await tables.insertMany(entities)).to.deep.equal({ written: 123, failed: [] });
    const sent = requests.map((request) =>
      request.kind === 'submit' ? `${request.table === tableName('Customers')} ${request.writes.length}` : request.kind,
    );
    expect(sent.toSorted()).to.deep.equal([...Array<string>(3).fill('false 40'), ...Array<string>(3).fill('true 1')]);
    expect([
      await tables.repository(Customer).scan().count(),
      await tables.repository(Purchase).query({ customer: 'c1' }).count(),
      await tables.repository(Parcel).query({ customer: 'c1' }).count(),
    ]).to.deep.equal([3, 20, 20]);
    expect(entities.filter((entity) => entity instanceof Purchase).every(({ etag }) => etag !== undefined)).to.equal(
      true,
    );
  });

  it('A bulk write of several classes upserts and deletes the entities of any iterable', async () => {
    const { tables } = await open();
    await tables.insertMany(made(6));
    const entities = made(9);
    for (const entity of entities) if (entity instanceof Purchase) entity.total = -1;
    expect(
      (
        await tables.upsertMany(
          (async function* () {
            yield* entities;
          })(),
        )
      ).written,
    ).to.equal(21);
    expect(await tables.repository(Purchase).scan().where('total', 'eq', -1).count()).to.equal(9);
    expect((await tables.deleteMany(new Set(entities))).written).to.equal(21);
    expect([
      await tables.repository(Customer).scan().count(),
      await tables.repository(Purchase).scan().count(),
    ]).to.deep.equal([0, 0]);
    const gone = made(1).map((entity) => Object.assign(entity, entity instanceof Purchase && { etag: '*' }));
    expect(await rejection(tables.deleteMany(gone.slice(1, 2)))).to.have.property('code', 'commit.bulk-stopped');
    expect((await tables.deleteMany(gone.slice(1, 2), { missing: 'ignore' })).written).to.equal(1);
  });

  it("A bulk write of several classes with onError: 'collect' writes all entities that can be written", async () => {
    const { tables } = await open();
    await tables.repository(Parcel).insert(Object.assign(new Parcel(), { customer: 'c0', order: '0' }));
    const entities = [...made(2), { customer: 'c0' }, new Date(), null, Object.assign(new Purchase(), { order: 'x' })];
    const { written, failed } = await tables.insertMany(entities as object[], { onError: 'collect' });
    expect(written).to.equal(5);
    expect(failed.map(({ index, error }) => [index, EntitableError.is(error) && error.code])).to.deep.equal([
      [2, 'store.already-exists'],
      [6, 'metadata.not-an-entity'],
      [7, 'metadata.not-an-entity'],
      [8, 'entity.not-an-object'],
      [9, 'key.missing-part'],
    ]);
    expect(failed.slice(1, 4).map(({ error }) => (error as Error).message)).to.deep.equal([
      'A bulk write takes an instance of an entity class, whose class tells its table, not a plain object. ' +
        'Make one, e.g. by create({ … }) of its repository.',
      'Date is not an entity class. Decorate it with @Entity({ table }), or describe it with defineEntity(Date, { table, properties }).',
      'A bulk write takes an instance of an entity class, whose class tells its table, not null. ' +
        'Make one, e.g. by create({ … }) of its repository.',
    ]);
  });

  it('A bulk write of several classes is refused in a unit of work, and for input that is not iterable', async () => {
    const { tables } = await open();
    for (const write of [
      () => tables.insertMany(made(1)),
      () => tables.upsertMany(made(1)),
      () => tables.deleteMany(made(1)),
    ]) {
      expect(await rejection(tables.run(write))).to.have.property('code', 'commit.not-in-unit');
    }
    expect(await rejection(tables.insertMany(5 as never))).to.have.property('code', 'validation.invalid-option');
    expect(await rejection(tables.upsertMany([], { mode: 'insert' as never }))).to.have.property(
      'code',
      'validation.invalid-option',
    );
  });
});
