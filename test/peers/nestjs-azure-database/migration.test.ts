import { TableClient, TableServiceClient } from '@azure/data-tables';
import { AzureTableStorageService, type AzureTableStorageRepository } from '@nestjs/azure-database';
import type { INestApplicationContext, Type } from '@nestjs/common';
import { NestFactory } from '@nestjs/core';
import { expect } from 'chai';
import { DataSource, Entity, EntitableError, PartitionKey, Property, RowKey, type Repository } from 'entitable';
import * as now from './after.js';
import * as then from './before.js';

const key = { partitionKey: 'core|2026', rowKey: 'launch' };
const launch: then.Event = {
  ...key,
  team: 'core',
  year: '2026',
  title: 'Launch',
  note: 'bring cake',
  open: true,
  seats: 20,
  views: 5,
  price: 4,
  series: 'c9da6455-213d-42c9-9a79-3e9149a57833',
  at: new Date('2026-11-21T09:30:00Z'),
};
const party: then.Event = { ...launch, rowKey: 'party', views: 50_000_000_000, price: 4.5 };

/** Returns an entity's properties without its ETag and timestamp. */
function dataOf({ etag, timestamp, ...data }: now.Event): object {
  expect([typeof etag, timestamp instanceof Date]).to.deep.equal(['string', true]);
  return data;
}

/** The same rows, with the partition key split into its parts. */
@Entity({ table: 'Events', partitionKey: '{team}|{year}' })
class KeyedEvent {
  @PartitionKey() team!: PartitionKey;
  @PartitionKey() year!: PartitionKey;
  @RowKey() slug!: RowKey;
  @Property() title!: string;
}

describe('The migration from @nestjs/azure-database', () => {
  const contexts: INestApplicationContext[] = [];
  let old: AzureTableStorageRepository<then.Event>;
  let events: Repository<now.Event>;
  let tables: DataSource;

  async function start(module: Type): Promise<INestApplicationContext> {
    const context = await NestFactory.createApplicationContext(module, { logger: false, abortOnError: false });
    contexts.push(context);
    return context;
  }

  before(async () => {
    const before = await start(then.EventModule);
    old = before.get(then.EventService).events;
    // The package does not let applications pass options to the SDK, and the emulator has no https.
    const connectionString = `DefaultEndpointsProtocol=http;${process.env.AZURITE}`;
    const options = { allowInsecureConnection: true };
    Object.assign(before.get(AzureTableStorageService, { strict: false }), {
      tableClient: TableClient.fromConnectionString(connectionString, 'Events', options),
      tableServiceClient: TableServiceClient.fromConnectionString(connectionString, options),
    });
    const after = await start(now.EventModule);
    events = after.get(now.EventService).events;
    tables = after.get(DataSource);
  });
  beforeEach(async () => {
    await tables.tables.createIfMissing('Events');
    await tables.tables.truncate('Events');
  });
  after(async () => {
    for (const context of contexts) await context.close();
  });

  it('A migrated entity reads every written property under its own name, whatever the decorators of @nestjs/azure-database were', async () => {
    await old.create({ ...launch });
    await old.create({ ...party });
    expect((await events.scan().toArray()).map(dataOf)).to.deep.equal([
      { ...launch, views: 5n },
      { ...party, views: 50_000_000_000n },
    ]);
  });

  it('Entitable has a call for each call of @nestjs/azure-database', async () => {
    expect(await old.find(key.partitionKey, key.rowKey)).to.equal(null);
    expect(await events.get(key)).to.equal(undefined);

    await old.create({ ...launch });
    expect(await old.create({ ...launch })).to.equal(null);
    const taken = await events.insert({ ...launch, views: 5n }).catch((error: unknown) => error);
    expect(EntitableError.is(taken, 'store.already-exists')).to.be.true;
    expect(await events.insert({ ...party, views: 6n })).to.include({ rowKey: 'party' });
    expect(await old.find(party.partitionKey, party.rowKey)).to.include({ rowKey: 'party', views: 6n });

    const changes = { title: 'Launch day' };
    await old.update(key.partitionKey, key.rowKey, { ...launch, ...changes });
    expect(await events.get(key)).to.include({ ...changes, note: 'bring cake' });
    await events.merge(key, { title: 'Launch' });
    expect(await old.find(key.partitionKey, key.rowKey)).to.include({ title: 'Launch', note: 'bring cake' });

    expect(await old.findAll()).to.have.length(2);
    expect(await events.scan().toArray()).to.have.length(2);
    expect(await events.scan().rawFilter("RowKey eq 'party'").toArray()).to.have.length(1);
    await events.delete(key);
    expect(await events.delete(key, { missing: 'ignore' })).to.be.false;
    expect(await old.findAll()).to.have.length(1);
  });

  it('Rewriting migrated entities stores the declared types, so that filters find them', async () => {
    await old.create({ ...launch });
    const numbers = async (): Promise<object> => {
      const { properties } = await tables.tables.describe('Events');
      const found = properties.map(({ name, types }) => [name, Object.keys(types).join()] as const);
      return Object.fromEntries(found.filter(([name]) => ['price', 'seats', 'views'].includes(name)));
    };
    expect(await numbers()).to.deep.equal({ price: 'Int32', seats: 'Int32', views: 'Int32' });
    await events.upsertMany(events.scan());
    expect(await numbers()).to.deep.equal({ price: 'Double', seats: 'Int32', views: 'Int64' });
    expect(await events.scan().where('views', 'eq', 5n).where('price', 'eq', 4).count()).to.equal(1);
  });

  it('A key template reads a key that was composed by hand back into its parts', async () => {
    await old.create({ ...launch });
    const keyed = tables.repository(KeyedEvent);
    expect(await keyed.query({ team: 'core', year: '2026' }).toArray()).to.deep.equal([
      { team: 'core', year: '2026', slug: 'launch', title: 'Launch' },
    ]);
  });
});
