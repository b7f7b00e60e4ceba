import { createServer, type AddressInfo, type Server, type Socket } from 'node:net';
import { expect } from 'chai';
import type { TableStore } from '../../../src/store/table-store.js';
import { openAzure } from '../../../src/stores/azure/open-azure.js';
import { resetSocket } from '../../support/reset-socket.js';
import { until } from '../../support/until.js';
import { outcomeOf } from './outcome.js';
import { shapeOf } from './row-values.js';

/** Faults of a server after it has received a request, by what they do to the connection. */
const FAULTS: Readonly<Record<string, (socket: Socket) => void>> = {
  'is closed without a response': (socket) => socket.end(),
  'is reset without a response': resetSocket,
  'is reset within the headers': (socket) => {
    socket.write('HTTP/1.1 204 No Con', () => resetSocket(socket));
  },
  'is closed within the body': (socket) => {
    socket.end('HTTP/1.1 200 OK\r\nContent-Length: 1000\r\n\r\n{"odata');
  },
  'receives a response that is not HTTP': (socket) => socket.end('SSH-2.0-nothing\r\n'),
};

describe('Network failures on real sockets', () => {
  for (const [name, fault] of Object.entries(FAULTS)) {
    it(`If a connection ${name}, a read fails with store.unavailable and a write with store.outcome-unknown`, async () => {
      const requests = { count: 0 };
      const server = await listen((socket) => {
        socket
          .on('error', () => undefined)
          .once('data', () => {
            requests.count++;
            fault(socket);
          });
      });
      try {
        const store = await open((server.address() as AddressInfo).port);
        expect((await outcomeOf(read(store))).code).to.equal('store.unavailable');
        expect((await outcomeOf(write(store, 1))).code).to.equal('store.outcome-unknown');
        expect((await outcomeOf(write(store, 2))).code).to.equal('store.outcome-unknown');
        expect(requests.count).to.equal(3);
      } finally {
        server.close();
      }
    });
  }

  it("A read is retried by the SDK's retry policy, and a write is not", async () => {
    let requests = 0;
    const server = await listen((socket) => {
      socket
        .on('error', () => undefined)
        .once('data', () => {
          requests++;
          resetSocket(socket);
        });
    });
    try {
      const store = await open((server.address() as AddressInfo).port, 1);
      expect((await outcomeOf(read(store))).code).to.equal('store.unavailable');
      expect(requests).to.equal(2);
      expect((await outcomeOf(write(store, 1))).code).to.equal('store.outcome-unknown');
      expect(requests).to.equal(3);
    } finally {
      server.close();
    }
  });

  it('If no server listens, reads and writes fail with store.unavailable, because nothing was sent', async () => {
    const server = await listen(() => undefined);
    const { port } = server.address() as AddressInfo;
    await new Promise((resolve) => server.close(resolve));
    const store = await open(port);
    expect((await outcomeOf(read(store))).code).to.equal('store.unavailable');
    expect((await outcomeOf(write(store, 1))).code).to.equal('store.unavailable');
    expect((await outcomeOf(write(store, 2))).code).to.equal('store.unavailable');
    expect((await outcomeOf(store.createTable('T'))).code).to.equal('store.unavailable');
    expect((await outcomeOf(store.tables())).code).to.equal('store.unavailable');
  });

  it('A connection on which a response arrives twice is closed, so that no later request is sent on it', async () => {
    let first: string | undefined;
    let isClosed = false;
    const server = await listen((socket) => {
      socket
        .on('error', () => undefined)
        .on('close', () => (isClosed = true))
        .on('data', (request) => {
          first ??= /^x-ms-client-request-id: *(\S+)/im.exec(request.toString('latin1'))?.[1];
          const head = `x-ms-version: 2019-02-02\r\nx-ms-client-request-id: ${first}\r\nx-ms-error-code: ResourceNotFound`;
          socket.write(`HTTP/1.1 404 Not Found\r\n${head}\r\nContent-Length: 0\r\n\r\n`);
        });
    });
    try {
      const store = await open((server.address() as AddressInfo).port);
      expect(await read(store)).to.equal(undefined);
      expect((await outcomeOf(read(store))).code).to.equal('store.unavailable');
      await until(
        () => isClosed,
        () => 'It is still open.',
      );
    } finally {
      server.close();
    }
  });

  it('A server that never responds is given up at the timeout, and its connection is closed', async () => {
    const closed: Promise<void>[] = [];
    const server = await listen((socket) => {
      closed.push(
        new Promise((resolve) =>
          socket
            .on('error', () => undefined)
            .on('close', () => resolve())
            .resume(),
        ),
      );
    });
    try {
      const store = await open((server.address() as AddressInfo).port);
      expect((await outcomeOf(read(store, 300))).code).to.equal('store.timeout');
      expect((await outcomeOf(write(store, 1, 300))).code).to.equal('store.outcome-unknown');
      expect((await outcomeOf(store.createTable('T', { timeout: 300 }))).code).to.equal('store.outcome-unknown');
      await Promise.all(closed);
      expect(closed).to.have.length(3);
    } finally {
      server.close();
    }
  });
});

async function listen(serve: (socket: Socket) => void): Promise<Server> {
  const server = createServer(serve);
  await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve));
  return server;
}

async function open(port: number, maxRetries = 0): Promise<TableStore> {
  const credential = { name: 'account', key: 'a2V5' };
  return openAzure({ endpoint: `http://127.0.0.1:${port}/account`, credential }, { retry: { maxRetries } });
}

async function read(store: TableStore, timeout?: number) {
  return store.rows('T', shapeOf({})).get('p', 'r', () => 1, {}, { timeout });
}

async function write(store: TableStore, count: number, timeout?: number) {
  const rows = store.rows('T', shapeOf({}));
  const writes = Array.from({ length: count }, (_, index) =>
    rows.prepare({ mode: 'insert', partitionKey: 'p', rowKey: `${index}` }),
  );
  return store.submit('T', writes, { timeout });
}
