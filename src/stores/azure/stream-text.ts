import type { Readable } from 'node:stream';

/** The text that a stream gives in UTF-8, decoded as it arrives: a large one at once would need as much memory again, and more time. */
export function textOf(stream: Readable): Promise<string> {
  return new Promise((resolve, reject) => {
    let text = '';
    stream
      .setEncoding('utf8')
      .on('data', (part: string) => {
        text += part;
      })
      .once('end', () => resolve(text))
      .on('error', reject)
      .once('close', () => reject(new Error('The answer broke off.'))); // nothing, where it has ended
  });
}
