import { Controller, Get, NotFoundException, Param, Post, Req, Res } from '@nestjs/common';
import type { Request, Response } from 'express';
import type { VNode } from 'preact';
import { CorrectionsService } from '../application/corrections.service.ts';
import { MailsService } from '../application/mails.service.ts';
import { ModelsService } from '../application/models.service.ts';
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
  ) {}

  @Get('periods')
  async newest(@Req() request: Request, @Res() response: Response): Promise<void> {
    await this.door.page(request, response, undefined, inPeriod, (view) => this.show(view));
  }

  @Get('periods/:period')
  async shown(@Req() request: Request, @Res() response: Response, @Param('period') period: string): Promise<void> {
    await this.door.page(request, response, period, inPeriod, (view) => this.show(view));
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
      if (name === 'close' && fields['step'] === 'preview')
        return (await this.periods.close(actor, of, { preview: true })).document as unknown as StatementSet;
      if (name === 'close') await this.periods.close(actor, of);
      else if (name === 'submit') await this.periods.submit(actor, of);
      else if (name === 'approve') await this.periods.approve(actor, of);
      else if (name === 'issue') await this.periods.issue(actor, of);
      else if (name === 'mail') await this.mails.mail(actor, of);
      else if (name === 'reopen') await this.reopen(actor, of, fields);
      else if (name === 'confirm-reopening') await this.periods.confirmReopening(actor, of);
      else throw new Refusal('no_such_deed', `there is no deed "${name}"`, { kind: 'not_found' });
      return null;
    });
  }

  private async reopen(actor: Actor, period: Period, fields: Fields): Promise<void> {
    requireRight(actor, 'reopen');
    if (fields['period'] !== period)
      throw new Refusal('period_not_typed', `type ${period} to take it back; nothing was changed`);
    await this.periods.reopen(actor, period, fields['reason'] ?? '');
  }

  /** Does it and shows the board: of a dry run with what it found, of a refusal with why and all that was typed. */
  private async deed(
    request: Request,
    response: Response,
    text: string,
    name: string,
    act: (actor: Actor, period: Period, fields: Fields) => Promise<StatementSet | null | void>,
  ): Promise<void> {
    await this.door.guarded(request, response, async (actor) => {
      const period = periodOfText(text);
      const fields = typed(request);
      let preview: StatementSet | null = null;
      let refused: RefusedDeed | null = null;
      try {
        preview = (await act(actor, period, fields)) ?? null;
        if (preview === null) return response.redirect(303, `/periods/${period}`);
      } catch (error) {
        if (!(error instanceof Refusal) || error.kind === 'forbidden' || error.kind === 'not_found') throw error;
        refused = { of: error, deed: name, typed: fields };
        response.status(error.kind === 'conflict' ? 409 : 422);
      }
      const view = await this.door.viewOf(request, response, actor, period, inPeriod);
      send(response, response.statusCode, await this.show(view, preview, refused));
    });
  }

  private async show(
    view: View,
    preview: StatementSet | null = null,
    refused: RefusedDeed | null = null,
  ): Promise<VNode> {
    if (!may(view.actor, 'read_all')) throw new NotFoundException();
    if (view.period === null) return <EmptyPage view={view} />;
    const board = await this.board.of(view.actor, view.period as Period);
    return <ClosePage {...{ view, board, preview, refused }} />;
  }
}

function inPeriod(period: string): string {
  return `/periods/${period}`;
}
