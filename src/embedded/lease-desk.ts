import { createServer, type Socket } from 'node:net';

/** A lease is an open connection: it ends with its command, even by kill -9. */
export interface LeaseDesk {
  readonly port: number;
  readonly isIdle: () => boolean;
  close(): void;
}

/** What a command says first, on one line. */
export interface LeaseRequest {
  readonly word: string;
  /** How long the server stays when this command was the last */
  readonly lingerSeconds: number;
}

export const GRANTED = 'granted\n';
/** Time for the first command to come: it polls, and the machine may be busy. */
const FIRST_LEASE_SECONDS = 15;
const LONGEST_REQUEST = 1_000;

/** Hands out leases on a loopback port to whoever knows the word; calls `onIdle` once the last one has been gone for its time. */
export async function openLeaseDesk(word: string, onIdle: () => void): Promise<LeaseDesk> {
  const leases = new Set<Socket>();
  let timer = setTimeout(onIdle, FIRST_LEASE_SECONDS * 1000);

  const server = createServer((socket) => {
    let said = '';
    let lingerSeconds = 0;
    socket.setEncoding('utf8');
    socket.on('error', () => undefined); // 'close' follows
    socket.on('data', (text: string) => {
      if (leases.has(socket)) return;
      said += text;
      if (said.length > LONGEST_REQUEST) socket.destroy();
      if (!said.endsWith('\n')) return;
      const request = requestOf(said);
      if (request?.word !== word) {
        socket.destroy();
        return;
      }
      lingerSeconds = request.lingerSeconds;
      leases.add(socket);
      clearTimeout(timer);
      socket.write(GRANTED);
    });
    socket.on('close', () => {
      if (!leases.delete(socket) || leases.size > 0) return;
      timer = setTimeout(onIdle, lingerSeconds * 1000);
    });
  });
  await new Promise<void>((resolve, reject) => {
    server.once('error', reject).listen(0, '127.0.0.1', resolve);
  });
  return {
    port: (server.address() as { port: number }).port,
    isIdle: () => leases.size === 0,
    close: () => {
      clearTimeout(timer);
      server.close();
      for (const lease of leases) lease.destroy();
    },
  };
}

function requestOf(line: string): LeaseRequest | undefined {
  try {
    return JSON.parse(line) as LeaseRequest;
  } catch {
    return undefined;
  }
}
