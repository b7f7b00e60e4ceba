import { createServer, type RequestListener, type Server } from 'node:http';
import { createServer as createSecureServer } from 'node:https';
import type { AddressInfo } from 'node:net';
import { createDefaultHttpClient, type HttpClient } from '@azure/core-rest-pipeline';
import { TableServiceClient } from '@azure/data-tables';
import { expect } from 'chai';
import { DataSource, EntitableError, type DataSourceTarget } from '../../../src/index.js';
import { selfSigned } from '../../azurite/certificate.js';
import { rejection } from '../../support/every-store.js';
import { Setting } from '../../support/models.js';

const CREDENTIAL = { name: 'account', key: 'a2V5' };
const KEY = { scope: 's', name: 'n' };

function setting(name = 'n'): Setting {
  return Object.assign(new Setting(), { scope: 's', name, value: 'v' });
}

/** Requests of each kind, by name. */
const REQUESTS: Readonly<Record<string, (source: DataSource) => Promise<unknown>>> = {
  insert: (source) => source.repository(Setting).insert(setting()),
  merge: (source) => source.repository(Setting).merge(KEY, { value: 'x' }),
  delete: (source) => source.repository(Setting).delete(KEY),
  unit: (source) =>
    source.unitOfWork((unit) => {
      unit.insert(setting('1'));
      unit.insert(setting('2'));
    }),
  get: (source) => source.repository(Setting).get(KEY),
  query: (source) => source.repository(Setting).query({ scope: 's' }).toArray(),
  ready: (source) => source.ready({ failFast: true }),
  exists: (source) => source.tables.exists('Settings'),
  create: (source) => source.tables.createIfMissing('Settings'),
  'service properties': (source) => source.tables.getServiceProperties(),
  'access policies': (source) => source.tables.getAccessPolicies('Settings'),
  statistics: (source) => source.tables.getStatistics(),
};

