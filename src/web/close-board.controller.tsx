import { Controller, Get, NotFoundException, Param, Post, Req, Res } from '@nestjs/common';
import type { Request, Response } from 'express';
import type { VNode } from 'preact';
import { CorrectionsService } from '../application/corrections.service.ts';
import { MailsService } from '../application/mails.service.ts';
import { ModelsService } from '../application/models.service.ts';
import { JobsService, type EndedJob } from '../application/jobs.service.ts';
import { ParkedService } from '../application/parked.service.ts';
import { PeriodsService } from '../application/periods.service.ts';
import { WorkbookService } from '../application/workbook.service.ts';
import { Refusal } from '../domain/errors.ts';
import { period as periodOfText, type Period } from '../domain/period.ts';
import { may, requireRight, type Actor } from '../domain/roles.ts';
import type { StatementSet } from '../domain/statements/statement-set.ts';
import { CloseBoard } from './close-board.ts';
import { typed } from './form.tsx';
import { language } from './language.ts';
import type { View } from './layout.tsx';
import { PageDoor } from './page-door.ts';
import { hasEnded, PageJobs, pageOfJob } from './page-jobs.ts';
import { ClosePage, type RefusedDeed } from './pages/close.tsx';
import { EmptyPage } from './pages/plain.tsx';
import { send } from './send.ts';

type Fields = Readonly<Record<string, string>>;

/** The close board, the deeds that move a period on, and what is decided on it. */
@Controller()
export class CloseBoardController {
  constructor(
    private readonly door: PageDoor,
    private readonly board: CloseBoard,
    private readonly periods: PeriodsService,
    private readonly models: ModelsService,
    private readonly parked: ParkedService,
    private readonly corrections: CorrectionsService,
    private readonly workbooks: WorkbookService,
    private readonly mails: MailsService,
    private readonly jobs: JobsService,
    private readonly pageJobs: PageJobs,
  ) {}

  @Get('periods')
  async newest(@Req() request: Request, @Res() response: Response): Promise<void> {
    await this.door.page(request, response, undefined, inPeriod, (view) => this.show(view));
  }

  @Get('periods/:period')
  async shown(@Req() request: Request, @Res() response: Response, @Param('period') period: string): Promise<void> {
    const { job: asked } = request.query;
    if (typeof asked !== 'string')
      return await this.door.page(request, response, period, inPeriod, (view) => this.show(view));
    await this.door.guarded(request, response, async (actor) => {
      const job = await this.jobs.show(actor, asked);
      if (job.kind !== 'close' || (job.work as { readonly period: string }).period !== period)
        throw new Refusal('no_such_job', `there is no job ${asked}`, { kind: 'not_found' });
      await this.outcome(request, response, actor, period, job);
    });
  }

  /** A run of what is there now, or a dry run: what ends at once is shown at once. */
  @Post('periods/:period/close')
  async close(@Req() request: Request, @Res() response: Response, @Param('period') text: string): Promise<void> {
    await this.door.guarded(request, response, async (actor) => {
      const period = periodOfText(text);
      const preview = typed(request)['step'] === 'preview';
      const view = await this.door.viewOf(request, response, actor, period, inPeriod);
      if (!may(view.actor, 'read_all')) throw new NotFoundException();
      const job = await this.pageJobs.begun(actor, { kind: 'close', period, preview, control: 'sample' });
      if (job.state === 'failed') response.status(422);
      await this.outcome(request, response, actor, period, job);
    });
  }

  /** The workbook of the whole period, with its control sheet. */
  @Get('periods/:period/workbook.xlsx')
  async workbook(@Req() request: Request, @Res() response: Response, @Param('period') period: string): Promise<void> {
    await this.door.guarded(request, response, async (actor) => {
      if (!may(actor, 'read_all')) throw new NotFoundException();
      const { name, content } = await this.workbooks.file(actor, periodOfText(period), { language: language() });
      response.attachment(name).send(content);
    });
  }

  /** The value that no pool knows goes to a pool: a new version of the rules from this period on. */
  @Post('periods/:period/channel')
  async map(@Req() request: Request, @Res() response: Response, @Param('period') period: string): Promise<void> {
    await this.deed(request, response, period, 'channel', async (actor, of, { channel = '', pool = '' }) => {
      await this.models.serveChannel(actor, of, channel, pool);
    });
  }

