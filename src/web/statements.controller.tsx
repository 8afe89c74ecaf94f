import { Controller, Get, Param, Post, Req, Res } from '@nestjs/common';
import type { Request, Response } from 'express';
import type { VNode } from 'preact';
import { AcceptancesService } from '../application/acceptances.service.ts';
import { DecisionsService } from '../application/decisions.service.ts';
import { DisputesService } from '../application/disputes.service.ts';
import { IssuedService } from '../application/issued.service.ts';
import { statementFile } from '../application/statement-files.ts';
import { StatementsService } from '../application/statements.service.ts';
import { WorkbookService } from '../application/workbook.service.ts';
import { Refusal } from '../domain/errors.ts';
import { period as periodOfText, type Period } from '../domain/period.ts';
import { may, type Actor } from '../domain/roles.ts';
import type { StatementSet } from '../domain/statements/statement-set.ts';
import { decisionTitles } from './decision-titles.ts';
import { language } from './language.ts';
import type { View } from './layout.tsx';
import { PageDoor } from './page-door.ts';
import { EmptyPage } from './pages/plain.tsx';
import type { UnitStatement } from './pages/statement-groups.ts';
import { StatementPage, type Standing } from './pages/statement.tsx';
import { StatementsPage } from './pages/statements.tsx';

/** Statements of a period, one unit's, and their files. */
@Controller()
export class StatementsController {
  constructor(
    private readonly door: PageDoor,
    private readonly statements: StatementsService,
    private readonly decisions: DecisionsService,
    private readonly issued: IssuedService,
    private readonly acceptances: AcceptancesService,
    private readonly disputes: DisputesService,
    private readonly workbooks: WorkbookService,
  ) {}

  @Get('statements{/:period}')
  async list(@Req() request: Request, @Res() response: Response, @Param('period') period?: string): Promise<void> {
    await this.door.page(
      request,
      response,
      period,
      (p) => `/statements/${p}`,
      async (view, actor) => {
        if (view.period === null || view.run === null) return <EmptyPage view={view} />;
        const document = await this.statements.document(actor, view.period as Period);
        const units = document['units'] as unknown as UnitStatement[];
        if (units.length === 1) return await this.statementOf(view, actor, units[0]!.unit);
        return <StatementsPage view={view} units={units} />;
      },
    );
  }

  @Get('statements/:period/:unit')
  async statement(
    @Req() request: Request,
    @Res() response: Response,
    @Param('period') period: string,
    @Param('unit') unit: string,
  ): Promise<void> {
    await this.door.page(
      request,
      response,
      period,
      (p) => `/statements/${p}/${encodeURIComponent(unit)}`,
      (view, actor) => this.statementOf(view, actor, unit),
    );
  }

  @Get('statements/:period/:unit/:file')
  async file(
    @Req() request: Request,
    @Res() response: Response,
    @Param('period') period: string,
    @Param('unit') unit: string,
    @Param('file') file: string,
  ): Promise<void> {
    await this.door.guarded(request, response, async (actor) => {
      const of = periodOfText(period);
      if (file === 'statement.json') {
        const [statement] = await this.statements.canonical(actor, of, { unit });
        response.type('application/json').send(statement!.bytes);
        return;
      }
      if (file === 'statement.xlsx' || file === 'statement.pdf') {
        const made = await this.workbooks[file === 'statement.pdf' ? 'pdf' : 'file'](actor, of, {
          unit,
          language: language(),
        });
        response.attachment(made.name).send(made.content);
        return;
      }
      if (file !== 'statement.csv')
        throw new Refusal('no_such_file', `there is no file ${file}`, { kind: 'not_found' });
      const set = (await this.statements.document(actor, of, { unit })) as unknown as StatementSet;
      const { name, content } = statementFile(set, 'csv', unit);
      response.attachment(name).send(content);
    });
  }

  @Post('statements/:period/:unit/accept')
  async accept(
    @Req() request: Request,
    @Res() response: Response,
    @Param('period') period: string,
    @Param('unit') unit: string,
  ): Promise<void> {
    await this.door.guarded(request, response, async (actor) => {
      await this.acceptances.accept(actor, periodOfText(period), unit);
      response.redirect(303, `/statements/${period}/${encodeURIComponent(unit)}`);
    });
  }

  private async statementOf(view: View, actor: Actor, unit: string): Promise<VNode> {
    const document = await this.statements.document(actor, view.period as Period, { unit });
    const statement = (document['units'] as unknown as UnitStatement[])[0]!;
    const names = await this.statements.unitNames(actor);
    const months = await this.statements.months(actor, view.period as Period);
    const units = months.filter((month) => month.period === view.period).map((month) => month.unit);
    return (
      <StatementPage
        view={{
          ...view,
          unitSwitch: {
            current: unit,
            units: units.map((code) => [code, names.get(code) ?? code]),
            inUnit: (other) => `/statements/${view.period}/${encodeURIComponent(other)}`,
          },
        }}
        statement={statement}
        inOnePersonMode={document['onePersonMode'] === true}
        standing={view.state === 'closed' ? await this.standingOf(actor, view.period as Period, unit) : null}
        decisions={await decisionTitles(this.decisions, actor)}
        reasons={await this.statements.reasonNames()}
      />
    );
  }

  private async standingOf(actor: Actor, period: Period, unit: string): Promise<Standing | null> {
    const [issued, ...earlier] = await this.issued.list(actor, period, unit);
    if (issued === undefined) return null; // service's own document is not given out
    const accepted = (await this.acceptances.list(actor, period)).find(({ number }) => number === issued.number);
    return {
      ...{ version: issued.version, number: issued.number, issuedAt: issued.issuedAt },
      earlier: earlier.map(({ number }) => number),
      accepted: accepted === undefined ? null : { by: accepted.acceptedBy, at: accepted.acceptedAt },
      mayAccept: may(actor, 'accept'),
      mayDispute: may(actor, 'dispute') && accepted === undefined,
      disputes: (await this.disputes.list(actor)).filter((dispute) => dispute.unit === unit),
    };
  }
}
