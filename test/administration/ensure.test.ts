import { expect } from 'chai';
import { DataSource } from '../../src/data-source/data-source.js';
import type { EntitableErrorOf } from '../../src/errors/entitable-error.js';
import { recordingStore, requestNames } from '../../src/testing/recording-store.js';
import { CannedService, ENDPOINT, KEY } from '../stores/azure/canned-service.js';
import { onEveryStore, rejection } from '../support/every-store.js';
import { Order, Setting } from '../support/models.js';

onEveryStore('Creating missing tables', (open) => {
  it('ensure creates the missing tables and returns their names', async () => {
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

  it('ensure creates each table once, even if it is named several times', async () => {
    const { store, tableName } = await open();
    const { store: recorded, requests } = recordingStore(store);
    const tables = await DataSource.open(recorded, { tableName });
    await tables.tables.ensure([Order, Order, tableName('Orders')]);
    expect(requestNames(requests).filter((name) => name === 'createTable')).to.deep.equal(['createTable']);
  });

  it('ensure sends only the list request if all tables exist', async () => {
    const { store, tableName } = await open();
    const { store: recorded, requests } = recordingStore(store);
    const tables = await DataSource.open(recorded, { tableName });
    await tables.tables.ensure([Order, Setting]);
    requests.length = 0;
    await tables.tables.ensure([Order, Setting]);
    expect([...new Set(requestNames(requests))]).to.deep.equal(['tables']);
  });

  it('ensure sends no request for an empty list', async () => {
    const { store } = await open();
    const { store: recorded, requests } = recordingStore(store);
    expect(await (await DataSource.open(recorded)).tables.ensure([])).to.deep.equal([]);
    expect(requests).to.deep.equal([]);
  });

  for (const [what, wanted, code] of [
    ['a class that is not an entity class', [class {}], 'metadata.not-an-entity'],
    ['an invalid name', ['a-b'], 'validation.invalid-option'],
    ['a list with a number', [5], 'validation.invalid-option'],
    ['a value that is not a list', 5, 'validation.invalid-option'],
  ] as const) {
    it(`ensure rejects ${what} before a request is sent`, async () => {
      const { store } = await open();
      const { store: recorded, requests } = recordingStore(store);
      const tables = await DataSource.open(recorded);
      expect(await rejection(tables.tables.ensure(wanted as never))).to.have.property('code', code);
      expect(requests).to.deep.equal([]);
    });
  }
});

describe('ensure, if tables cannot be created', () => {
  const listed = {
    status: 200,
    headers: { 'content-type': 'application/json;odata=minimalmetadata' },
    body: JSON.stringify({ value: [{ TableName: 'Settings' }] }),
  };

  it('ensure throws one error that names every table that could not be created', async () => {
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

  it('ensure works with a credential that may create tables but not list them', async () => {
    const service = new CannedService(({ method }) => ({ status: method === 'GET' ? 403 : 204 }));
    const tables = await DataSource.open({ endpoint: ENDPOINT, credential: KEY }, { httpClient: service });
    expect(await tables.tables.ensure([Order, Setting])).to.deep.equal(['Orders', 'Settings']);
  });
});
