import { createDefaultHttpClient, type HttpClient } from '@azure/core-rest-pipeline';
import { expect } from 'chai';
import { createServer } from 'node:http';
import type { AddressInfo } from 'node:net';
import { mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { DataSource, EntitableError, ROW_KEY } from '../../../src/index.js';
import { startSecureAzurite, type Azurite } from '../../azurite/azurite.js';
import { selfSigned } from '../../azurite/certificate.js';
import { rejection } from '../../support/every-store.js';

const HOUR = 3600;

/**
 * Creates a token in the form of Microsoft Entra ID. The emulator checks its times, its issuer and its audience, but
 * not its signature.
 */
function tokenOf(claims: object = {}): string {
  const now = Math.floor(Date.now() / 1000);
  const base = {
    aud: 'https://storage.azure.com',
    iss: 'https://sts.windows.net/tests/',
    iat: now,
    nbf: now - HOUR,
    exp: now + HOUR,
  };
  const part = (value: object): string => Buffer.from(JSON.stringify(value)).toString('base64url');
  return `${part({ alg: 'none', typ: 'JWT' })}.${part({ ...base, ...claims })}.none`;
}

describe('A token credential, on the emulator over https', () => {
  let azurite: Azurite;
  let folder: string;
  let httpClient: HttpClient;
  const scopes: unknown[] = [];

  before(async () => {
    folder = mkdtempSync(join(tmpdir(), 'entitable-https-'));
    const { certificate, key } = selfSigned();
    const files = { certificate: join(folder, 'certificate.pem'), key: join(folder, 'key.pem') };
    writeFileSync(files.certificate, certificate);
    writeFileSync(files.key, key);
    azurite = await startSecureAzurite(files);
    const client = createDefaultHttpClient();
    httpClient = {
      sendRequest(request) {
        request.tlsSettings = { ca: certificate };
        return client.sendRequest(request);
      },
    };
  });
  after(async () => {
    await azurite.close();
    rmSync(folder, { recursive: true });
  });

  const open = (token: string, client = httpClient): Promise<DataSource> => {
    const getToken = (scope: string | string[]) => {
      scopes.push(scope);
      return Promise.resolve({ token, expiresOnTimestamp: Date.now() + HOUR * 1000 });
    };
    const options = { retry: false, ...(client && { httpClient: client }) } as const;
    return DataSource.open({ endpoint: azurite.endpoint, credential: { getToken } }, options);
  };

  it('A token credential can read and write rows, transactions and tables', async () => {
    await using source = await open(tokenOf());
    const { tables, store } = source;
    await tables.create('Signed');
    const rows = store.rows('Signed', { properties: [] });
    const insert = (rowKey: string) => rows.prepare({ mode: 'insert', partitionKey: 'p', rowKey });
    await store.submit('Signed', [insert('a')]);
    await store.submit('Signed', [insert('b'), insert('c')]);
    expect(await rows.get('p', 'b', (row) => row.string(ROW_KEY))).to.equal('b');
    expect((await tables.describe('Signed')).rows).to.equal(3);
    expect((await tables.getServiceProperties()).cors).to.deep.equal([]);
    expect([...new Set(scopes.flat())]).to.deep.equal(['https://storage.azure.com/.default']);
  });

  it("The default credential of @azure/identity finds the managed identity of the program's host", async () => {
    const asked: (string | undefined)[] = [];
    const host = createServer(({ url, headers }, response) => {
      asked.push(
        `${new URL(url!, 'http://host').searchParams.get('resource')} ${String(headers['x-identity-header'])}`,
      );
      const token = {
        access_token: tokenOf(),
        expires_on: `${Math.floor(Date.now() / 1000) + HOUR}`,
        token_type: 'Bearer',
      };
      response.setHeader('Content-Type', 'application/json').end(JSON.stringify(token));
    });
    await new Promise<void>((resolve) => host.listen(0, '127.0.0.1', resolve));
    // A host of Azure App Service announces its token endpoint to programs in this way.
    process.env['IDENTITY_ENDPOINT'] = `http://127.0.0.1:${(host.address() as AddressInfo).port}/token`;
    process.env['IDENTITY_HEADER'] = 'ticket';
    try {
      await using source = await DataSource.open({ endpoint: azurite.endpoint, identity: 'default' }, { httpClient });
      await source.tables.create('Identified');
      expect(await source.tables.exists('Identified')).to.equal(true);
      expect(new Set(asked)).to.deep.equal(new Set(['https://storage.azure.com ticket']));
    } finally {
      delete process.env['IDENTITY_ENDPOINT'];
      delete process.env['IDENTITY_HEADER'];
      host.closeAllConnections();
      host.close();
    }
  });

  it('A token credential cannot read access policies or create a SAS, as on the service', async () => {
    await using source = await open(tokenOf());
    for (const work of [
      () => source.tables.getAccessPolicies('Signed'),
      () => source.tables.generateAccountSas({ permissions: ['read'], expiry: new Date(Date.now() + HOUR * 1000) }),
    ]) {
      expect(EntitableError.is(await rejection(work()), 'store.unauthorized')).to.equal(true);
    }
  });

  for (const [title, claims] of [
    ['has expired', { exp: 1 }],
    ['is not valid yet', { nbf: 4_000_000_000 }],
    ['is for another resource', { aud: 'https://graph.microsoft.com' }],
    ['is from another issuer', { iss: 'https://issuer.example/' }],
  ] as const) {
    it(`A token credential fails with store.unauthorized if the token ${title}`, async () => {
      await using source = await open(tokenOf(claims));
      const error = await rejection(source.tables.exists('Signed'));
      expect(EntitableError.is(error, 'store.unauthorized')).to.equal(true);
    });
  }

  it('A token is not sent to a server whose certificate is not trusted', async () => {
    await using source = await open(tokenOf(), createDefaultHttpClient());
    const error = await rejection(source.tables.create('Refused'));
    expect(EntitableError.is(error, 'store.unavailable')).to.equal(true);
  });
});
