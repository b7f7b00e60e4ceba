import type { Socket } from 'node:net';

/**
 * Closes a connection with a reset. If this end has already been ended for writing, it destroys the socket instead: a
 * reset would fail with EINVAL, Node would never release the handle, and the process would spin forever on exit.
 */
export function resetSocket(socket: Socket): void {
  if (socket.writableEnded) socket.destroy();
  else socket.resetAndDestroy();
}
