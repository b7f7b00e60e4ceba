import { createServer, type IncomingMessage, type Server, type ServerResponse } from 'node:http';
import type { AddressInfo } from 'node:net';
import { Readable } from 'node:stream';
import { createHttpHeaders, createPipelineRequest, isRestError } from '@azure/core-rest-pipeline';
import { expect } from 'chai';
import { isSimple, bytesOf } from '../../../src/stores/azure/http/http-exchange.js';
import { keptConnections } from '../../../src/stores/azure/http/http-client.js';
import { StopSignal } from '../../../src/stores/azure/http/request-message.js';

type Listener = (request: IncomingMessage, response: ServerResponse) => unknown;

const LATER = new Promise<void>((resolve) => setImmediate(resolve));

describe('The HTTP client', () => {
  const servers: Server[] = [];
  const LIMITS = { maxSockets: 4, maxAnswerBytes: 1_000_000 };
  const connections = keptConnections(LIMITS);
  after(() => {
    connections.close();
    for (const server of servers) server.close().closeAllConnections();
  });

  async function serve(listener: Listener, host = '127.0.0.1'): Promise<string> {
    const server = createServer((...exchange) => void listener(...exchange));
    servers.push(server);
    await new Promise<void>((resolve, reject) => server.once('error', reject).listen(0, host, resolve));
    const { port } = server.address() as AddressInfo;
    return `http://${host.includes(':') ? `[${host}]` : host}:${port}/account/Table`;
  }

  const requestTo = (url: string, options: object = {}) =>
    createPipelineRequest({ url, allowInsecureConnection: true, ...options });

  it('The HTTP client sends the method, path, query, headers and body, and returns the response', async () => {
    const url = await serve((request, response) => {
      let body = '';
      request.setEncoding('utf8').on('data', (part: string) => (body += part));
      request.once('end', () => {
        const { 'content-length': length, 'x-one': one } = request.headers;
        response.writeHead(202, { 'X-Two': ['a', 'b'], ETag: '"1"' });
        response.end(JSON.stringify({ method: request.method, url: request.url, length, one, body }));
      });
    });
    const request = requestTo(`${url}?a=%20`, {
      method: 'POST',
      headers: createHttpHeaders({ 'X-One': '1' }),
      body: 'Zürich',
    });
    const { status, headers, bodyAsText } = await connections.sendRequest(request);
    expect({ status, two: headers.get('x-two'), etag: headers.get('etag') }).to.deep.equal({
      status: 202,
      two: 'a, b',
      etag: '"1"',
    });
    expect(JSON.parse(bodyAsText!)).to.deep.equal({
      method: 'POST',
      url: '/account/Table?a=%20',
      length: '7',
      one: '1',
      body: 'Zürich',
    });
  });

  it('The HTTP client reaches an IPv6 address', async function () {
    const url = await serve((_, response) => response.end('six'), '::1').catch(() => this.skip());
    expect((await connections.sendRequest(requestTo(url))).bodyAsText).to.equal('six');
  });

  it('The HTTP client decodes characters that are split between chunks', async () => {
    const bytes = Buffer.from('a€𝒳b');
    const url = await serve(async (_, response) => {
      for (const byte of bytes) {
        response.write(Buffer.of(byte));
        await new Promise((resolve) => setImmediate(resolve));
      }
      response.end();
    });
    expect((await connections.sendRequest(requestTo(url))).bodyAsText).to.equal('a€𝒳b');
  });

  it('The HTTP client requests exactly the URL, whatever the previous URL was', async () => {
    const url = await serve((request, response) => response.end(`${request.headers.host} ${request.url}`));
    const { origin, host } = new URL(url);
    for (const [path, asked] of [
      ['/a', '/a'],
      ['', '/'],
      ['?a=/b', '/?a=/b'],
      ['?a=/c', '/?a=/c'],
      ['/b?c=/d', '/b?c=/d'],
      ['/b/../c', '/c'],
      ['', '/'],
      ["/T(PartitionKey='a..b',RowKey='é')", "/T(PartitionKey='a..b',RowKey='%C3%A9')"],
    ] as const)
      expect((await connections.sendRequest(requestTo(origin + path))).bodyAsText, path).to.equal(`${host} ${asked}`);
  });

  it('The HTTP client throws errors that the retry policies of the SDK understand', async () => {
    const url = await serve((request) => request.socket.destroy());
    const failureOf = (to: string, options?: object): Promise<unknown> =>
      connections.sendRequest(requestTo(to, options)).then(
        () => 'nothing failed',
        (error: unknown) => isRestError(error) && [error.code, error.message, error.request],
      );
    expect(await failureOf(url)).to.deep.equal(['ECONNRESET', 'socket hang up', undefined]);
    expect(await failureOf('http://127.0.0.1:1/')).to.deep.equal([
      'ECONNREFUSED',
      'connect ECONNREFUSED 127.0.0.1:1',
      undefined,
    ]);
  });

  it('The HTTP client treats a switch of protocols as a response, and then sends the next request', async () => {
    const own = keptConnections({ ...LIMITS, maxSockets: 1 });
    const url = await serve((request, response) => {
      if (request.url!.endsWith('/plain')) response.end('well');
      else request.socket.end('HTTP/1.1 101 Switching\r\nUpgrade: foo\r\nConnection: Upgrade\r\nX-One: 1\r\n\r\nmore');
    });
    const { status, headers, bodyAsText } = await own.sendRequest(requestTo(url));
    const next = await own.sendRequest(requestTo(`${url}/plain`));
    own.close();
    expect([status, headers.get('x-one'), bodyAsText, next.bodyAsText]).to.deep.equal([101, '1', '', 'well']);
  });

  it("The HTTP client sends the next request after a request that the SDK's client never ends", async () => {
    const own = keptConnections({ ...LIMITS, maxSockets: 1 });
    const url = await serve((request, response) => {
      if (request.url!.endsWith('/plain')) response.end('well');
      else request.socket.end('HTTP/1.1 101 Switching\r\nUpgrade: foo\r\nConnection: Upgrade\r\n\r\n');
    });
    const stop = new StopSignal();
    const upgraded = own.sendRequest(requestTo(url, { abortSignal: stop, disableKeepAlive: true }));
    setTimeout(() => stop.stop(), 50);
    const failed = await upgraded.catch((error: unknown) => (error as Error).name);
    const next = await own.sendRequest(requestTo(`${url}/plain`));
    own.close();
    expect([failed, next.bodyAsText]).to.deep.equal(['AbortError', 'well']);
  });

  it('The HTTP client reuses a connection for the next request, and closes it with the store', async () => {
    const own = keptConnections(LIMITS);
    const ports: (number | undefined)[] = [];
    const url = await serve((request, response) => {
      ports.push(request.socket.remotePort);
      response.end();
    });
    await own.sendRequest(requestTo(url));
    await LATER;
    await own.sendRequest(requestTo(url));
    own.close();
    await own.sendRequest(requestTo(url));
    own.close();
    expect(ports).to.have.length(3);
    expect(new Set(ports).size).to.equal(2);
  });

  it('The HTTP client fails for a body that breaks off, read as a whole or as a stream, early or late', async () => {
    const url = await serve((_, response) => {
      response.writeHead(200, { 'Content-Length': '100' });
      response.write('half', () => response.socket!.destroy());
    });
    const streamed = { streamResponseStatusCodes: new Set([200]) };
    const broken = (sent: Promise<unknown>): Promise<string> =>
      sent.then(
        () => 'nothing failed',
        (error: unknown) => (error as Error).message,
      );
    expect(await broken(connections.sendRequest(requestTo(url)))).to.equal('aborted');
    const early = await connections.sendRequest(requestTo(url, streamed));
    expect(await broken(bytesOf(early.readableStreamBody as Readable, 100))).to.equal('aborted');
    const late = await connections.sendRequest(requestTo(url, streamed));
    await new Promise((resolve) => (late.readableStreamBody as Readable).once('close', resolve));
    expect(await broken(bytesOf(late.readableStreamBody as Readable, 100))).to.equal('aborted');
  });

  it('The HTTP client stops at a signal before a request is sent, while it waits, and in the middle of a body', async () => {
    let closed = 0;
    const url = await serve((request, response) => {
      request.socket.once('close', () => closed++);
      if (request.url!.endsWith('body')) response.writeHead(200, { 'Content-Length': '100' }).write('half');
    });
    const nameOf = (error: unknown): string => (error as Error).name;

    const before = new StopSignal();
    before.stop();
    expect(await connections.sendRequest(requestTo(url, { abortSignal: before })).catch(nameOf)).to.equal('AbortError');

    for (const place of ['wait', 'body']) {
      const stop = new StopSignal();
      const sent = connections.sendRequest(requestTo(`${url}/${place}`, { abortSignal: stop }));
      setTimeout(() => stop.stop(), 20);
      expect(await sent.catch(() => 'stopped')).to.equal('stopped');
    }
    while (closed < 2) await new Promise((resolve) => setTimeout(resolve, 5));
  });

  it('The HTTP client reports a refused connection by its code', async () => {
    const error: unknown = await connections
      .sendRequest(requestTo('http://127.0.0.1:1/'))
      .catch((caught: unknown) => caught);
    expect(error).to.include({ code: 'ECONNREFUSED' });
  });

  it("The HTTP client leaves requests with a proxy, certificates, compression, progress or a stream to the SDK's client", () => {
    const url = 'https://127.0.0.1:1/';
    expect(isSimple(requestTo(url))).to.equal(true);
    const others = [
      { proxySettings: { host: 'proxy', port: 1 } },
      { tlsSettings: {} },
      { headers: createHttpHeaders({ 'accept-encoding': 'gzip' }) },
      { onDownloadProgress: () => undefined },
      { body: () => Readable.from(['']) },
      { timeout: 1 },
      { disableKeepAlive: true },
      { method: 'HEAD' },
    ].map((options) => Object.assign(requestTo(url), options));
    expect(others.map(isSimple)).to.deep.equal(others.map(() => false));
    expect(isSimple(Object.assign(requestTo('http://127.0.0.1:1/'), { allowInsecureConnection: false }))).to.equal(
      false,
    );
  });
});
