import type { Readable } from 'node:stream';

/** An answer of which so much has come that it is not read to its end. */
export class AnswerTooLarge extends Error {
  /** Tells it from failures that another try may mend. */
  readonly code = 'ANSWER_TOO_LARGE';

  constructor(most: number) {
    super(`The answer has more than ${most} bytes.`);
    this.name = 'AnswerTooLarge';
  }
}

/** All that a stream gives. One that gives more than `most` bytes is ended: throws `AnswerTooLarge`. */
export function bytesOf(stream: Readable, most: number): Promise<Buffer> {
  // One that has failed before it was read tells nobody again.
  if (stream.destroyed && !stream.readableEnded) return Promise.reject(stream.errored ?? brokenOff());
  return new Promise((resolve, reject) => {
    let parts: Buffer[] = [];
    let left = most;
    stream
      .on('data', (part: Buffer | string) => {
        const bytes = typeof part === 'string' ? Buffer.from(part) : part;
        left -= bytes.length;
        if (left >= 0) {
          parts.push(bytes);
        } else {
          parts = [];
          reject(new AnswerTooLarge(most));
          stream.destroy();
        }
      })
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
