import { createServer, type IncomingMessage, type ServerResponse } from 'node:http';
import type { AddressInfo } from 'node:net';
import { RestError, createPipelineRequest } from '@azure/core-rest-pipeline';
import { AzureNamedKeyCredential, TableServiceClient } from '@azure/data-tables';
import { expect } from 'chai';
import { Entity, ETag, PartitionKey, Property, RowKey } from '../../decorators/index.js';
import { DataSource } from '../../src/data-source/data-source.js';
import { EntitableError } from '../../src/errors/entitable-error.js';
import { filter } from '../../src/filter/make-filter.js';
import { KeyValueStore } from '../../src/integrations/key-value/index.js';
import { Repository } from '../../src/repository/repository.js';
import { rejection } from '../support/every-store.js';
import { shownIn } from './renderers.js';

const KEY = Buffer.from('the key of the account').toString('base64');
const SIGNATURE = 'c2VjcmV0c2lnbmF0dXJl';
const SAS = `sv=2019-02-02&ss=t&srt=sco&sp=rwdlacu&sig=${SIGNATURE}`;
const TOKEN = 'token-of-somebody';
const VALUE = 'hunter2';
const SECRETS = [
  KEY,
  SIGNATURE,
  TOKEN,
  VALUE,
  Buffer.from(VALUE).toString('base64').replaceAll('=', ''),
  'SharedKeyLite',
];

@Entity({ table: 'Notes' })
class Note {
  @PartitionKey() book!: PartitionKey;
  @RowKey() page!: RowKey;
  @Property({ type: 'String' }) text?: string | undefined;
  @Property({ type: 'Int64' }) number?: bigint | undefined;
  @Property({ type: 'Binary' }) bytes?: Uint8Array | undefined;
  @ETag() etag?: string | undefined;
}

class Notes extends Repository.of(Note) {}

const key = { book: 'b', page: 'p' };
const note = (changes: object = {}): Note =>
  Object.assign(new Note(), { ...key, text: VALUE, bytes: Buffer.from(VALUE) }, changes);

type Answer = (response: ServerResponse, body: string, request: IncomingMessage) => void;

const JSON_TYPE = { 'Content-Type': 'application/json;odata=minimalmetadata', 'x-ms-version': '2019-02-02' };
const XML_TYPE = { ...JSON_TYPE, 'Content-Type': 'application/xml' };

/** Answers of servers that reveal the contents of a request. */
const ANSWERS: Readonly<Record<string, Answer>> = {
  'refuses, and quotes the request': (response, body, { headers }) => {
    const value = `${body} ${JSON.stringify(headers)} ${VALUE} ${SAS}`;
    response
      .writeHead(400, JSON_TYPE)
      .end(JSON.stringify({ 'odata.error': { code: 'InvalidInput', message: { value } } }));
  },
  'refuses in XML, and quotes the request': (response, body) => {
    response
      .writeHead(400, XML_TYPE)
      .end(
        `<?xml version="1.0"?><error><code>InvalidInput</code><message>${VALUE} ${body.replaceAll('<', '&lt;')}</message></error>`,
      );
  },
  'fails, and quotes the request': (response, body) => {
    response
      .writeHead(500, JSON_TYPE)
      .end(JSON.stringify({ 'odata.error': { code: 'InternalError', message: { value: `${body} ${VALUE}` } } }));
  },
  'answers with a page that contains the request': (response, body, { headers }) => {
    response.writeHead(200, { 'Content-Type': 'text/html' }).end(`<html>${body} ${JSON.stringify(headers)} ${VALUE}`);
  },
  'answers with invalid JSON': (response) => {
    response.writeHead(200, JSON_TYPE).end(`{"value":[{"PartitionKey":"b","RowKey":"p","text":${VALUE}`);
  },
  'answers with values of the wrong types': (response, _body, { url }) => {
    const row = `{"odata.etag":"W/\\"1\\"","PartitionKey":"b","RowKey":"p","number@odata.type":"Edm.Int64","number":"${VALUE}","bytes@odata.type":"Edm.Binary","bytes":"${VALUE}!"}`;
    response
      .writeHead(200, { ...JSON_TYPE, ETag: 'W/"1"' })
      .end(url!.includes('PartitionKey=') ? row : `{"value":[${row}]}`);
  },
  'answers with XML that cannot be read': (response) => {
    response.writeHead(200, XML_TYPE).end(`<StorageServiceProperties><Logging>${VALUE}&&</StorageServiceProperties>`);
  },
  redirects: (response) => {
    response.writeHead(302, { Location: `http://127.0.0.1:1/?${SAS}` }).end();
  },
  'closes the connection': (response) => response.destroy(),
};

