import { createHash } from 'node:crypto';
import { csv } from '../builders/books.ts';
import { contact } from '../builders/small-house.ts';
import { webHouse, type WebHouse } from '../builders/web-house.ts';
import { Api, type Said } from './api.ts';

jest.setTimeout(120_000);

const LATER = { prefer: 'respond-async' };

interface Job {
  readonly id: string;
  readonly state: string;
  readonly answer: Record<string, unknown> | null;
  readonly problem: Record<string, unknown> | null;
  readonly attempts: number;
  readonly progress: { step: string } | null;
}

describe('work that is answered later', () => {
  let house: WebHouse;
  let api: Api;

  beforeAll(async () => {
    house = await webHouse();
    api = new Api(house.address, house);
  });
  afterAll(async () => {
    await house?.end();
  });

  const asked = (said: Said): Job => {
    if (said.status !== 202) throw new Error(`${said.status}: ${said.text.slice(0, 500)}`);
    const job = said.body as Job;
    expect([said.headers.get('location'), said.headers.get('preference-applied')]).toEqual([
      `/api/v1/jobs/${job.id}`,
      'respond-async',
    ]);
    return job;
  };
  const ended = async (who: string, { id }: Job): Promise<Job> => {
    for (let i = 0; i < 400; i += 1) {
      const { body } = await api.get(who, `/jobs/${id}`);
      if (['done', 'failed'].includes((body as Job).state)) return body as Job;
      await new Promise((resolve) => setTimeout(resolve, 50));
    }
    throw new Error(`job ${id} does not end`);
  };

  it('closes a period as the direct answer does; the same key is the same job', async () => {
    expect((await api.post('carl', '/periods/2026-05/reopen', { reason: 'anew' })).status).toBe(200);
    const close = (key: string) => api.post('dana', '/periods/2026-05/close', {}, { headers: LATER, key });
    const job = asked(await close('j1'));
    const again = await close('j1');
    expect([asked(again).id, again.headers.get('idempotency-replayed')]).toEqual([job.id, 'true']);
    const done = await ended('dana', job);
    expect(done).toMatchObject({ state: 'done', attempts: 1, problem: null, progress: { step: 'keeping' } });
    const direct = (await api.post('dana', '/periods/2026-05/close')).body as Record<string, unknown>;
    expect(direct['isNew']).toBe(false);
    expect({ ...done.answer, isNew: direct['isNew'] }).toEqual(direct);
    const { items } = (await api.get('dana', '/jobs')).body as { items: Job[] };
    expect(items.filter(({ id }) => id === job.id)).toHaveLength(1);
    expect(items[0]).not.toHaveProperty('answer');
  });

  it('refuses at once who has no right, and keeps what a rule says of the work', async () => {
    const refused = await api.post('carl', '/periods/2026-05/close', {}, { headers: LATER });
    expect([refused.status, refused.body]).toEqual([403, expect.objectContaining({ code: 'forbidden' })]);
    const closed = await ended('dana', asked(await api.post('dana', '/periods/2026-04/close', {}, { headers: LATER })));
    expect(closed).toMatchObject({
      state: 'failed',
      answer: null,
      problem: { code: 'wrong_state', detail: '2026-04 is closed and cannot be calculated anew' },
    });
  });

  it('streams every move until the end, to those who may see the job', async () => {
    const job = asked(await api.post('audra', '/verification', {}));
    const answer = await fetch(`${house.address}/api/v1/jobs/${job.id}/events`, {
      headers: { authorization: `Bearer ${await api.tokenOf('audra')}` },
    });
    expect([answer.status, answer.headers.get('content-type')]).toEqual([200, 'text/event-stream']);
    const events = (await answer.text()).split('\n\n').filter((event) => event.startsWith('event: '));
    const states = events.map((event) => /^event: (\w+)$/m.exec(event)![1]);
    expect(states.at(-1)).toBe('done');
    const last = JSON.parse(events.at(-1)!.split('\ndata: ')[1]!) as Job;
    expect(last.answer).toMatchObject({ differences: [], checked: expect.any(Array) as unknown });
    expect((await api.get('ravi', `/jobs/${job.id}/events`)).body).toMatchObject({ code: 'no_such_job', status: 404 });
  });

  it('is its owner’s and of who reads all; what is of another is not there', async () => {
    const own = asked(await api.post('ravi', '/periods/2026-04/workbook', {}));
    await ended('ravi', own);
    const foreign = asked(await api.post('dana', '/periods/2026-04/workbook', {}));
    await ended('dana', foreign);
    expect(((await api.get('ravi', '/jobs')).body as { items: Job[] }).items.map(({ id }) => id)).toEqual([own.id]);
    expect(((await api.get('admin', '/jobs')).body as { items: Job[] }).items).toEqual([]);
    for (const path of ['', '/file', '/events']) {
      const [there, nowhere] = [
        await api.get('ravi', `/jobs/${foreign.id}${path}`),
        await api.get('ravi', `/jobs/99999${path}`),
      ];
      const plain = (said: Said, id: string) => [said.status, said.text.replaceAll(id, '#')];
      expect([path, plain(there, foreign.id)]).toEqual([path, plain(nowhere, '99999')]);
    }
    expect((await api.get('audra', `/jobs/${own.id}`)).status).toBe(200);
    // Whatever the service forgets: the database shows a role without right nothing.
    const { db } = house.books;
    const ravi = await house.books.users.actorByLogin('ravi');
    const count = async (table: string) =>
      (await db.mine(ravi, (tx) => tx.query(`select distinct job_id from ${table}`))) as unknown[];
    for (const table of ['job', 'job_progress', 'job_file'])
      expect([table, await count(table)]).toEqual([table, [{ job_id: own.id }]]);
  });

  it('makes files: the pack of an owner, with the hash that it says', async () => {
    const job = await ended('ravi', asked(await api.post('ravi', '/periods/2026-04/workbook', { language: 'de' })));
    const answer = await fetch(`${house.address}/api/v1/jobs/${job.id}/file`, {
      headers: { authorization: `Bearer ${await api.tokenOf('ravi')}` },
    });
    const bytes = Buffer.from(await answer.arrayBuffer());
    expect(answer.headers.get('content-disposition')).toBe('attachment; filename=statements-2026-04-RETAIL.xlsx');
    expect(job.answer).toMatchObject({
      sha256: createHash('sha256').update(bytes).digest('hex'),
      bytes: bytes.length,
    });
    const none = asked(await api.post('dana', '/verification', { period: '2026-04' }));
    await ended('dana', none);
    expect((await api.get('dana', `/jobs/${none.id}/file`)).body).toMatchObject({ code: 'no_file' });
  });

  it('imports a file, which is gone when it has; bad rows are the problem of the job', async () => {
    const upload = (text: string) =>
      api.ask('dana', 'POST', '/imports/contacts?fileName=later.csv', {
        raw: text,
        headers: { 'content-type': 'text/csv', ...LATER },
      });
    const rows = csv([contact('l-1', '2026-06-02', 'billing'), contact('l-2', '2026-06-03', 'network')]);
    const done = await ended('dana', asked(await upload(rows)));
    expect(done).toMatchObject({ state: 'done', answer: { new: 2, file: 'later.csv', refusedRows: null } });
    const failed = await ended('dana', asked(await upload(rows.replace('2026-06-03T10:00:00', 'a\0b'))));
    expect(failed).toMatchObject({
      state: 'failed',
      problem: { code: 'invalid_input', errors: [expect.objectContaining({ line: 3, column: 'started_at' })] },
    });
    expect(await house.books.sql(`select from job_file where side = 'in'`)).toEqual([]);
  });

  it('does nothing for who may not any more', async () => {
    const { users, people } = house.books;
    await users.add(people.admin, { login: 'fred', name: 'Fred', role: 'finance', units: [] });
    const due = await users.actorByLogin('fred');
    await users.disable(people.admin, 'fred');
    await house.books.sql(
      `insert into job (kind, work, asked_by, asked_as) values ('close', '{"period":"2026-05","preview":true,"control":"sample"}', $1, $2)`,
      [due.userId, JSON.stringify({ role: 'finance', units: [] })],
    );
    const [{ job_id: id }] = (await house.books.sql(
      `insert into job_progress (job_id) select max(job_id) from job returning job_id`,
    )) as [{ job_id: string }];
    expect(await ended('dana', { id } as Job)).toMatchObject({ state: 'failed', problem: { code: 'user_disabled' } });
  });
});
