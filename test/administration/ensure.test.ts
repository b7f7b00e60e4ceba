import { expect } from 'chai';
import { DataSource } from '../../src/data-source/data-source.js';
import type { EntitableErrorOf } from '../../src/errors/entitable-error.js';
import { recordingStore, requestNames } from '../../src/testing/recording-store.js';
import { CannedService, ENDPOINT, KEY } from '../stores/azure/canned-service.js';
import { onEveryStore, rejection } from '../support/every-store.js';
import { Order, Setting } from '../support/models.js';

onEveryStore('ensure', (open) => {
  it('makes the tables that are missing, and says which', async () => {
    const { tables, tableName } = await open();
    await tables.tables.create(tableName('Settings'));
    expect(await tables.tables.ensure([Order, Setting, tableName('Extra')])).to.deep.equal([
      tableName('Extra'),
      tableName('Orders'),
    ]);
    expect(await tables.tables.ensure([Order, Setting, tableName('Extra')])).to.deep.equal([]);
    for (const name of ['Orders', 'Settings', 'Extra']) {
      expect(await tables.tables.exists(tableName(name))).to.equal(true);
    }
  });

  it('makes each table once, whoever names it', async () => {
    const { store, tableName } = await open();
    const { store: recorded, requests } = recordingStore(store);
    const tables = await DataSource.open(recorded, { tableName });
    await tables.tables.ensure([Order, Order, tableName('Orders')]);
    expect(requestNames(requests).filter((name) => name === 'createTable')).to.deep.equal(['createTable']);
  });

  it('looks once, and asks for nothing, where all tables exist', async () => {
    const { store, tableName } = await open();
    const { store: recorded, requests } = recordingStore(store);
    const tables = await DataSource.open(recorded, { tableName });
    await tables.tables.ensure([Order, Setting]);
    requests.length = 0;
    await tables.tables.ensure([Order, Setting]);
    expect([...new Set(requestNames(requests))]).to.deep.equal(['tables']);
  });

  it('sends nothing for no table at all', async () => {
    const { store } = await open();
    const { store: recorded, requests } = recordingStore(store);
    expect(await (await DataSource.open(recorded)).tables.ensure([])).to.deep.equal([]);
    expect(requests).to.deep.equal([]);
  });

  for (const [what, wanted, code] of [
    ['a class that is no entity class', [class {}], 'metadata.not-an-entity'],
    ['a bad name', ['a-b'], 'validation.invalid-option'],
    ['something else', [5], 'validation.invalid-option'],
    ['no list', 5, 'validation.invalid-option'],
  ] as const) {
    it(`refuses ${what} before anything is sent`, async () => {
      const { store } = await open();
      const { store: recorded, requests } = recordingStore(store);
      const tables = await DataSource.open(recorded);
      expect(await rejection(tables.tables.ensure(wanted as never))).to.have.property('code', code);
      expect(requests).to.deep.equal([]);
    });
  }
});

describe('ensure, where tables cannot be made', () => {
  const listed = {
    status: 200,
    headers: { 'content-type': 'application/json;odata=minimalmetadata' },
    body: JSON.stringify({ value: [{ TableName: 'Settings' }] }),
  };

  it('is one error that names every one of them', async () => {
    const service = new CannedService(({ method, body }) => {
      if (method === 'GET') return listed;
      return body?.includes('Extra') ? { status: 204 } : { status: body?.includes('Orders') ? 403 : 400 };
    });
    const tables = await DataSource.open({ endpoint: ENDPOINT, credential: KEY }, { httpClient: service });
    const error = (await rejection(
      tables.tables.ensure([Order, Setting, 'Extra', 'Others'], { concurrency: 1 }),
    )) as EntitableErrorOf<'store.tables-not-created'>;
    expect({ code: error.code, message: error.message, details: error.details }).to.deep.equal({
      code: 'store.tables-not-created',
      message:
        '2 of 4 tables could not be created: Orders (store.unauthorized), Others (store.rejected). The cause has the error of each. ' +
        'Those that could be stand; ensure() again goes on with the others.',
      details: { tables: ['Orders', 'Others'], created: ['Extra'] },
    });
    expect((error.cause as AggregateError).errors.map(({ code }: { code: string }) => code)).to.deep.equal([
      'store.unauthorized',
      'store.rejected',
    ]);
  });

  it('goes without looking where the credential may make tables, but not list them', async () => {
    const service = new CannedService(({ method }) => ({ status: method === 'GET' ? 403 : 204 }));
    const tables = await DataSource.open({ endpoint: ENDPOINT, credential: KEY }, { httpClient: service });
    expect(await tables.tables.ensure([Order, Setting])).to.deep.equal(['Orders', 'Settings']);
  });
});
