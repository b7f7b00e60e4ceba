import { createServer, type IncomingMessage, type Server, type ServerResponse } from 'node:http';
import type { AddressInfo } from 'node:net';
import { setTimeout as wait } from 'node:timers/promises';
import { AzureNamedKeyCredential, TableServiceClient } from '@azure/data-tables';
import { expect } from 'chai';
import { DataSource } from '../../../src/data-source/data-source.js';
import type { DataSourceOptions } from '../../../src/data-source/options.js';
import { EntitableError } from '../../../src/errors/entitable-error.js';
import { rejection } from '../../support/every-store.js';
import { order, Order } from '../../support/models.js';
import { until } from '../../support/until.js';

type Answer = (request: IncomingMessage, response: ServerResponse) => void;

const JSON_TYPE = { 'Content-Type': 'application/json;odata=minimalmetadata', 'x-ms-version': '2019-02-02' };
const key = (index: number): { customerId: string; orderId: string } => ({ customerId: 'c', orderId: `o${index}` });

describe('Resources that a store on Azure uses', () => {
  const opened: (() => Promise<unknown>)[] = [];
  afterEach(async () => {
    for (const close of opened.splice(0).toReversed()) await close();
  });

  async function serve(answer: Answer): Promise<{ readonly server: Server; readonly endpoint: string }> {
    const server = createServer(answer);
    await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve));
    opened.push(async () => server.close().closeAllConnections());
    return { server, endpoint: `http://127.0.0.1:${(server.address() as AddressInfo).port}/account` };
  }

  async function open(endpoint: string, options: DataSourceOptions = {}): Promise<DataSource> {
    const tables = await DataSource.open({ endpoint, credential: { name: 'account', key: 'a2V5' } }, options);
    opened.push(async () => tables.close());
    return tables;
  }

  /** Answers that the row does not exist. */
  const missing: Answer = (_, response) => {
    response.writeHead(404, JSON_TYPE);
    response.end('{"odata.error":{"code":"ResourceNotFound"}}');
  };

  for (const [what, options, most] of [
    ['100 connections by default', {}, 100],
    ['as many connections as maxSockets allows', { maxSockets: 3 }, 3],
  ] as const) {
    it(`A store opens at most ${what}, however many requests are made at once`, async () => {
      let connections = 0;
      let under = 0;
      let peak = 0;
      const { server, endpoint } = await serve((request, response) => {
        peak = Math.max(peak, ++under);
        setImmediate(() => {
          under--;
          missing(request, response);
        });
      });
      server.on('connection', () => connections++);
      const tables = await open(endpoint, options);
      const reads = Array.from({ length: 2000 }, (_, index) => tables.repository(Order).get(key(index)));
      expect((await Promise.all(reads)).every((found) => found === undefined)).to.equal(true);
      expect({ connections, isBelow: peak <= most }).to.deep.equal({ connections: most, isBelow: true });
    });
  }

  it('A request that waits for its turn ends at its timeout or signal, and is not sent', async () => {
    let requests = 0;
    const { endpoint } = await serve(() => requests++); // never responds
    const tables = await open(endpoint, { maxSockets: 1, retry: false });
    const orders = tables.repository(Order);
    const first = rejection(orders.insert(order(key(1)), { timeout: 300 }));
    const codes = await Promise.all(
      [
        rejection(orders.insert(order(key(2)), { timeout: 50 })),
        rejection(orders.insert(order(key(3)), { signal: AbortSignal.timeout(50) })),
        rejection(orders.get(key(4), { timeout: 50 })),
        first,
      ].map(async (error) => ((await error) as EntitableError).code),
    );
    expect(codes).to.deep.equal(['store.timeout', 'store.aborted', 'store.timeout', 'store.outcome-unknown']);
    expect(requests).to.equal(1);
  });

  it('A request passes on its turn however it ends: rejected, broken off, stopped, from another server, or as an unread stream', async () => {
    const ends: readonly Answer[] = [
      missing,
      (request) => request.socket.destroy(),
      (_, response) =>
        response.writeHead(200, { ...JSON_TYPE, 'Content-Length': 100 }).write('{', () => response.destroy()),
      () => undefined,
      (_, response) => response.writeHead(200, { 'Content-Type': 'text/html', 'x-ms-version': '1' }).end('<html>'),
      (_, response) => response.writeHead(200, { ...JSON_TYPE }).write('{"value":['),
      (_, response) => response.writeHead(302, { Location: 'http://127.0.0.1:1/' }).end(),
    ];
    let turn = 0;
    const { endpoint } = await serve((request, response) => ends[turn++ % ends.length]!(request, response));
    const tables = await open(endpoint, { maxSockets: 1, retry: false });
    const orders = tables.repository(Order);
    for (let index = 0; index < 4 * ends.length; index++) {
      const options = { timeout: 100 };
      if (index % 2 === 0) await orders.get(key(index), options).catch(() => undefined);
      else
        await orders
          .query({ customerId: 'c' })
          .first(options)
          .catch(() => undefined);
    }
    turn = 0;
    expect(await orders.get(key(0))).to.equal(undefined);
  });

  it('Closing a data source ends the requests that wait for their turn', async () => {
    const { endpoint } = await serve(() => undefined);
    const tables = await open(endpoint, { maxSockets: 1, retry: false });
    const orders = tables.repository(Order);
    const [first, second] = [rejection(orders.get(key(1))), rejection(orders.get(key(2)))];
    await wait(20);
    await tables.close({ timeout: 20 });
    expect(await first).to.have.property('code', 'store.aborted');
    expect(await second).to.have.property('code', 'store.aborted');
  });

  describe('A response that never ends', () => {
    let sent = 0;
    let closed = 0;
    let requests = 0;

    /** Starts like a response of the service, and never ends. */
    const endless =
      (begin: string, status = 200): Answer =>
      (request, response) => {
        requests++;
        response.writeHead(status, JSON_TYPE).write(begin);
        const part = Buffer.alloc(16 * 1024, ' ');
        const go = (): void => {
          while (!response.destroyed && response.write(part)) sent += part.length;
        };
        response.on('drain', go).once('close', () => closed++);
        request.resume();
        go();
      };

    beforeEach(() => {
      sent = closed = requests = 0;
    });

    const maxAnswerBytes = 1_000_000;
    for (const [what, ask] of Object.entries<(tables: DataSource) => Promise<unknown>>({
      'a point read': (tables) => tables.repository(Order).get(key(1)),
      'a query': (tables) => tables.repository(Order).query({ customerId: 'c' }).toArray(),
      'a query that reads ahead': (tables) => tables.tables.describe('Orders'),
      'a list of tables': (tables) => tables.tables.exists('Orders'),
      'a read of service properties': (tables) => tables.tables.getServiceProperties(),
    })) {
      for (const status of [200, 404]) {
        it(`An endless response to ${what} with status ${status} fails with store.unavailable after one request, and its connection is closed`, async () => {
          const { endpoint } = await serve(endless('{"value":[', status));
          const tables = await open(endpoint, { maxAnswerBytes });
          const error = await rejection(ask(tables));
          expect(error).to.have.property('code', 'store.unavailable');
          expect((error as Error).message).to.include('more bytes than maxAnswerBytes');
          await until(
            () => closed === requests,
            () => 'It is still open.',
          );
          expect(requests).to.equal(1);
          expect(sent).to.be.lessThan(20_000_000);
        });
      }
    }

    it('An endless response to a write fails with store.outcome-unknown', async () => {
      const { endpoint } = await serve(endless('{', 201));
      const tables = await open(endpoint, { maxAnswerBytes, retry: false });
      const error = await rejection(tables.repository(Order).insert(order(key(1))));
      expect(error).to.have.property('code', 'store.outcome-unknown');
    });

    it('An endless response is also ended if a client of the application requests compressed responses', async () => {
      const { endpoint } = await serve(endless('{"value":['));
      const serviceClient = new TableServiceClient(endpoint, new AzureNamedKeyCredential('account', 'a2V5'), {
        allowInsecureConnection: true,
      });
      serviceClient.pipeline.addPolicy({
        name: 'mine',
        sendRequest: async (request, next) => {
          request.headers.set('Accept-Encoding', 'gzip');
          return next(request);
        },
      });
      const tables = await DataSource.open({ serviceClient }, { maxAnswerBytes, maxSockets: 1 });
      opened.push(async () => tables.close());
      for (const ask of [
        () => tables.repository(Order).get(key(1)),
        () => tables.repository(Order).query({ customerId: 'c' }).toArray(),
      ]) {
        expect(await rejection(ask())).to.have.property('code', 'store.unavailable');
      }
    });
  });

  for (const [option, value] of Object.entries({ maxSockets: 0, maxAnswerBytes: 1.5 })) {
    it(`Opening a data source with ${option}: ${value} is rejected`, async () => {
      const error = await rejection(DataSource.open('UseDevelopmentStorage=true', { [option]: value }));
      expect(error).to.include({ code: 'validation.invalid-option' });
    });
  }
});