describe('A server that is not the Table service', () => {
  const servers: Server[] = [];
  afterEach(async () => {
    for (const server of servers.splice(0)) {
      server.closeAllConnections();
      await new Promise((resolve) => server.close(resolve));
    }
  });

  async function listen(serve: RequestListener, secure?: { readonly certificate: string; readonly key: string }) {
    const server =
      secure === undefined
        ? createServer(serve)
        : createSecureServer({ cert: secure.certificate, key: secure.key }, serve);
    servers.push(server);
    await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve));
    return `${secure === undefined ? 'http' : 'https'}://127.0.0.1:${(server.address() as AddressInfo).port}`;
  }

  async function answering(status: number, contentType: string, body: string, headers = {}): Promise<DataSource> {
    const address = await listen((request, response) => {
      request.resume();
      response.writeHead(status, { 'content-type': contentType, ...headers }).end(body);
    });
    return DataSource.open({ endpoint: `${address}/account`, credential: CREDENTIAL }, { retry: false });
  }

  for (const [name, request] of Object.entries(REQUESTS)) {
    it(`A sign-in page with status 200 fails ${name} with store.unavailable, and the error mentions the page`, async () => {
      await using source = await answering(200, 'text/html; charset=utf-8', '<html>Sign in to the network</html>');
      const found = await rejection(request(source));
      const error = [found, ...failures(found)].find((one) => EntitableError.is(one, 'store.unavailable'));
      expect(EntitableError.is(error, 'store.unavailable') && error.details).to.deep.include({
        status: 200,
        contentType: 'text/html',
      });
      expect((error as Error).message).to.match(
        /^A (read|write) (of|to) .* was answered with HTTP 200 \(content type: text\/html\), which is not from the Table service: it has neither x-ms-request-id nor x-ms-version\. Check the address, and what is on the way to it: a proxy, a gateway, a sign-in page\.$/,
      );
    });
  }

  it('A switch of protocols (101) fails with store.unavailable and does not use up a connection', async () => {
    let isWell = false;
    const address = await listen((request, response) => {
      request.resume();
      if (!isWell) request.socket.end('HTTP/1.1 101 Switching\r\nUpgrade: foo\r\nConnection: Upgrade\r\n\r\n');
      else {
        const json = { ...mark, ...etag, 'content-type': 'application/json' };
        response.writeHead(200, json).end('{"PartitionKey":"s","RowKey":"n","value":"v"}');
      }
    });
    await using source = await DataSource.open(
      { endpoint: `${address}/account`, credential: CREDENTIAL },
      { retry: false, maxSockets: 1 },
    );
    const settings = source.repository(Setting);
    const details = { table: 'Settings', status: 101, contentType: 'none' };
    for (const work of [settings.get(KEY), settings.insert(setting()), settings.query({ scope: 's' }).toArray()])
      expect(await rejection(work)).to.deep.include({ code: 'store.unavailable', details });
    isWell = true;
    expect((await settings.get(KEY, { timeout: 2000 }))?.value).to.equal('v');
  });

  it('A write is not reported as successful or as rejected by the service, even with retries', async () => {
    const address = await listen((request, response) => {
      request.resume();
      response.writeHead(200, { 'content-type': 'text/html' }).end('<html></html>');
    });
    await using source = await DataSource.open(
      { endpoint: `${address}/account`, credential: CREDENTIAL },
      { retry: { maxRetries: 2, fast: { slot: 1 } } },
    );
    for (const name of ['insert', 'merge', 'delete', 'create'])
      expect(await rejection(REQUESTS[name]!(source)), name).to.include({ code: 'store.unavailable' });
  });

  const mark = { 'x-ms-version': '2019-02-02' };
  const etag = { etag: '"1"' };
  const rows: readonly (readonly [what: string, status: number, body: string, headers: object])[] = [
    ['an object without keys', 200, '{}', { ...mark, ...etag }],
    ["a list, as if the URL were a table's", 200, '{"value":[]}', { ...mark, ...etag }],
    ['another row', 200, '{"PartitionKey":"zz","RowKey":"yy"}', { ...mark, ...etag }],
    ['a row without an ETag', 200, '{"PartitionKey":"s","RowKey":"n"}', mark],
    ['a row without a header of the service', 200, '{"PartitionKey":"s","RowKey":"n"}', etag],
    ['a 404 of a gateway', 404, '<html>no route</html>', {}],
    ["a 404 like the service's, but without its headers", 404, '{"odata.error":{"code":"ResourceNotFound"}}', {}],
    ['an empty 404', 404, '', mark],
    ['a 404 with an HTML page', 404, '<html><code>ResourceNotFound</code></html>', mark],
    ['a row with a non-ASCII ETag', 200, '{"PartitionKey":"s","RowKey":"n"}', { ...mark, etag: 'W/"\xff"' }],
    [
      'a row with an overlong ETag',
      200,
      '{"PartitionKey":"s","RowKey":"n"}',
      { ...mark, etag: `"${'x'.repeat(300)}"` },
    ],
  ];
  for (const [what, status, body, headers] of rows) {
    it(`A read that gets ${what} neither returns a row nor reports it as missing`, async () => {
      await using source = await answering(status, 'application/json', body, headers);
      const settings = source.repository(Setting);
      const details = { table: 'Settings', status, contentType: 'application/json' };
      for (const read of [settings.get(KEY), settings.getOrThrow(KEY), settings.exists(KEY)]) {
        expect(await rejection(read)).to.deep.include({ code: 'store.unavailable', details });
      }
      const error = await rejection(settings.insert(setting()));
      expect(error).to.be.instanceOf(EntitableError);
      expect((error as EntitableError).code).to.be.oneOf(['store.unavailable', 'store.outcome-unknown']);
    });
  }

  it("An error with another content type than the service's is not taken for the service's, whatever its headers are", async () => {
    const body = '{"odata.error":{"code":"ResourceNotFound"}}';
    for (const status of [401, 403, 404, 409, 412]) {
      await using source = await answering(status, 'text/html', body, {
        ...mark,
        'x-ms-error-code': 'ResourceNotFound',
      });
      const details = { table: 'Settings', status, contentType: 'text/html' };
      expect(await rejection(source.repository(Setting).get(KEY))).to.deep.include({
        code: 'store.unavailable',
        details,
      });
    }
  });

  it('A write succeeds if it was carried out, a proxy hid the response and the service rejected the retry', async () => {
    let requests = 0;
    let stored: string | undefined;
    const address = await listen((request, response) => {
      const chunks: Buffer[] = [];
      request.on('data', (chunk: Buffer) => chunks.push(chunk));
      request.on('end', () => {
        const json = { ...mark, 'content-type': 'application/json' };
        if (request.method === 'GET') {
          const row = JSON.stringify({ ...(JSON.parse(stored!) as object), Timestamp: new Date().toISOString() });
          response.writeHead(200, { ...json, ...etag }).end(row);
        } else if (++requests === 1) {
          stored = Buffer.concat(chunks).toString(); // the row is written, but a proxy answers instead of the service
          response.writeHead(200, { 'content-type': 'text/html' }).end('<html></html>');
        } else {
          response.writeHead(409, json).end('{"odata.error":{"code":"EntityAlreadyExists"}}');
        }
      });
    });
    await using source = await DataSource.open({ endpoint: `${address}/account`, credential: CREDENTIAL });
    await source.repository(Setting).insert(setting());
    expect(requests).to.equal(2);
  });

  describe('The server that a redirect points to', () => {
    const certificate = selfSigned();
    const trusting = createDefaultHttpClient();
    const httpClient: HttpClient = {
      sendRequest(request) {
        request.tlsSettings = { ca: certificate.certificate };
        return trusting.sendRequest(request);
      },
    };
    const token = { getToken: () => Promise.resolve({ token: 't', expiresOnTimestamp: Date.now() + 3_600_000 }) };
    const targets: Readonly<Record<string, (address: string) => DataSourceTarget>> = {
      'a shared key': (address) => ({ endpoint: `${address}/account`, credential: CREDENTIAL }),
      'a SAS': (address) => ({ endpoint: `${address}/account`, credential: { signature: 'sv=1&sig=secret' } }),
      'a token': (address) => ({ endpoint: `${address}/account`, credential: token }),
      "a client's own pipeline": (address) => ({
        serviceClient: new TableServiceClient(`${address}/account?sv=1&sig=secret`, { allowInsecureConnection: true }),
      }),
    };
    for (const [credential, target] of Object.entries(targets)) {
      for (const from of credential === 'a token' ? (['https'] as const) : (['http', 'https'] as const)) {
        it(`The target of a redirect over ${from} receives neither ${credential} nor a request`, async () => {
          const led: string[] = [];
          const elsewhere = await listen((request, response) => {
            led.push(`${request.method} ${request.url} ${request.headers.authorization}`);
            response.end();
          });
          let status = 307;
          let host = elsewhere;
          let requests = 0;
          const address = await listen(
            (request, response) => {
              requests++;
              request.resume();
              const isFollowed = request.url!.includes('followed');
              response.writeHead(isFollowed ? 200 : status, { ...mark, location: `${host}/followed` }).end();
              if (isFollowed) led.push(request.url!);
            },
            from === 'https' ? certificate : undefined,
          );
          await using source = await DataSource.open(target(address), { httpClient, retry: false });
          for (status of [301, 302, 307, 308]) {
            for (host of [elsewhere, address, '']) {
              for (const [name, request] of Object.entries(REQUESTS)) {
                requests = 0;
                const error = await rejection(request(source));
                expect(error, name).to.be.instanceOf(EntitableError);
                expect(requests, name).to.equal(1);
              }
            }
          }
          expect(led).to.deep.equal([]);
        });
      }
    }
  });
});

/** Returns the errors of the writes of a failed commit. */
function failures(error: unknown): readonly unknown[] {
  const { details } = error as { readonly details?: { readonly failed?: readonly { readonly error: unknown }[] } };
  return (details?.failed ?? []).map((failed) => failed.error);
}
