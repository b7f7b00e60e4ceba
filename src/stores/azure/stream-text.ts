import type { Readable } from 'node:stream';

/** The text that a stream gives in UTF-8, decoded as it arrives: a large one at once would need as much memory again, and more time. */
export function textOf(stream: Readable): Promise<string> {
  // One that has failed before it was read tells nobody again.
  if (stream.destroyed && !stream.readableEnded) return Promise.reject(stream.errored ?? brokenOff());
  return new Promise((resolve, reject) => {
    let text = '';
    stream
      .setEncoding('utf8')
      .on('data', (part: string) => {
        text += part;
      })
      .once('end', () => resolve(text))
      .on('error', reject)
      .once('close', () => reject(brokenOff())); // too late, where it has ended
  });
}

function brokenOff(): Error {
  return new Error('The answer broke off.');
}
