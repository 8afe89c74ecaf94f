import { stringify } from 'csv-stringify/sync';
import { Controller, Get, Post, Req, Res } from '@nestjs/common';
import type { Request, Response } from 'express';
import { AuditService } from '../application/audit.service.ts';
import { JobsService, type EndedJob, type Job } from '../application/jobs.service.ts';
import { UsersService } from '../application/users.service.ts';
import type { VerifyReport } from '../application/verify.service.ts';
import { FIRST_HEAD, type AuditBody } from '../domain/audit-chain.ts';
import { Refusal } from '../domain/errors.ts';
import { may, requireRight, rightsOf, type Actor } from '../domain/roles.ts';
import { optional, typed } from './form.tsx';
import { PageDoor } from './page-door.ts';
import { hasEnded, PageJobs, pageOfJob } from './page-jobs.ts';
import { AuditPage, type Checked } from './pages/audit.tsx';
import { send } from './send.ts';

const SHOWN = 40;

/** The audit log: read, exported, and checked; nothing here changes it. */
@Controller()
export class AuditController {
  constructor(
    private readonly door: PageDoor,
    private readonly audit: AuditService,
    private readonly users: UsersService,
    private readonly jobs: JobsService,
    private readonly pageJobs: PageJobs,
  ) {}

  @Get('audit')
  async log(@Req() request: Request, @Res() response: Response): Promise<void> {
    await this.door.guarded(request, response, async (actor) => {
      const { job: asked } = request.query;
      if (typeof asked !== 'string') return await this.show(request, response, actor, null);
      requireRight(actor, 'verify');
      const job = await this.jobs.show(actor, asked);
      if (!isOfBooks(job)) throw new Refusal('no_such_job', `there is no job ${asked}`, { kind: 'not_found' });
      await this.outcome(request, response, actor, job);
    });
  }

  /** A look, not a change; by POST because it takes long. The books are recomputed as a job. */
  @Post('audit/verify')
  async verify(@Req() request: Request, @Res() response: Response): Promise<void> {
    await this.door.guarded(request, response, async (actor) => {
      if (typed(request)['what'] === 'books')
        await this.outcome(request, response, actor, await this.pageJobs.begun(actor, { kind: 'verify' }));
      else await this.show(request, response, actor, { of: 'chain', ...(await this.audit.verify(actor)) });
    });
  }

  @Get('audit/events.jsonl')
  async export(@Req() request: Request, @Res() response: Response): Promise<void> {
    await this.door.guarded(request, response, async (actor) => {
      requireRight(actor, 'read_audit');
      response.attachment('audit-events.jsonl').type('application/jsonl');
      await this.audit.export(actor, (line) => response.write(line));
      response.end();
    });
  }

  /** The access review: every account, its role and units, and all that the role may do. */
  @Get('audit/access.csv')
  async access(@Req() request: Request, @Res() response: Response): Promise<void> {
    await this.door.guarded(request, response, async (actor) => {
      requireRight(actor, 'read_audit');
      const rows = (await this.users.list(actor)).map((person) => ({
        login: person.login,
        name: person.name,
        role: person.role,
        units: person.role === 'unit_owner' ? person.units.join(' ') : '',
        state: person.disabled ? 'disabled' : 'active',
        may: person.disabled ? '' : rightsOf(person.role).join(' '),
      }));
      response.attachment('access-review.csv').send(stringify(rows, { header: true, escape_formulas: true }));
    });
  }

  private async outcome(request: Request, response: Response, actor: Actor, job: EndedJob): Promise<void> {
    if (!hasEnded(job)) return response.redirect(303, pageOfJob(job));
    if (job.problem !== null) throw new Refusal(job.problem.code, job.problem.detail);
    await this.show(request, response, actor, { of: 'books', report: job.answer as VerifyReport });
  }

  private async show(request: Request, response: Response, actor: Actor, checked: Checked | null): Promise<void> {
    const asked = (name: string): string => {
      const value = request.query[name];
      return typeof value === 'string' ? value.replaceAll('\0', '').trim() : '';
    };
    const filters = { deed: asked('deed'), who: asked('who'), object: asked('object') };
    const { deed, who, object } = filters;
    const filter = { deed: optional(deed), actor: optional(who), object: optional(object) };
    const events = may(actor, 'read_audit') ? await this.audit.newest(actor, filter, SHOWN) : [];
    const [newest] = may(actor, 'read_audit') ? await this.audit.newest(actor, {}, 1) : [];
    if (checked === null) requireRight(actor, 'read_audit');
    const newestCheck = may(actor, 'verify') ? await this.jobs.newest(actor, 'verify') : null;
    const page = (
      <AuditPage
        view={await this.door.viewOf(request, response, actor, undefined, null)}
        events={events.map((event) => JSON.parse(event.body) as AuditBody)}
        most={SHOWN}
        head={newest ?? FIRST_HEAD}
        filters={filters}
        people={may(actor, 'read_audit') ? await this.users.list(actor) : null}
        mayVerify={may(actor, 'verify')}
        checked={checked}
        lastCheck={newestCheck !== null && isOfBooks(newestCheck) ? await this.jobs.show(actor, newestCheck.id) : null}
      />
    );
    send(response, 200, page);
  }
}

/** Of all books, as the page asks for it. */
function isOfBooks({ kind, work }: Job): boolean {
  const { period, run } = work as { readonly period?: string; readonly run?: string };
  return kind === 'verify' && period === undefined && run === undefined;
}
