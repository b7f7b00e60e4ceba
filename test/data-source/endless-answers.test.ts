import { once } from 'node:events';
import { createServer, type RequestListener, type Server } from 'node:http';
import type { AddressInfo } from 'node:net';
import { setTimeout as wait } from 'node:timers/promises';
import { expect } from 'chai';
import { DataSource, EntitableError, type DataSourceOptions, type Query } from 'entitable';
import { Setting } from '../support/models.js';

const LIMIT = 150;

const QUERIES: Readonly<Record<string, (source: DataSource) => Query<Setting>>> = {
  'a partition': (source) => source.repository(Setting).query({ scope: 'a' }),
  'several partitions': (source) => source.repository(Setting).query([{ scope: 'a' }, { scope: 'b' }]),
  'split requests': (source) =>
    source
      .repository(Setting)
      .query({ scope: 'a' })
      .where(
        'value',
        'in',
        Array.from({ length: 40 }, (_, index) => `v${index}`),
      ),
  'a table': (source) => source.repository(Setting).scan(),
};

const VERBS: Readonly<Record<string, (query: Query<Setting>, timeout: number) => Promise<unknown>>> = {
  page: (query, timeout) => query.page({ timeout }),
  first: (query, timeout) => query.first({ timeout }),
  firstOrThrow: (query, timeout) => query.firstOrThrow({ timeout }),
  single: (query, timeout) => query.single({ timeout }),
  exists: (query, timeout) => query.exists({ timeout }),
};

describe('A service whose answers never end', () => {
  let server: Server | undefined;
  afterEach(async () => {
    server?.closeAllConnections();
    await new Promise((resolve) => server?.close(resolve));
  });

  async function open(serve: RequestListener, options: DataSourceOptions = {}): Promise<DataSource> {
    server = createServer(serve).listen(0, '127.0.0.1');
    await once(server, 'listening');
    const endpoint = `http://127.0.0.1:${(server.address() as AddressInfo).port}/account`;
    return DataSource.open({ endpoint, credential: { name: 'account', key: 'a2V5' } }, options);
  }

  describe('A service that returns empty pages for ever', () => {
    for (const [what, query] of Object.entries(QUERIES)) {
      it(`A time limit ends every method with a single result, for ${what}, although empty pages keep arriving`, async () => {
        let pages = 0;
        await using source = await open((request, response) => {
          request.resume();
          const headers = {
            'x-ms-version': '2019-02-02',
            'content-type': 'application/json',
            'x-ms-continuation-NextPartitionKey': `a${++pages}`,
          };
          response.writeHead(200, headers).end('{"value":[]}');
        });
        for (const [name, verb] of Object.entries(VERBS)) {
          const began = performance.now();
          const error: unknown = await verb(query(source), LIMIT).catch((thrown: unknown) => thrown);
          expect(EntitableError.is(error) && error.code, name).to.equal('store.timeout');
          expect(performance.now() - began, name).to.be.lessThan(LIMIT + 1000);
        }
        const seen = pages;
        await wait(50);
        expect(pages - seen).to.be.lessThan(10); // only the requests that were in flight
      });
    }
  });

  describe('A service that never answers', () => {
    const iterators: Readonly<Record<string, (query: Query<Setting>) => AsyncIterator<unknown>>> = {
      'its iterator': (query) => query[Symbol.asyncIterator](),
      'its pages': (query) => query.pages()[Symbol.asyncIterator](),
    };
    for (const [what, query] of Object.entries(QUERIES)) {
      for (const [kind, iteratorOf] of Object.entries(iterators)) {
        it(`Leaving ${kind} stops the request of ${what} at once, although the service never answers`, async () => {
          let closed = 0;
          let asked = 0;
          const outcomes: string[] = [];
          await using source = await open(
            (request) => {
              asked++;
              request.resume().socket.once('close', () => closed++);
            },
            { onVerb: ({ verb, outcome }) => outcomes.push(`${verb} ${outcome}`) },
          );
          const iterator = iteratorOf(query(source));
          const pending = iterator.next();
          while (asked === 0) await wait(5);
          const began = performance.now();
          expect(await iterator.return!()).to.deep.equal({ done: true, value: undefined });
          expect(performance.now() - began).to.be.lessThan(1000);
          expect(await pending).to.deep.equal({ done: true, value: undefined });
          expect(await iterator.next()).to.deep.equal({ done: true, value: undefined });
          expect(outcomes).to.deep.equal(['query.pages success']);
          while (closed < asked) await wait(5);
        });
      }
    }
  });
});