/** The requests that are sent to these servers. */
const VERBS: Readonly<Record<string, (tables: DataSource) => Promise<unknown>>> = {
  get: (tables) => tables.repository(Note).get(key),
  query: (tables) => tables.repository(Note).query({ book: 'b' }).where('text', 'eq', VALUE).toArray(),
  select: (tables) =>
    tables.repository(Note).query({ book: 'b' }).where('text', 'eq', VALUE).select('number').toArray(),
  insert: (tables) => tables.repository(Note).insert(note()),
  merge: (tables) => tables.repository(Note).merge(key, { text: VALUE, number: null }),
  replace: (tables) => tables.repository(Note).replace(note({ etag: 'W/"1"' })),
  insertMany: (tables) => tables.repository(Note).insertMany([note(), note({ page: 'q' })]),
  'a unit of work': (tables) => tables.unitOfWork((work) => (work.insert(note()), work.insert(note({ page: 'q' })))),
  'a unit of work in two partitions': (tables) =>
    tables.unitOfWork((work) => (work.insert(note()), work.insert(note({ book: 'c' })))),
  describe: (tables) => tables.tables.describe('Notes'),
  ensure: (tables) => tables.tables.ensure([Note]),
  'delete a table': (tables) => tables.tables.delete('Notes'),
  'service properties': (tables) => tables.tables.getServiceProperties(),
  'access policies': (tables) => tables.tables.getAccessPolicies('Notes'),
  statistics: (tables) => tables.tables.getStatistics(),
  ready: (tables) => tables.ready({ failFast: true }),
};

const noRetry = { retry: false } as const;

/** Connections that hold a secret. */
const CONNECTIONS: Readonly<Record<string, (endpoint: string) => Promise<DataSource>>> = {
  'a key': (endpoint) => DataSource.open({ endpoint, credential: { name: 'account', key: KEY } }, noRetry),
  'a signature': (endpoint) => DataSource.open({ endpoint, credential: { signature: SAS } }, noRetry),
  'a client whose requests the SDK sends': (endpoint) => {
    const serviceClient = new TableServiceClient(endpoint, new AzureNamedKeyCredential('account', KEY), {
      allowInsecureConnection: true,
    });
    serviceClient.pipeline.addPolicy({
      name: 'mine',
      sendRequest: async (request, next) => {
        request.headers.set('Accept-Encoding', 'gzip');
        return next(request);
      },
    });
    return DataSource.open({ serviceClient }, noRetry);
  },
};

describe('Secrets in errors', () => {
  let answer: Answer;
  const server = createServer((request, response) => {
    let body = '';
    request.on('data', (part: Buffer) => (body += part.toString())).once('end', () => answer(response, body, request));
  });
  let endpoint = '';
  before(async () => {
    await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve));
    endpoint = `http://127.0.0.1:${(server.address() as AddressInfo).port}/account`;
  });
  after(() => server.close().closeAllConnections());

  for (const [connection, open] of Object.entries(CONNECTIONS)) {
    for (const [server_, answers] of Object.entries(ANSWERS)) {
      it(`An error over a connection by ${connection} quotes no secret and no data if the server ${server_}`, async () => {
        answer = answers;
        await using tables = await open(endpoint);
        const errors: string[] = [];
        for (const [verb, ask] of Object.entries(VERBS)) {
          const error: unknown = await ask(tables).catch((reason: unknown) => reason);
          if (error instanceof Error) {
            if (!EntitableError.is(error)) throw error;
            errors.push(...shownIn(error, SECRETS).map((shown) => `${verb}: ${shown}`));
          }
        }
        expect(errors).to.deep.equal([]);
      });
    }

    it(`An error over a connection by ${connection} quotes no secret and no data if no server listens`, async () => {
      await using tables = await open('http://127.0.0.1:1/account');
      for (const ask of Object.values(VERBS)) expect(shownIn(await rejection(ask(tables)), SECRETS)).to.deep.equal([]);
    });
  }

  it("An error of the service has the service's own message in its details, for programs to read", async () => {
    answer = ANSWERS['refuses, and quotes the request']!;
    await using tables = await CONNECTIONS['a key']!(endpoint);
    const error = await rejection(tables.repository(Note).insert(note()));
    expect(EntitableError.is(error, 'store.rejected') && error.details.serviceMessage).to.include(VALUE);
  });

  it('An error of a credential that received no token quotes no secret', async () => {
    const request = createPipelineRequest({ url: 'https://login.example.com/', body: `client_secret=${TOKEN}` });
    const network = new RestError('getaddrinfo ENOTFOUND login.example.com', { code: 'ENOTFOUND', request });
    const credential = {
      getToken: () =>
        Promise.reject(Object.assign(new Error('No token.', { cause: network }), { name: 'AuthenticationError' })),
    };
    await using tables = await DataSource.open(
      { endpoint: 'https://127.0.0.1:1/', credential, service: 'storage' },
      noRetry,
    );
    const error = await rejection(tables.repository(Note).get(key));
    expect(EntitableError.is(error, 'store.unauthorized')).to.equal(true);
    expect(shownIn(error, SECRETS)).to.deep.equal([]);
    const { cause } = error as { readonly cause: Error };
    expect([cause.name, cause.message, (cause.cause as Error).message]).to.deep.equal([
      'AuthenticationError',
      'No token.',
      'getaddrinfo ENOTFOUND login.example.com',
    ]);
  });
});

