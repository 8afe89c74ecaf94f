import { once } from 'node:events';
import { createServer, type AddressInfo } from 'node:net';
import { webHouse, type WebHouse } from '../builders/web-house.ts';
import { Api } from './api.ts';

jest.setTimeout(120_000);

/** Each figure moves by its cause, and by nothing else. */
describe('metrics', () => {
  let house: WebHouse;
  let api: Api;
  let port: number;

  beforeAll(async () => {
    const free = createServer().listen(0);
    await once(free, 'listening');
    port = (free.address() as AddressInfo).port;
    free.close();
    house = await webHouse({ METRICS_PORT: String(port) });
    api = new Api(house.address, house);
  });
  afterAll(async () => {
    await house?.end();
  });

  /** Value of a line; undefined where there is none. */
  const figure = async (line: string): Promise<number | undefined> => {
    const text = await (await fetch(`http://127.0.0.1:${port}/metrics`)).text();
    const found = text.split('\n').find((one) => one.startsWith(`${line} `));
    return found === undefined ? undefined : Number(found.slice(line.length + 1));
  };

  it('time every close by what came of it', async () => {
    const closes = async (): Promise<(number | undefined)[]> =>
      await Promise.all(
        ['kept', 'preview', 'failed'].map((outcome) => figure(`answerable_close_seconds_count{outcome="${outcome}"}`)),
      );
    expect(await closes()).toEqual([undefined, undefined, undefined]);
    expect((await api.post('dana', '/periods/2026-05/close?preview=true')).status).toBe(200);
    expect((await api.post('dana', '/periods/2026-04/close')).status).toBe(409);
    expect(await closes()).toEqual([undefined, 1, 1]);
    expect((await api.post('carl', '/periods/2026-05/reopen', { reason: 'anew' })).status).toBe(200);
    expect((await api.post('dana', '/periods/2026-05/close')).status).toBe(200);
    expect(await closes()).toEqual([1, 1, 1]);
    const seconds = (await figure('answerable_close_seconds_sum{outcome="kept"}'))!;
    expect([seconds > 0, seconds < 60]).toEqual([true, true]);
  });

  it('tell when the audit log was last found whole, and not that a broken one was looked at', async () => {
    const checked = (): Promise<number | undefined> => figure('answerable_chain_verified_timestamp');
    expect(await checked()).toBe(0); // nobody has looked
    const begun = Date.now() / 1000;
    expect((await api.get('audra', '/audit/verification')).body).toMatchObject({ faults: [] });
    const first = (await checked())!;
    expect([first >= begun - 1, first <= Date.now() / 1000 + 1]).toEqual([true, true]);
    const { sql } = house.books;
    await sql('alter table audit_event disable trigger user');
    const [{ body }] = (await sql('select body from audit_event where event_no = 3')) as [{ body: string }];
    await sql(`update audit_event set body = replace(body, '"no":3', '"no":30') where event_no = 3`);
    try {
      const { faults } = (await api.get('audra', '/audit/verification')).body as { faults: string[] };
      expect(faults.length).toBeGreaterThan(0);
      expect(await checked()).toBe(first);
    } finally {
      await sql('update audit_event set body = $1 where event_no = 3', [body]);
      await sql('alter table audit_event enable trigger user');
    }
    expect((await api.get('audra', '/verification')).body).toMatchObject({ differences: [] });
    expect((await checked())!).toBeGreaterThan(first);
  });

  it('count the transactions of an owner for whom no unit is set', async () => {
    const missing = (): Promise<number | undefined> => figure('answerable_rls_context_missing_total');
    await api.get('ravi', '/periods/2026-04/statements');
    expect(await missing()).toBe(0);
    await house.books.sql(`update app_user set units = '{}' where login = 'ravi'`);
    const { body } = await api.get('ravi', '/periods/2026-04/issued');
    expect(body).toMatchObject({ items: [] });
    expect(await missing()).toBeGreaterThan(0);
  });
});
