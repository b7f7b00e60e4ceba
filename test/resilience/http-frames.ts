import type { Socket } from 'node:net';

/** Splits the bytes of a connection into whole HTTP messages. */
export class HttpFrames {
  #bytes: Buffer = Buffer.alloc(0);

  push(chunk: Buffer): void {
    this.#bytes = Buffer.concat([this.#bytes, chunk]);
  }

  /** Returns the next message, or `undefined` if it has not arrived completely. */
  next(): Buffer | undefined {
    const head = this.#bytes.indexOf('\r\n\r\n');
    if (head < 0) return undefined;
    const end = endOf(this.#bytes, head);
    if (end === undefined || end > this.#bytes.length) return undefined;
    const message = this.#bytes.subarray(0, end);
    this.#bytes = this.#bytes.subarray(end);
    return message;
  }
}

/** Sends a request and returns the whole response; `undefined` if the connection ends before it is complete. */
export function exchange(socket: Socket, request: Buffer): Promise<Buffer | undefined> {
  if (socket.destroyed) return Promise.resolve(undefined);
  return new Promise((resolve) => {
    const frames = new HttpFrames();
    const finish = (response: Buffer | undefined): void => {
      socket.off('data', onData).off('close', onClose);
      resolve(response);
    };
    const onData = (chunk: Buffer): void => {
      frames.push(chunk);
      const response = frames.next();
      if (response !== undefined) finish(response);
    };
    const onClose = (): void => finish(undefined);
    socket.on('data', onData).on('close', onClose);
    socket.write(request);
  });
}

function endOf(bytes: Buffer, head: number): number | undefined {
  const headers = bytes.toString('latin1', 0, head);
  const length = /^content-length: *(\d+)/im.exec(headers)?.[1];
  const body = head + 4;
  if (!/^transfer-encoding: *chunked/im.test(headers)) return body + Number(length ?? 0);
  for (let at = body; ;) {
    const line = bytes.indexOf('\r\n', at);
    if (line < 0) return undefined;
    const size = Number.parseInt(bytes.toString('latin1', at, line), 16);
    at = line + 2 + size + 2;
    if (size === 0) return at;
  }
}
