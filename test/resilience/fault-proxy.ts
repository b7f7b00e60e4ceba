import { connect, createServer, type AddressInfo, type Socket } from 'node:net';
import { setTimeout as wait } from 'node:timers/promises';
import { exchange, HttpFrames } from './http-frames.js';
import { resetSocket } from '../support/reset-socket.js';
import { pick, seeded, type Random } from '../support/seeded.js';

/** The faults that can happen to a request or to its response. */
export type Fault = 'none' | keyof typeof FAULTS;

/** A proxy between a client and a server that injects faults. */
export interface FaultProxy {
  readonly endpoint: string;
  /** Number of occurrences of each fault. */
  readonly counts: Readonly<Record<string, number>>;
  /** Chooses the fault of each request; initially `none` for all. */
  choose: (request: string) => Fault;
  /**
   * Returns the lane of a request. Requests in the same lane reach the server one after another, like requests to one
   * row.
   */
  lane: (request: string) => string | undefined;
  /** Number of open connections. */
  readonly connections: number;
  close(): Promise<void>;
}

interface Passage {
  readonly client: Socket;
  readonly random: Random;
  /**
   * Sends the request to the server and returns its response; `undefined` if the server is gone or the client has left.
   */
  serve(): Promise<Buffer | undefined>;
  /** Responds in place of the server. */
  reply(response: string): void;
}

const answer = (status: string, code: string, headers = ''): string => {
  const body = JSON.stringify({ 'odata.error': { code, message: { lang: 'en-US', value: `${code}\nRequestId:0` } } });
  return `HTTP/1.1 ${status}\r\nx-ms-version: 2019-02-02\r\n${headers}content-type: application/json\r\ncontent-length: ${body.length}\r\n\r\n${body}`;
};

const FAULTS = {
  'delay before the request': async ({ client, random, serve }) => {
    await wait(5 + random() * 30);
    client.write((await serve()) ?? '');
  },
  'delay before the response': async ({ client, random, serve }) => {
    const response = await serve();
    await wait(5 + random() * 30);
    client.write(response ?? '');
  },
  'reset before the request': async ({ client }) => resetSocket(client),
  'reset after the request': async ({ client, serve }) => {
    void serve();
    await wait(0);
    resetSocket(client);
  },
  'reset before the response': async ({ client, serve }) => {
    await serve();
    resetSocket(client);
  },
  'reset after the response': async ({ client, serve }) => {
    client.write((await serve()) ?? '', () => resetSocket(client));
  },
  'closed before the response': async ({ client, serve }) => {
    await serve();
    client.end();
  },
  '429': async ({ reply }) => reply(answer('429 Too Many Requests', 'TooManyRequests')),
  '429 with x-ms-retry-after-ms': async ({ reply }) =>
    reply(answer('429 Too Many Requests', 'TooManyRequests', 'x-ms-retry-after-ms: 15\r\n')),
  '503': async ({ reply }) => reply(answer('503 Service Unavailable', 'ServerBusy')),
  '503 with Retry-After': async ({ reply }) =>
    reply(answer('503 Service Unavailable', 'ServerBusy', 'retry-after: 0\r\n')),
  '500, not carried out': async ({ reply }) => reply(answer('500 Internal Server Error', 'InternalError')),
  '500, carried out': async ({ serve, reply }) => {
    await serve();
    reply(answer('500 Internal Server Error', 'OperationTimedOut'));
  },
  'response cut off': async ({ client, random, serve }) => {
    const response = (await serve()) ?? Buffer.alloc(0);
    client.end(response.subarray(0, Math.floor(response.length * random())));
  },
  'response cut off by a reset': async ({ client, random, serve }) => {
    const response = (await serve()) ?? Buffer.alloc(0);
    client.write(response.subarray(0, Math.floor(response.length * random())), () => resetSocket(client));
  },
  'response twice': async ({ client, serve }) => {
    const response = (await serve()) ?? Buffer.alloc(0);
    client.write(Buffer.concat([response, response]));
  },
  'response twice, the second later': async ({ client, random, serve }) => {
    const response = (await serve()) ?? Buffer.alloc(0);
    client.write(response);
    await wait(random() * 4);
    client.write(response);
  },
  'no response, carried out': async ({ serve }) => void (await serve()),
  'no response, not carried out': async () => undefined,
  'slow trickle': async ({ client, serve }) => {
    const response = (await serve()) ?? Buffer.alloc(0);
    const size = Math.ceil(response.length / 8);
    for (let at = 0; at < response.length && !client.destroyed; at += size) {
      client.write(response.subarray(at, at + size));
      await wait(2);
    }
  },
} satisfies Readonly<Record<string, (passage: Passage) => Promise<void>>>;

