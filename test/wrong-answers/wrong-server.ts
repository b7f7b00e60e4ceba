import { createServer, type IncomingMessage, type Server, type ServerResponse } from 'node:http';
import type { AddressInfo } from 'node:net';
import type { Random } from '../support/seeded.js';
import { rightAnswer, type Answer, type Asked } from './right-answers.js';
import { wrongAnswer, type Wrong } from './wrong-answers.js';

/** A server in the place of the service, which gives right responses at first and then wrong ones. */
export interface WrongServer {
  readonly endpoint: string;
  /** Number of requests that get a right response before the wrong ones. */
  right: number;
  /** Description of the last wrong response, once there is one. */
  how: string | undefined;
  /** Requests that arrived at another server, to which redirects lead. */
  readonly elsewhere: readonly string[];
  close(): Promise<void>;
}

export async function startWrongServer(random: Random): Promise<WrongServer> {
  const led: string[] = [];
  const other = await listen((request, response) => {
    led.push(`${request.method} ${request.url}`);
    response.end();
  });
  const server = await listen((request, response) => {
    const chunks: Buffer[] = [];
    request.on('data', (chunk: Buffer) => chunks.push(chunk));
    request.on('end', () => {
      const { method = '', url = '', headers } = request;
      const asked: Asked = { method, url, headers, body: Buffer.concat(chunks).toString() };
      if (running.right-- > 0) {
        send(response, rightAnswer(asked));
        return;
      }
      const wrong = wrongAnswer(asked, random, address(other));
      running.how = `${wrong.how}: ${wrong.status} ${JSON.stringify(wrong.headers)} ${wrong.body} to ${method} ${url}`;
      send(response, wrong);
    });
  });
  const running: WrongServer = {
    endpoint: `${address(server)}/account`,
    right: 0,
    how: undefined,
    elsewhere: led,
    close: async () => {
      for (const each of [server, other]) {
        each.closeAllConnections();
        await new Promise((resolve) => each.close(resolve));
      }
    },
  };
  return running;
}

function send(response: ServerResponse, { status, headers, body, breaksOff = false }: Answer & Partial<Wrong>): void {
  const length =
    status === 204 || status === 205 ? {} : { 'content-length': Buffer.byteLength(body) + Number(breaksOff) };
  response.writeHead(status, { ...headers, ...length });
  if (breaksOff) response.write(body, () => response.destroy());
  else response.end(body);
}

async function listen(serve: (request: IncomingMessage, response: ServerResponse) => void): Promise<Server> {
  const server = createServer(serve);
  await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve));
  return server;
}

function address(server: Server): string {
  return `http://127.0.0.1:${(server.address() as AddressInfo).port}`;
}