describe('Secrets in objects', () => {
  /**
   * Returns everything that can be obtained from a data source, except entities, encoded ones too, and the texts that
   * are asked for by `compile()` and `explain()`.
   */
  async function held(tables: DataSource): Promise<Readonly<Record<string, unknown>>> {
    const notes = tables.repository(Notes);
    const work = tables.unitOfWork();
    const query = notes.query({ book: 'b' }).where('text', 'eq', VALUE);
    work.insert(note({ page: 'held' }));
    await work.repository(Note).merge({ book: 'b', page: 'm' }, { text: VALUE });
    const rows = tables.store.rows('Notes', { properties: [{ name: 'text', type: 'String' }] });
    return {
      'a data source': tables,
      'a data source with other table names': tables.withTables((name) => name),
      administration: tables.tables,
      'its store': tables.store,
      'its rows': rows,
      traits: tables.traits,
      'a repository': tables.repository(Note),
      'a repository of one’s own': notes,
      'a query': query,
      'a query with an order': query.orderBy('text').take(5),
      'a selection': query.select('text'),
      'a filter': filter(Note, (n) => n.text.in([VALUE, `${VALUE}2`])),
      'a unit of work': work,
      'a repository of a unit of work': work.repository(Note),
      'a plan of a unit of work': work.plan(),
      'a key-value store': new KeyValueStore(tables),
    };
  }

  const TARGETS: Readonly<Record<string, () => Promise<DataSource>>> = {
    memory: () => DataSource.open('memory:'),
    'a key': () => DataSource.open(`AccountName=account;AccountKey=${KEY}`),
    'a signature': () =>
      DataSource.open(`TableEndpoint=https://account.table.core.windows.net;SharedAccessSignature=${SAS}`),
    'a token': () =>
      DataSource.open({
        endpoint: 'https://account.table.core.windows.net',
        credential: { getToken: () => Promise.resolve({ token: TOKEN, expiresOnTimestamp: Infinity }) },
      }),
    'a client': () =>
      DataSource.open({
        serviceClient: new TableServiceClient(
          'https://account.table.core.windows.net',
          new AzureNamedKeyCredential('account', KEY),
        ),
      }),
  };
  for (const [target, open] of Object.entries(TARGETS)) {
    it(`The objects of a data source show no secret and no value when they are printed: ${target}`, async () => {
      await using tables = await open();
      const shown = Object.entries(await held(tables)).flatMap(([what, value]) =>
        shownIn(value, SECRETS)
          // The JSON form of a filter holds its values, because it is meant for other programs.
          .filter((text) => what !== 'a filter' || !/^(JSON|%j):/.test(text))
          .map((text) => `${what}: ${text}`),
      );
      expect(shown).to.deep.equal([]);
    });
  }

  it('A shared access signature is not shown when its object is printed', async () => {
    await using tables = await DataSource.open(`AccountName=account;AccountKey=${KEY}`);
    const access = await tables.tables.generateTableSas('Notes', {
      permissions: ['read'],
      expiry: new Date(Date.now() + 1000),
    });
    const { signature } = access;
    const secret = /sig=([^&]+)/.exec(signature)![1]!;
    // `inspect` with getters, ignoring the class's own form, calls the getters that return the signature.
    const asked = /^inspect, with getters, whatever a class says of it:/;
    const shown = shownIn(access, [secret, decodeURIComponent(secret)]).filter((text) => !asked.test(text));
    expect(shown).to.deep.equal([]);
  });
});
