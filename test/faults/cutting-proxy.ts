import { connect, createServer, type AddressInfo, type Server, type Socket } from 'node:net';

/** When a connection is cut: never, before or after the server has taken the COMMIT, or after so many bytes. */
export type Cut =
  | { readonly at: 'never' }
  | { readonly at: 'before_commit' }
  | { readonly at: 'after_commit' }
  | { readonly at: 'byte'; readonly byte: number };

const COMMIT = Buffer.from('COMMIT\0'); // as a query of the client, and as the tag of the server's answer

/** Stands between the program and PostgreSQL and cuts the connection at a chosen moment, once. */
export class CuttingProxy {
  private cut: Cut = { at: 'never' };
  private bytes = 0;
  private constructor(
    private readonly server: Server,
    private readonly target: { readonly host: string; readonly port: number },
    private readonly url: string,
  ) {}

  static async before(url: string): Promise<CuttingProxy> {
    const { hostname, port } = new URL(url);
    const server = createServer();
    await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve));
    const proxied = new URL(url);
    proxied.hostname = '127.0.0.1';
    proxied.port = String((server.address() as AddressInfo).port);
    proxied.searchParams.delete('host'); // the server's socket, past which nothing would go by here
    const proxy = new CuttingProxy(server, { host: hostname, port: Number(port) }, proxied.href);
    server.on('connection', (client) => proxy.pass(client));
    return proxy;
  }

  /** Where the program connects */
  get proxiedUrl(): string {
    return this.url;
  }

  /** From now on, once */
  next(cut: Cut): void {
    this.cut = cut;
    this.bytes = 0;
  }

  /** The chosen moment has come. */
  get hasCut(): boolean {
    return this.cut.at === 'never';
  }

  /** Takes no connection any more; those that are there end with their two sides. */
  end(): void {
    this.server.close();
  }

  private pass(client: Socket): void {
    const server = connect(this.target);
    const cutNow = (): void => {
      this.cut = { at: 'never' };
      client.destroy(); // the client hears nothing more
      server.end(); // what the server has, it works off
    };
    client.on('error', () => server.destroy()).on('close', () => server.end());
    server.on('error', () => client.destroy()).on('close', () => client.destroy());
    client.on('data', (data) => {
      if (this.cut.at === 'before_commit' && data.includes(COMMIT)) return cutNow();
      if (this.isAfterByte(data)) return cutNow();
      server.write(data);
    });
    server.on('data', (data) => {
      if (this.cut.at === 'after_commit' && data.includes(COMMIT)) return cutNow();
      if (this.isAfterByte(data)) return cutNow();
      client.write(data);
    });
  }

  private isAfterByte(data: Buffer): boolean {
    this.bytes += data.length;
    return this.cut.at === 'byte' && this.bytes > this.cut.byte;
  }
}
