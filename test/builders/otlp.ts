import { once } from 'node:events';
import { createServer } from 'node:http';
import type { AddressInfo } from 'node:net';

export interface ReceivedSpan {
  readonly trace: string;
  readonly id: string;
  /** empty for the first of a trace */
  readonly parent: string;
  readonly name: string;
  /** 2 server, 3 client */
  readonly kind: number;
  readonly attributes: Readonly<Record<string, string>>;
  /** fields of the message beside those, by their number: events, links, a status with a message */
  readonly others: readonly number[];
}

/** A collector of OTLP over HTTP: takes traces, keeps the bytes. */
export class Collector {
  readonly bodies: Buffer[] = [];
  readonly paths: string[] = [];
  private readonly server = createServer((request, response) => {
    const parts: Buffer[] = [];
    request.on('data', (part: Buffer) => parts.push(part));
    request.on('end', () => {
      this.paths.push(request.url ?? '');
      this.bodies.push(Buffer.concat(parts));
      response.writeHead(200, { 'content-type': 'application/x-protobuf' }).end();
    });
  });

  async start(): Promise<string> {
    this.server.listen(0, '127.0.0.1');
    await once(this.server, 'listening');
    return `http://127.0.0.1:${(this.server.address() as AddressInfo).port}`;
  }

  end(): void {
    this.server.close();
    this.server.closeAllConnections();
  }

  /** Of all that came, in its order (opentelemetry/proto/trace/v1/trace.proto). */
  get spans(): ReceivedSpan[] {
    return this.bodies
      .flatMap((body) => messages(body, 1))
      .flatMap((ofResource) => messages(ofResource, 2))
      .flatMap((ofScope) => messages(ofScope, 2))
      .map((span) => {
        const fields = fieldsOf(span);
        const hex = (no: number): string => messages(span, no)[0]?.toString('hex') ?? '';
        return {
          ...{ trace: hex(1), id: hex(2), parent: hex(4), name: messages(span, 5)[0]!.toString() },
          kind: Number(fields.find(([no]) => no === 6)?.[1] ?? 0),
          attributes: Object.fromEntries(messages(span, 9).map(keyValue)),
          others: [
            ...fields.map(([no]) => no).filter((no) => no === 11 || no === 13),
            ...messages(span, 15).flatMap((status) => (messages(status, 2).length > 0 ? [15] : [])),
          ],
        };
      });
  }
}

function keyValue(message: Buffer): [string, string] {
  const [, value] = fieldsOf(messages(message, 2)[0]!)[0]!;
  return [messages(message, 1)[0]!.toString(), String(value)];
}

const messages = (message: Buffer, wanted: number): Buffer[] =>
  fieldsOf(message).flatMap(([no, value]) => (no === wanted && Buffer.isBuffer(value) ? [value] : []));

/** Numbers and values of a protobuf message's fields. */
function fieldsOf(message: Buffer): [number, Buffer | bigint][] {
  const fields: [number, Buffer | bigint][] = [];
  let at = 0;
  const varint = (): bigint => {
    let value = 0n;
    for (let shift = 0n; ; shift += 7n) {
      const byte = message[at++]!;
      value |= BigInt(byte & 127) << shift;
      if (byte < 128) return value;
    }
  };
  while (at < message.length) {
    const key = Number(varint());
    const [no, wire] = [key >> 3, key & 7];
    if (wire === 0) fields.push([no, varint()]);
    else {
      const length = wire === 2 ? Number(varint()) : wire === 1 ? 8 : 4;
      fields.push([no, message.subarray(at, at + length)]);
      at += length;
    }
  }
  return fields;
}
