import { createServer, type IncomingMessage, type Server, type ServerResponse } from 'node:http';
import type { AddressInfo } from 'node:net';
import { createDefaultHttpClient, type HttpClient } from '@azure/core-rest-pipeline';
import { AzureNamedKeyCredential, generateAccountSas, generateTableSas } from '@azure/data-tables';
import { expect } from 'chai';
import { EntitableError } from '../../../src/errors/entitable-error.js';
import type { TableStore } from '../../../src/store/table-store.js';
import { openAzure } from '../../../src/stores/azure/open-azure.js';
import { startAzurite, type Azurite } from '../../azurite/azurite.js';
import { rejection } from '../../support/every-store.js';
import { outcomeOf } from './outcome.js';

const TENANT = '72f988bf-0000-4000-8000-2d7cd011db47';

describe('Credentials', () => {
  describe('A credential, checked by the emulator', () => {
    let azurite: Azurite;

    before(async () => {
      azurite = await startAzurite();
      const store = await openAzure(azurite.connectionString);
      await store.createTable('Signed');
    });

    it('A shared key signs every kind of request', async () => {
      await useEverything(await openAzure(azurite.connectionString));
    });

    it('A wrong key fails with store.unauthorized', async () => {
      const store = await openAzure({
        endpoint: azurite.endpoint,
        credential: { name: azurite.account, key: 'd3Jvbmc=' },
      });
      expect((await outcomeOf(useEverything(store))).code).to.equal('store.unauthorized');
    });

    it('A SAS of the account works as a credential and in a connection string', async () => {
      const credential = new AzureNamedKeyCredential(azurite.account, azurite.key);
      const signature = generateAccountSas(credential, {
        permissions: { query: true, add: true, update: true, delete: true, write: true, list: true },
        expiresOn: new Date(Date.now() + 3_600_000),
      });
      await useEverything(await openAzure({ endpoint: azurite.endpoint, credential: { signature } }));
      await useEverything(await openAzure(`TableEndpoint=${azurite.endpoint};SharedAccessSignature=${signature}`));
    });

    it('A SAS of a table that permits only reading cannot write', async () => {
      const credential = new AzureNamedKeyCredential(azurite.account, azurite.key);
      const signature = generateTableSas('Signed', credential, {
        permissions: { query: true },
        expiresOn: new Date(Date.now() + 3_600_000),
      });
      const store = await openAzure({ endpoint: azurite.endpoint, credential: { signature } });
      expect(await store.rows('Signed', { properties: [] }).get('p', 'nowhere', () => 1)).to.equal(undefined);
      expect((await outcomeOf(useEverything(store))).code).to.equal('store.unauthorized');
    });
  });

  it('A token is sent with every request, and requested again when the service challenges it', async () => {
    const service = await ChallengingService.start(TENANT);
    const asked: unknown[] = [];
    const credential = {
      getToken: (scopes: string | string[], { tenantId }: { readonly tenantId?: string } = {}) => {
        asked.push([scopes, tenantId]);
        return Promise.resolve({
          token: `token of ${tenantId ?? 'nobody'}`,
          expiresOnTimestamp: Date.now() + 3_600_000,
        });
      },
    };
    try {
      const store = await openAzure(
        { endpoint: 'https://account.table.core.windows.net', credential },
        { httpClient: service.client },
      );
      await useEverything(store);
      expect(asked.slice(0, 2)).to.deep.equal([
        [['https://storage.azure.com/.default'], undefined],
        [['https://storage.azure.com/.default'], TENANT],
      ]);
      expect(service.tokens.slice(0, 2)).to.deep.equal(['Bearer token of nobody', `Bearer token of ${TENANT}`]);
      expect(service.tokens.filter((token) => token === `Bearer token of ${TENANT}`)).to.have.length(4);
    } finally {
      await service.close();
    }
  });

  it('A token is never sent over plain http', async () => {
    const credential = { getToken: () => Promise.resolve({ token: 't', expiresOnTimestamp: Date.now() + 3_600_000 }) };
    const store = await openAzure({ endpoint: 'http://127.0.0.1:1/account', credential }, { retry: { maxRetries: 0 } });
    const rows = store.rows('T', { properties: [] });
    const write = rows.prepare({ mode: 'insert', partitionKey: 'p', rowKey: 'r' });
    for (const work of [
      () => store.submit('T', [write]),
      () => rows.get('p', 'r', () => 1),
      () =>
        rows
          .scan({}, () => 1)
          [Symbol.asyncIterator]()
          .next(),
      () => store.createTable('T'),
      () => store.deleteTable('T'),
      () => store.tables(),
      () => store.service!.getServiceProperties(),
      () => store.service!.setServiceProperties({ cors: [] }),
      () => store.service!.getStatistics(),
    ]) {
      const error = await rejection(work());
      if (!EntitableError.is(error, 'store.unauthorized')) throw error;
      expect(error.message).to.match(
        /was not sent: a token is sent over https only\. Open an https endpoint, or give a key or a SAS\.$/,
      );
    }
  });

  it('An operation sends nothing if the credential returns no token', async () => {
    const refused = Object.assign(new Error('no account is signed in'), { name: 'CredentialUnavailableError' });
    const credential = { getToken: () => Promise.reject(refused) };
    const store = await openAzure({ endpoint: 'https://account.table.core.windows.net', credential });
    for (const work of [
      () => store.createTable('T'),
      () => store.tables(),
      () => store.service!.setServiceProperties({ cors: [] }),
    ]) {
      expect((await outcomeOf(work())).code).to.equal('store.unauthorized');
    }
  });
});

