import { expect } from 'chai';
import { DataSource, type DataSourceTarget } from 'entitable';
import { KeyValueStore } from 'entitable/key-value';
import { startAzurite, type Azurite } from '../../azurite/azurite.js';
import { CannedService, COSMOS_ENDPOINT, ENDPOINT } from '../../stores/azure/canned-service.js';

const TARGETS: Readonly<Record<string, (azurite: Azurite) => DataSourceTarget | Promise<DataSourceTarget>>> = {
  'a connection string': ({ connectionString }) => connectionString,
  'an account and its key': ({ endpoint, account, key }) => ({ endpoint, credential: { name: account, key } }),
  'a SAS': async ({ connectionString }) => {
    await using owner = await DataSource.open(connectionString);
    return await owner.tables.generateAccountSas({
      permissions: ['read', 'add', 'update', 'delete', 'write'],
      expiry: new Date(Date.now() + 3_600_000),
      resourceTypes: ['container', 'object'],
    });
  },
};

describe('Opening a key-value store', () => {
  for (const [mode, targetOf] of Object.entries(TARGETS)) {
    it(`A key-value store opened by ${mode} reads what it writes`, async () => {
      await using store = await KeyValueStore.open(await targetOf(await startAzurite()));
      await store.put('a/b', { mode }, 'modes');
      expect(await store.get('a/b', 'modes')).to.deep.equal({ mode });
      expect(await store.delete('a/b', 'modes')).to.equal(true);
    });
  }

  for (const endpoint of [ENDPOINT, COSMOS_ENDPOINT]) {
    it(`A key-value store opened by a token sends it to ${endpoint}`, async () => {
      const service = new CannedService(() => ({ status: 204, headers: { etag: 'W/"1"' } }));
      const getToken = () => Promise.resolve({ token: 'token', expiresOnTimestamp: Date.now() + 3_600_000 });
      const target = { endpoint, credential: { getToken } };
      await using store = await KeyValueStore.open(target, { httpClient: service });
      await store.put('key', { a: 1 }, 'modes');
      expect(service.sent.map(({ method, url, headers }) => [method, url, headers['authorization']])).to.deep.equal([
        ['PUT', `${endpoint}/modes(PartitionKey='default',RowKey='key')`, 'Bearer token'],
      ]);
    });
  }
});
