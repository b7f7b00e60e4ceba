import type { Readable } from 'node:stream';

/** All that a stream gives. */
export function bytesOf(stream: Readable): Promise<Buffer> {
  // One that has failed before it was read tells nobody again.
  if (stream.destroyed && !stream.readableEnded) return Promise.reject(stream.errored ?? brokenOff());
  return new Promise((resolve, reject) => {
    const parts: Buffer[] = [];
    stream
      .on('data', (part: Buffer | string) => parts.push(typeof part === 'string' ? Buffer.from(part) : part))
      .once('end', () => resolve(parts.length === 1 ? parts[0]! : Buffer.concat(parts)))
      .on('error', reject)
      .once('close', () => {
        if (!stream.readableEnded) reject(brokenOff());
      });
  });
}

function brokenOff(): Error {
  return new Error('The answer broke off.');
}
