import type { Socket } from 'node:net';

/**
 * Ends a connection by a reset. One whose own end is on its way is closed instead: a reset fails there (EINVAL), and Node then never
 * lets go of the handle: the process spins for ever when it exits.
 */
export function resetSocket(socket: Socket): void {
  if (socket.writableEnded) socket.destroy();
  else socket.resetAndDestroy();
}
