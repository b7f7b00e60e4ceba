import type { Socket } from 'node:net';

/**
 * Closes a connection with a reset. If this end has already been sent, it destroys the socket: a reset then fails with
 * EINVAL, Node never releases the handle, and the process spins forever on exit.
 */
export function resetSocket(socket: Socket): void {
  if (socket.writableEnded) socket.destroy();
  else socket.resetAndDestroy();
}