  @Post('periods/:period/parked/:unit')
  async rule(
    @Req() request: Request,
    @Res() response: Response,
    @Param('period') period: string,
    @Param('unit') unit: string,
  ): Promise<void> {
    await this.deed(request, response, period, 'parked', async (actor, of, { ruling, reason = '' }) => {
      await this.parked.rule(actor, of, unit, ruling === 'released' ? 'released' : 'kept', reason);
    });
  }

  @Post('periods/:period/corrections/:id/approve')
  async approve(
    @Req() request: Request,
    @Res() response: Response,
    @Param('period') period: string,
    @Param('id') id: string,
  ): Promise<void> {
    await this.deed(request, response, period, 'correction', async (actor) => {
      await this.corrections.approve(actor, id);
    });
  }

  @Post('periods/:period/:deed')
  async move(
    @Req() request: Request,
    @Res() response: Response,
    @Param('period') period: string,
    @Param('deed') name: string,
  ): Promise<void> {
    await this.deed(request, response, period, name, async (actor, of, fields) => {
      if (name === 'submit') await this.periods.submit(actor, of);
      else if (name === 'approve') await this.periods.approve(actor, of);
      else if (name === 'issue') await this.periods.issue(actor, of);
      else if (name === 'mail') await this.mails.mail(actor, of);
      else if (name === 'reopen') await this.reopen(actor, of, fields);
      else if (name === 'confirm-reopening') await this.periods.confirmReopening(actor, of);
      else throw new Refusal('no_such_deed', `there is no deed "${name}"`, { kind: 'not_found' });
    });
  }

  private async reopen(actor: Actor, period: Period, fields: Fields): Promise<void> {
    requireRight(actor, 'reopen');
    if (fields['period'] !== period)
      throw new Refusal('period_not_typed', `type ${period} to take it back; nothing was changed`);
    await this.periods.reopen(actor, period, fields['reason'] ?? '');
  }

  /** The board with what came of a calculation: of a dry run what it found, of a refusal why. */
  private async outcome(
    request: Request,
    response: Response,
    actor: Actor,
    period: string,
    job: EndedJob,
  ): Promise<void> {
    if (!hasEnded(job)) return response.redirect(303, pageOfJob(job));
    const { preview } = job.work as { readonly preview: boolean };
    if (job.state === 'done' && !preview) return response.redirect(303, `/periods/${period}`);
    const view = await this.door.viewOf(request, response, actor, period, inPeriod);
    const refused: RefusedDeed | null =
      job.problem === null
        ? null
        : { of: { code: job.problem.code, message: job.problem.detail }, deed: 'close', typed: {} };
    send(response, response.statusCode, await this.show(view, job, refused));
  }

  /** Does it and shows the board: of a refusal with why and all that was typed. */
  private async deed(
    request: Request,
    response: Response,
    text: string,
    name: string,
    act: (actor: Actor, period: Period, fields: Fields) => Promise<void>,
  ): Promise<void> {
    await this.door.guarded(request, response, async (actor) => {
      const period = periodOfText(text);
      const fields = typed(request);
      let refused: RefusedDeed;
      try {
        await act(actor, period, fields);
        return response.redirect(303, `/periods/${period}`);
      } catch (error) {
        if (!(error instanceof Refusal) || error.kind === 'forbidden' || error.kind === 'not_found') throw error;
        refused = { of: error, deed: name, typed: fields };
        response.status(error.kind === 'conflict' ? 409 : 422);
      }
      const view = await this.door.viewOf(request, response, actor, period, inPeriod);
      send(response, response.statusCode, await this.show(view, null, refused));
    });
  }

  private async show(
    view: View,
    /** whose outcome is shown */
    job: EndedJob | null = null,
    refused: RefusedDeed | null = null,
  ): Promise<VNode> {
    if (!may(view.actor, 'read_all')) throw new NotFoundException();
    if (view.period === null) return <EmptyPage view={view} />;
    const board = await this.board.of(view.actor, view.period as Period);
    const preview = job?.state === 'done' ? (job.answer as StatementSet) : null;
    return <ClosePage {...{ view, board, preview, refused }} isShown={job?.id === board.job?.id} />;
  }
}

function inPeriod(period: string): string {
  return `/periods/${period}`;
}
