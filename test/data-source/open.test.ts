import { inspect } from 'node:util';
import { expect } from 'chai';
import { DataSource } from '../../src/data-source/data-source.js';
import { Guid } from '../../src/edm/guid.js';
import { Order } from '../support/models.js';
import { rejection } from '../support/every-store.js';
import { memoryStore } from '../../src/stores/memory/memory-store.js';

const KEY = Buffer.from('a very secret key').toString('base64');

describe('DataSource.open', () => {
  it('DataSource.open opens a new store for each memory: target', async () => {
    await using first = await DataSource.open('memory:');
    await using second = await DataSource.open('memory:');
    expect([first.traits.kind, second.traits.kind]).to.deep.equal(['memory', 'memory']);
    expect(first.traits.identity).not.to.equal(second.traits.identity);
  });

  it('DataSource.open accepts any TableStore', async () => {
    const store = memoryStore();
    await using tables = await DataSource.open(store);
    expect(tables.traits).to.equal(store.traits);
  });

  it('DataSource.open accepts an Azure connection string without sending anything', async () => {
    await using tables = await DataSource.open(`AccountName=acme;AccountKey=${KEY};EndpointSuffix=core.windows.net`);
    expect(tables.traits).to.include({ kind: 'azure-storage', identity: 'https://acme.table.core.windows.net' });
  });

  for (const target of [
    '',
    'sqlite:',
    'lmdb:',
    'memory',
    `AccountKey=${KEY}`,
    `postgres://user:${KEY}@host`,
    { endpoint: `https://acme.table.core.windows.net?sig=${KEY}`, credential: { name: 'acme', key: KEY } },
    { endpoint: 'no url', credential: { name: 'acme', key: KEY } },
    { key: KEY },
    undefined,
    null,
    5,
  ]) {
    it(`DataSource.open refuses ${inspect(target).replaceAll(KEY, '…')} with store.unknown-target, without quoting it`, async () => {
      const error = await rejection(DataSource.open(target as never));
      expect(error).to.have.property('code', 'store.unknown-target');
      expect(inspect(error, { depth: 9 })).not.to.include(KEY);
    });
  }

  for (const [option, options] of Object.entries({
    ensureTables: { ensureTables: 'Never' },
    durability: { durability: 'none' },
    limits: { limits: 'Cosmos' },
    validate: { validate: 'yes' },
    tableName: { tableName: 'dev' },
    fileMode: { fileMode: 640 },
  })) {
    it(`DataSource.open refuses an option with an invalid value: ${inspect(options)}`, async () => {
      const error = await rejection(DataSource.open('memory:', options as never));
      expect(error).to.have.property('code', 'validation.invalid-option');
      expect(error).to.have.nested.property('details.option', option);
    });
  }

  it('DataSource.open applies the limits of a service to an embedded store', async () => {
    await using tables = await DataSource.open('memory:', { limits: 'cosmos' });
    const error = await rejection(
      tables.repository(Order).insert(Object.assign(new Order(), { customerId: 'c', orderId: 'x'.repeat(256) })),
    );
    expect(error).to.have.property('code', 'key.too-long');
  });

  it('DataSource.open takes a clock for the timestamps of embedded stores', async () => {
    await using tables = await DataSource.open('memory:', { clock: () => Date.UTC(2026, 0, 1) });
    const inserted = await tables
      .repository(Order)
      .insert(Object.assign(new Order(), { customerId: 'c', orderId: 'o', correlation: Guid.random() }));
    expect(inserted.updatedAt).to.deep.equal(new Date(Date.UTC(2026, 0, 1)));
  });
});
