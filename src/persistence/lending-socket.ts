import { Socket, type ConnectOpts, type SocketConstructorOpts } from 'node:net';

/** More than the server sends at a time. */
const BYTES = 262_144;

const lending = new WeakSet<Socket>();
/** Who reads a socket's bytes in the place of its listeners. */
const borrowers = new WeakMap<Socket, (bytes: Buffer) => void>();

/**
 * A socket for a connection of the driver that reads into the same memory again and again: a socket of its own takes
 * 64 kilobytes for every reading, which the collector is called for a hundred times while the facts of a close come.
 * Whoever borrows the bytes sees them where they are; listeners get a copy, as they may keep it. With TLS, which reads in
 * its own way, it is an ordinary one.
 */
export function lendingSocket({ ssl }: { readonly ssl?: unknown } = {}): Socket {
  if (ssl !== undefined && ssl !== false) return new Socket();
  const buffer = Buffer.allocUnsafeSlow(BYTES);
  const callback = (length: number): boolean => {
    const bytes = buffer.subarray(0, length);
    const take = borrowers.get(socket);
    if (take === undefined) socket.emit('data', Buffer.from(bytes));
    else take(bytes);
    return true;
  };
  const options: SocketConstructorOpts & Pick<ConnectOpts, 'onread'> = { onread: { buffer, callback } };
  const socket: Socket = new Socket(options);
  lending.add(socket);
  return socket;
}

/** Hands a socket's bytes to `take` instead of to its listeners, until they are given back. @returns false: it does not lend them */
export function borrow(socket: Socket, take: (bytes: Buffer) => void): boolean {
  if (!lending.has(socket)) return false;
  borrowers.set(socket, take);
  return true;
}

export function giveBack(socket: Socket): boolean {
  return borrowers.delete(socket);
}
