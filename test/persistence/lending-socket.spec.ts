import { once } from 'node:events';
import { createServer, type AddressInfo, type Socket } from 'node:net';
import { borrow, giveBack, lendingSocket } from '../../src/persistence/lending-socket.ts';

describe('a socket that lends its bytes', () => {
  const server = createServer();
  let [socket, peer]: Socket[] = [];

  beforeEach(async () => {
    if (!server.listening) await once(server.listen(0, '127.0.0.1'), 'listening');
    socket = lendingSocket();
    const [[other]] = await Promise.all([
      once(server, 'connection') as Promise<[Socket]>,
      once(socket.connect((server.address() as AddressInfo).port, '127.0.0.1'), 'connect'),
    ]);
    peer = other;
  });

  afterEach(() => {
    socket!.destroy();
    peer!.destroy();
  });

  afterAll(() => server.close());

  const heard = (): Promise<Buffer> =>
    new Promise((resolve) => void socket!.once('data', (bytes: Buffer) => resolve(bytes)));
  const lent = (): Promise<Buffer> => new Promise((resolve) => borrow(socket!, resolve));

  it('gives listeners what they may keep', async () => {
    const first = heard();
    peer!.write('first');
    const kept = await first;
    const second = heard();
    peer!.write('other');
    expect((await second).toString()).toBe('other');
    expect(kept.toString()).toBe('first');
  });

  it('shows whoever borrows them the bytes where they are, and listeners nothing until they are given back', async () => {
    const listener = jest.fn();
    socket!.on('data', listener);
    const first = lent();
    peer!.write('first');
    const seen = await first;
    expect(seen.toString()).toBe('first');
    const second = lent();
    peer!.write('other');
    await second;
    expect(seen.toString()).toBe('other'); // one memory
    expect(listener).not.toHaveBeenCalled();
    expect(giveBack(socket!)).toBe(true);
    const third = heard();
    peer!.write('third');
    expect((await third).toString()).toBe('third');
    expect(listener).toHaveBeenCalledTimes(1);
  });

  it('lends nothing where TLS reads', () => {
    const plain = lendingSocket({ ssl: true });
    expect(borrow(plain, () => undefined)).toBe(false);
    expect(giveBack(plain)).toBe(false);
  });
});
