import express from 'express';
import { pino } from 'pino';
import request from 'supertest';
import { askedBy, logRequests } from '../src/request-log.ts';

describe('request log', () => {
  const lines: Record<string, unknown>[] = [];
  const server = express();
  logRequests(
    server,
    pino(
      { level: 'info' },
      { write: (line: string) => lines.push(JSON.parse(line) as object as Record<string, unknown>) },
    ),
  );
  server.get('/contacts/:id', (_request, response) => {
    askedBy(response, 7);
    response.json({ amount: '12.34' });
  });
  server.get('/healthz', (_request, response) => void response.json({}));
  beforeEach(() => (lines.length = 0));

  it('says which route answered whom how, under the number that the answer names, and nothing of the address', async () => {
    const answer = await request(server).get('/contacts/kim%40example.org?q=secret').set('X-Request-Id', 'abc-1');
    expect(answer.headers['x-request-id']).toBe('abc-1');
    expect(lines).toMatchObject([
      { requestId: 'abc-1', method: 'GET', route: '/contacts/:id', status: 200, user: 7, msg: 'answered' },
    ]);
    expect(JSON.stringify(lines)).not.toMatch(/kim|secret|12\.34/);
  });

  it('makes a number where the sender gave none, or no number', async () => {
    for (const given of ['', 'a b', 'x'.repeat(65)]) {
      const answer = await request(server).get('/nowhere').set('X-Request-Id', given);
      expect(answer.headers['x-request-id']).toMatch(/^[0-9a-f-]{36}$/);
    }
    expect(lines.map(({ route, status, user }) => [route, status, user])).toEqual(Array(3).fill([null, 404, null]));
  });

  it('leaves out probes', async () => {
    await request(server).get('/healthz');
    expect(lines).toEqual([]);
  });
});
