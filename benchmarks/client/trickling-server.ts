import { fork } from 'node:child_process';
import { createServer } from 'node:http';
import type { AddressInfo } from 'node:net';
import { Readable } from 'node:stream';
import { setTimeout as wait } from 'node:timers/promises';
import { fileURLToPath } from 'node:url';
import { cannedAnswer } from './canned-answers.js';

/** Number of pages in the table, of 1,000 rows each. */
export const PAGES = 10;
/** Number of pieces in which the body of a page arrives, and the wait before each. */
export const PIECES = { count: 20, milliseconds: 5 };

/**
 * Serves a table of ten pages on a socket, in a process of its own. The headers of a page arrive at once, its body over
 * 100 ms.
 */
export async function startTricklingServer(): Promise<{ readonly url: string; close(): void }> {
  const child = fork(fileURLToPath(import.meta.url), ['serve'], { stdio: 'inherit' });
  const port = await new Promise<number>((resolve) => child.once('message', (message) => resolve(message as number)));
  return { url: `http://127.0.0.1:${port}/account`, close: () => void child.kill() };
}

async function* trickle(body: Buffer): AsyncGenerator<Buffer> {
  const size = Math.ceil(body.length / PIECES.count);
  for (let start = 0; start < body.length; start += size) {
    await wait(PIECES.milliseconds);
    yield body.subarray(start, start + size);
  }
}

if (process.argv[2] === 'serve') {
  const server = createServer((request, response) => {
    const { status, headers, body } = cannedAnswer('GET', request.url ?? '', request.headers.accept ?? '');
    const page = Number(new URL(request.url ?? '', 'http://any').searchParams.get('NextRowKey') ?? 1);
    const next = { 'x-ms-continuation-NextPartitionKey': 'p0001', 'x-ms-continuation-NextRowKey': String(page + 1) };
    response.writeHead(status, { ...headers, ...(page < PAGES && next) });
    response.flushHeaders();
    Readable.from(trickle(body)).pipe(response);
  });
  server.keepAliveTimeout = 60_000;
  server.listen(0, '127.0.0.1', () => process.send?.((server.address() as AddressInfo).port));
}
