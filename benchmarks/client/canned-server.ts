import { fork } from 'node:child_process';
import { createServer } from 'node:http';
import type { AddressInfo } from 'node:net';
import { fileURLToPath } from 'node:url';
import { cannedAnswer } from './canned-answers.js';

/**
 * Serves the canned responses on a socket of this machine, in a process of its own, so that only the client is
 * measured.
 */
export async function startCannedServer(): Promise<{ readonly url: string; close(): void }> {
  const child = fork(fileURLToPath(import.meta.url), ['serve'], { stdio: 'inherit' });
  const port = await new Promise<number>((resolve) => child.once('message', (message) => resolve(message as number)));
  return { url: `http://127.0.0.1:${port}/account`, close: () => void child.kill() };
}

if (process.argv[2] === 'serve') {
  const server = createServer((request, response) => {
    request.resume().once('end', () => {
      const { status, headers, body } = cannedAnswer(
        request.method ?? '',
        request.url ?? '',
        request.headers.accept ?? '',
      );
      response.writeHead(status, headers).end(body);
    });
  });
  server.keepAliveTimeout = 60_000;
  server.listen(0, '127.0.0.1', () => process.send?.((server.address() as AddressInfo).port));
}