/** Weights of the faults: all occur equally often, except those that take long. */
export const EVERY_FAULT: Readonly<Record<Exclude<Fault, 'none'>, number>> = {
  ...(Object.fromEntries(Object.keys(FAULTS).map((fault) => [fault, 1])) as Record<Exclude<Fault, 'none'>, number>),
  'no response, carried out': 0.2,
  'no response, not carried out': 0.2,
};

/** Starts a proxy in front of a server on this machine. */
export async function startFaultProxy(target: string, seed = 1): Promise<FaultProxy> {
  const url = new URL(target);
  const random = seeded(seed);
  const open = new Set<Socket>();
  /** Connections on which the server is processing a request. */
  const busy = new Set<Socket>();
  const lanes = new Map<string, Promise<unknown>>();
  /** Requests that the server is still processing although their client has left. */
  const abandoned = new Set<Promise<unknown>>();
  const counts: Record<string, number> = {};
  const keep = (socket: Socket): Socket => {
    open.add(socket);
    socket.on('close', () => open.delete(socket)).on('error', () => undefined);
    return socket.setNoDelay(true);
  };

  const server = createServer((socket) => {
    const client = keep(socket);
    const upstream = keep(connect(Number(url.port), url.hostname));
    upstream.on('close', () => client.destroy());
    client.on('close', () => {
      if (!busy.has(upstream)) upstream.destroy();
    });
    const frames = new HttpFrames();
    let turn: Promise<void> = Promise.resolve();
    client.on('data', (chunk: Buffer) => {
      frames.push(chunk);
      for (let request = frames.next(); request !== undefined; request = frames.next()) {
        const message = request;
        turn = turn.then(() => pass(client, upstream, message));
      }
    });
  });

  async function pass(client: Socket, upstream: Socket, request: Buffer): Promise<void> {
    const fault = proxy.choose(request.toString('latin1', 0, request.indexOf('\r\n')));
    counts[fault] = (counts[fault] ?? 0) + 1;
    const serve = async (): Promise<Buffer | undefined> => {
      // A server processes requests in the order of their arrival, including abandoned ones.
      await Promise.all(abandoned);
      const lane = proxy.lane(request.toString('latin1'));
      const earlier = lane === undefined ? undefined : lanes.get(lane);
      if (client.readableEnded || client.destroyed) return undefined;
      busy.add(upstream);
      const exchanged = Promise.resolve(earlier)
        .then(() => exchange(upstream, request))
        .finally(() => busy.delete(upstream));
      if (lane !== undefined) lanes.set(lane, exchanged);
      const onGivenUp = (): void => {
        abandoned.add(exchanged);
        void exchanged.then(() => abandoned.delete(exchanged) && upstream.destroy());
      };
      client.on('close', onGivenUp);
      const response = await exchanged;
      client.off('close', onGivenUp);
      return response && withRequestId(request, response);
    };
    const reply = (response: string): void => void client.write(withRequestId(request, Buffer.from(response)));
    if (fault === 'none') client.write((await serve()) ?? '');
    else await FAULTS[fault]({ client, random, serve, reply });
  }

  await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve));
  const proxy: FaultProxy = {
    endpoint: `http://127.0.0.1:${(server.address() as AddressInfo).port}${url.pathname}`,
    counts,
    choose: () => 'none',
    lane: () => undefined,
    get connections() {
      return open.size;
    },
    close: async () => {
      for (const socket of open) socket.destroy();
      await new Promise((resolve) => server.close(resolve));
    },
  };
  return proxy;
}

/**
 * Adds the client request id to a response. Azurite omits it in rejections and in responses to batches; the service
 * repeats it in every response.
 */
function withRequestId(request: Buffer, response: Buffer): Buffer {
  const id = /^x-ms-client-request-id: *(\S+)/im.exec(request.toString('latin1', 0, request.indexOf('\r\n\r\n')))?.[1];
  const head = response.toString('latin1', 0, response.indexOf('\r\n\r\n'));
  if (id === undefined || /^x-ms-client-request-id:/im.test(head)) return response;
  const line = response.indexOf('\r\n') + 2;
  return Buffer.concat([
    response.subarray(0, line),
    Buffer.from(`x-ms-client-request-id: ${id}\r\n`),
    response.subarray(line),
  ]);
}

/** Returns a chooser that injects faults into a share of the requests, with the given weights. */
export function someOf(
  share: number,
  seed: number,
  faults: Readonly<Record<string, number>> = EVERY_FAULT,
): FaultProxy['choose'] {
  const random = seeded(seed);
  return () => (random() < share ? (pick(random, faults) as Fault) : 'none');
}
