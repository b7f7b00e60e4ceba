import { inspect } from 'node:util';
import { AzureNamedKeyCredential, AzureSASCredential, TableClient, TableServiceClient } from '@azure/data-tables';
import { expect } from 'chai';
import { EntitableError } from '../../../src/errors/entitable-error.js';
import type { StoreTraits } from '../../../src/store/table-store.js';
import { COSMOS_LIMITS, STORAGE_LIMITS } from '../../../src/store/limits.js';
import type { AzureTarget } from '../../../src/stores/azure/azure-target.js';
import { openAzure } from '../../../src/stores/azure/open-azure.js';
import { CannedService, COSMOS_ENDPOINT, ENDPOINT, KEY } from './canned-service.js';
import { outcomeOf } from './outcome.js';

const SAS = 'sv=2019-02-02&ss=t&srt=sco&sp=rwdlacu&sig=c2lnbmF0dXJl%3D';

describe('openAzure', () => {
  const targets: readonly (readonly [name: string, target: AzureTarget, kind: string, url: string])[] = [
    [
      'a connection string of Azure Storage',
      `DefaultEndpointsProtocol=https;AccountName=account;AccountKey=${KEY.key};EndpointSuffix=core.windows.net`,
      'azure-storage',
      ENDPOINT,
    ],
    [
      'a connection string in another order and case',
      `accountkey=${KEY.key}; ACCOUNTNAME=account`,
      'azure-storage',
      ENDPOINT,
    ],
    [
      'a connection string of a sovereign cloud',
      `AccountName=account;AccountKey=${KEY.key};EndpointSuffix=core.chinacloudapi.cn`,
      'azure-storage',
      'https://account.table.core.chinacloudapi.cn',
    ],
    [
      'a connection string of Cosmos DB',
      `DefaultEndpointsProtocol=https;AccountName=account;AccountKey=${KEY.key};TableEndpoint=${COSMOS_ENDPOINT}:443/;`,
      'azure-cosmos',
      COSMOS_ENDPOINT,
    ],
    [
      'a connection string with a SAS',
      `TableEndpoint=${ENDPOINT}/;SharedAccessSignature=${SAS}`,
      'azure-storage',
      ENDPOINT,
    ],
    ['the emulator', 'UseDevelopmentStorage=true', 'azurite', 'http://127.0.0.1:10002/devstoreaccount1'],
    [
      'the emulator on another host',
      'UseDevelopmentStorage=true;DevelopmentStorageProxyUri=http://azurite/',
      'azurite',
      'http://azurite:10002/devstoreaccount1',
    ],
    [
      'a named key',
      { endpoint: ENDPOINT, credential: new AzureNamedKeyCredential(KEY.name, KEY.key) },
      'azure-storage',
      ENDPOINT,
    ],
    [
      'a SAS',
      { endpoint: `${COSMOS_ENDPOINT}/`, credential: new AzureSASCredential(SAS) },
      'azure-cosmos',
      COSMOS_ENDPOINT,
    ],
    ['plain objects for credentials', { endpoint: ENDPOINT, credential: KEY }, 'azure-storage', ENDPOINT],
    [
      'plain http',
      { endpoint: 'http://127.0.0.1:1/account', credential: KEY },
      'azurite',
      'http://127.0.0.1:1/account',
    ],
    [
      'localhost with an account in its path',
      { endpoint: 'http://localhost:1/account', credential: KEY },
      'azurite',
      'http://localhost:1/account',
    ],
    [
      'the emulator of Cosmos DB',
      { endpoint: 'https://localhost:8902', credential: KEY },
      'azure-cosmos',
      'https://localhost:8902',
    ],
    [
      'a service client',
      { serviceClient: new TableServiceClient(ENDPOINT, new AzureNamedKeyCredential(KEY.name, KEY.key)) },
      'azure-storage',
      ENDPOINT,
    ],
    [
      'a service client with a SAS in its URL',
      { serviceClient: new TableServiceClient(`${ENDPOINT}?${SAS}`) },
      'azure-storage',
      ENDPOINT,
    ],
    [
      'a table client',
      { tableClient: new TableClient(ENDPOINT, 'Another', new AzureNamedKeyCredential(KEY.name, KEY.key)) },
      'azure-storage',
      ENDPOINT,
    ],
    [
      'a table client with a SAS',
      { tableClient: new TableClient(COSMOS_ENDPOINT, 'Another', new AzureSASCredential(SAS)) },
      'azure-cosmos',
      COSMOS_ENDPOINT,
    ],
    [
      'a table client from a connection string with a SAS',
      {
        tableClient: TableClient.fromConnectionString(
          `TableEndpoint=${ENDPOINT};SharedAccessSignature=${SAS}`,
          'Another',
        ),
      },
      'azure-storage',
      ENDPOINT,
    ],
    [
      'the emulator of Cosmos DB on another host',
      { endpoint: 'https://cosmosdb-emulator:8902', credential: KEY },
      'azure-cosmos',
      'https://cosmosdb-emulator:8902',
    ],
    [
      'an address with a stated service',
      { endpoint: 'https://tables.example.com', credential: KEY, service: 'cosmos' },
      'azure-cosmos',
      'https://tables.example.com',
    ],
    [
      'this machine stated as Azure Storage',
      { endpoint: 'http://localhost:1', credential: KEY, service: 'storage' },
      'azure-storage',
      'http://localhost:1',
    ],
    [
      'a path of several names with a stated service',
      { endpoint: 'https://gateway.example.com/storage/account', credential: KEY, service: 'storage' },
      'azurite',
      'https://gateway.example.com/storage/account',
    ],
  ];
  for (const [name, target, kind, url] of targets) {
    it(`openAzure accepts ${name}`, async () => {
      const service = new CannedService(() => ({ status: 404, body: '{"odata.error":{"code":"ResourceNotFound"}}' }));
      const store = await openAzure(target, { httpClient: service });
      expect([store.traits.kind, store.traits.identity]).to.deep.equal([kind, url]);
      expect(await store.rows('Orders', { properties: [] }).get('p', 'r', () => 1)).to.equal(undefined);
      const sent = new URL(service.sent[0]!.url);
      expect(sent.href.split('?')[0]).to.equal(`${url}/Orders(PartitionKey='p',RowKey='r')`);
      const signed =
        inspect(target, { depth: 9 }).includes('sig=') ||
        name.includes('SAS') ||
        'signature' in ((target as { credential?: object }).credential ?? {});
      expect([sent.searchParams.get('sig'), service.sent[0]!.headers['authorization']?.split(':')[0]]).to.deep.equal(
        signed
          ? ['c2lnbmF0dXJl=', undefined]
          : [
              null,
              `SharedKeyLite ${kind === 'azurite' && name.startsWith('the emulator') ? 'devstoreaccount1' : 'account'}`,
            ],
      );
      expect(inspect(store, { depth: 9, showHidden: true }))
        .not.to.contain(KEY.key)
        .and.not.contain('c2lnbmF0dXJl');
    });
  }

  const strangers: readonly (readonly [name: string, target: unknown])[] = [
    ['an empty text', ''],
    ['a text that is not a connection string', 'SECRET'],
    ['a connection string without a key', 'AccountName=SECRET'],
    ['a connection string without an account', 'AccountKey=SECRET'],
    ['a connection string with an invalid endpoint', 'AccountName=a;AccountKey=SECRET;TableEndpoint=SECRET'],
    ['an endpoint without a credential', { endpoint: 'https://a.table.core.windows.net' }],
    ['an endpoint with a query', { endpoint: 'https://a.table.core.windows.net?sig=SECRET', credential: KEY }],
    ['an endpoint with a password', { endpoint: 'https://user:SECRET@a.table.core.windows.net', credential: KEY }],
    ['an endpoint of another scheme', { endpoint: 'ftp://SECRET', credential: KEY }],
    ['a connection string with an empty key', `TableEndpoint=${ENDPOINT};AccountName=SECRET;AccountKey=`],
    ['a connection string with an empty SAS', `TableEndpoint=${ENDPOINT};SharedAccessSignature=`],
    ['a connection string with an empty account', `AccountName=;AccountKey=SECRET`],
    ['a connection string whose account is another host', `AccountName=SECRET/;AccountKey=SECRET`],
    ['an invalid credential', { endpoint: ENDPOINT, credential: 'SECRET' }],
    ['a credential whose key was never set', { endpoint: ENDPOINT, credential: { name: 'SECRET', key: undefined } }],
    ['a credential whose key is empty', { endpoint: ENDPOINT, credential: { name: 'SECRET', key: '' } }],
    ['a credential whose name was never set', { endpoint: ENDPOINT, credential: { name: undefined, key: 'SECRET' } }],
    ['a credential whose signature was never set', { endpoint: ENDPOINT, credential: { signature: undefined } }],
    ['a credential whose getToken is not a function', { endpoint: ENDPOINT, credential: { getToken: 'SECRET' } }],
    ['an unknown identity', { endpoint: ENDPOINT, identity: 'SECRET' }],
    ['an unknown identity with a credential', { endpoint: ENDPOINT, identity: 'SECRET', credential: KEY }],
    ['an invalid service client', { serviceClient: {} }],
    ['a table client as the service client', { serviceClient: new TableClient(ENDPOINT, 'SECRET') }],
    ['a service client as the table client', { tableClient: new TableServiceClient(`${ENDPOINT}?${SAS}`) }],
    ['an invalid table client', { tableClient: { url: 'SECRET' } }],
  ];
  for (const [name, target] of strangers) {
    it(`openAzure rejects ${name}, without quoting it`, async () => {
      const error = await openAzure(target as AzureTarget).catch((reason: unknown) => reason);
      expect(EntitableError.is(error, 'store.unknown-target')).to.equal(true);
      expect(inspect(error, { depth: 9 })).not.to.contain('SECRET');
    });
  }

  it('openAzure knows the traits of each service', async () => {
    const traits = async (endpoint: string) => (await openAzure({ endpoint, credential: KEY })).traits;
    const common = { removes: 'by-replacing', rawFilters: true } as const;
    expect(await traits(ENDPOINT)).to.deep.equal({
      kind: 'azure-storage',
      identity: ENDPOINT,
      ordered: true,
      limits: STORAGE_LIMITS,
      ...common,
    } satisfies StoreTraits);
    expect(await traits(COSMOS_ENDPOINT)).to.deep.equal({
      kind: 'azure-cosmos',
      identity: COSMOS_ENDPOINT,
      ordered: false,
      limits: COSMOS_LIMITS,
      ...common,
    } satisfies StoreTraits);
  });

  it('openAzure accepts other limits', async () => {
    const { traits } = await openAzure({ endpoint: ENDPOINT, credential: KEY }, { limits: { pageRows: 10 } });
    expect(traits.limits).to.deep.equal({ ...STORAGE_LIMITS, pageRows: 10 });
  });

  it('openAzure uses the default credential of @azure/identity if the package is installed', async () => {
    const store = await openAzure({ endpoint: ENDPOINT, identity: 'default' });
    expect(store.traits.identity).to.equal(ENDPOINT);
  });

  it('openAzure keeps the policies of a service client, and sends writes without its retries', async () => {
    const service = new CannedService(() => ({ status: 503 }));
    const serviceClient = new TableServiceClient(ENDPOINT, new AzureNamedKeyCredential(KEY.name, KEY.key), {
      retryOptions: { maxRetries: 2, retryDelayInMs: 1 },
    });
    serviceClient.pipeline.addPolicy({
      name: 'mine',
      sendRequest: async (request, next) => {
        request.headers.set('x-mine', 'yes');
        return next(request);
      },
    });
    const store = await openAzure({ serviceClient }, { httpClient: service });
    const rows = store.rows('Orders', { properties: [] });
    expect(
      (await outcomeOf(store.submit('Orders', [rows.prepare({ mode: 'insert', partitionKey: 'p', rowKey: 'r' })])))
        .code,
    ).to.equal('store.unavailable');
    expect(service.sent.map(({ headers }) => headers['x-mine'])).to.deep.equal(['yes']);
    expect((await outcomeOf(rows.get('p', 'r', () => 1))).code).to.equal('store.unavailable');
    expect(service.sent).to.have.length(1 + 3);
    expect(serviceClient.pipeline.getOrderedPolicies().map(({ name }) => name)).to.include('defaultRetryPolicy');
  });
});