/** Sends a read, a query, a write and a transaction. */
async function useEverything(store: TableStore): Promise<void> {
  const rows = store.rows('Signed', { properties: [] });
  const write = (rowKey: string) => rows.prepare({ mode: 'upsert-replace', partitionKey: "p'ü %", rowKey });
  await store.submit('Signed', [write('a')]);
  await store.submit('Signed', [write('b'), write('c')]);
  await rows.get("p'ü %", 'a', () => 1);
  for await (const _ of rows.scan({ partitionKey: "p'ü %", select: [] }, () => 1)) continue;
}

/**
 * A local service that accepts only tokens of one tenant, and sends the same challenge as Azure Storage. Requests reach
 * it without TLS.
 */
class ChallengingService {
  static async start(tenant: string): Promise<ChallengingService> {
    const service = new ChallengingService(tenant);
    await new Promise<void>((resolve) => service.#server.listen(0, '127.0.0.1', resolve));
    return service;
  }

  readonly tokens: (string | undefined)[] = [];
  readonly #server: Server;

  private constructor(tenant: string) {
    this.#server = createServer((request, response) => {
      this.tokens.push(request.headers.authorization);
      request.resume().on('end', () => {
        if (request.headers.authorization !== `Bearer token of ${tenant}`) {
          const challenge = `Bearer authorization_uri=https://login.microsoftonline.com/${tenant}/oauth2/authorize resource_id=https://storage.azure.com`;
          response.writeHead(401, { 'WWW-Authenticate': challenge }).end();
        } else {
          answer(request, response);
        }
      });
    });
  }

  /** An HTTP client that redirects requests for the https endpoint to the local service. */
  get client(): HttpClient {
    const http = createDefaultHttpClient();
    const { port } = this.#server.address() as AddressInfo;
    return {
      sendRequest: async (request) => {
        const url = request.url.replace('https://account.table.core.windows.net', `http://127.0.0.1:${port}`);
        return http.sendRequest({ ...request, url, allowInsecureConnection: true });
      },
    };
  }

  async close(): Promise<void> {
    this.#server.closeAllConnections();
    await new Promise((resolve) => this.#server.close(resolve));
  }
}

const HEADERS = { 'x-ms-version': '2019-02-02', etag: '"1"' };

function answer({ method, url = '' }: IncomingMessage, response: ServerResponse): void {
  const part = 'Content-Type: application/http\r\n\r\nHTTP/1.1 204 No Content\r\nETag: "1"\r\n\r\n';
  const row = JSON.stringify({ PartitionKey: "p'ü %", RowKey: 'a' });
  const reply = (status: number, contentType: string, body?: string): void =>
    void response.writeHead(status, { ...HEADERS, 'Content-Type': contentType }).end(body);
  if (url.endsWith('$batch'))
    reply(202, 'multipart/mixed; boundary=b', `--b\r\n${part}\r\n--b\r\n${part}\r\n--b--\r\n`);
  else if (method === 'GET') reply(200, 'application/json', url.includes('(P') ? row : `{"value":[${row}]}`);
  else reply(204, 'application/json');
}
