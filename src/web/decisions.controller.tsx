import { Controller, Get, Param, Post, Req, Res } from '@nestjs/common';
import type { Request, Response } from 'express';
import type { VNode } from 'preact';
import { DecisionsService, type DecisionReport } from '../application/decisions.service.ts';
import { NotesService } from '../application/notes.service.ts';
import { StatementsService } from '../application/statements.service.ts';
import { Refusal } from '../domain/errors.ts';
import type { Period } from '../domain/period.ts';
import type { Actor } from '../domain/roles.ts';
import { decisionTitles } from './decision-titles.ts';
import { typed } from './form.tsx';
import type { View } from './layout.tsx';
import { PageDoor } from './page-door.ts';
import { DecisionMapPage } from './pages/decision-map.tsx';
import { DecisionPage, DecisionsPage, WaitingDecisionPage } from './pages/decisions.tsx';
import type { StatementLine, UnitStatement } from './pages/statement-groups.ts';
import type { Refusing } from './refused.tsx';
import { send } from './send.ts';

/** As many labels as a map can hold. */
const MOST_ON_MAP = 12;

/** The register of decisions and what each has earned and cost. */
@Controller()
export class DecisionsController {
  constructor(
    private readonly door: PageDoor,
    private readonly decisions: DecisionsService,
    private readonly statements: StatementsService,
    private readonly notes: NotesService,
  ) {}

  @Get('decisions')
  async register(@Req() request: Request, @Res() response: Response): Promise<void> {
    await this.door.page(request, response, undefined, null, async (view, actor) => (
      <DecisionsPage view={view} decisions={await this.decisions.list(actor)} />
    ));
  }

  /** On an address of its own, for each decision on it is reckoned from the books; without its evidence. */
  @Get('decisions/map')
  async map(@Req() request: Request, @Res() response: Response): Promise<void> {
    await this.door.page(request, response, undefined, null, async (view, actor) => {
      const decisions = [...(await this.decisions.list(actor))].sort((a, b) =>
        a.effectiveFrom < b.effectiveFrom ? 1 : -1,
      );
      const reports: DecisionReport[] = [];
      for (const { decision } of decisions.slice(0, MOST_ON_MAP)) {
        try {
          reports.push(await this.decisions.report(actor, decision, { evidence: false }));
        } catch (error) {
          if (!(error instanceof Refusal && error.code === 'no_run')) throw error;
        }
      }
      return <DecisionMapPage view={view} reports={reports} waiting={decisions.length - reports.length} />;
    });
  }

  @Get('decisions/:code')
  async decision(@Req() request: Request, @Res() response: Response, @Param('code') code: string): Promise<void> {
    await this.door.page(request, response, undefined, null, (view, actor) => this.show(view, actor, code));
  }

  /** What its owner says about it. */
  @Post('decisions/:code/notes')
  async note(@Req() request: Request, @Res() response: Response, @Param('code') code: string): Promise<void> {
    await this.door.guarded(request, response, async (actor) => {
      const { text = '' } = typed(request);
      try {
        await this.notes.write(actor, code, text);
      } catch (error) {
        if (!(error instanceof Refusal) || error.kind !== 'unprocessable') throw error;
        const view = await this.door.viewOf(request, response, actor, undefined, null);
        return send(response, 422, await this.show(view, actor, code, error));
      }
      response.redirect(303, `/decisions/${encodeURIComponent(code)}#notes`);
    });
  }

  private async show(view: View, actor: Actor, code: string, fault: Refusing | null = null): Promise<VNode> {
    const notes = { code, notes: await this.notes.list(actor, code), fault };
    const units = await this.statements.unitNames(actor);
    try {
      const report = await this.decisions.report(actor, code);
      const lines = await this.linesOf(view, actor, code);
      const reasons = await this.statements.reasonNames();
      return <DecisionPage {...{ view, report, lines, reasons, units, notes }} />;
    } catch (error) {
      // Own and registered, but no month since it began has been calculated.
      if (!(error instanceof Refusal && error.code === 'no_run')) throw error;
      const title = (await decisionTitles(this.decisions, actor)).get(code) ?? code;
      return <WaitingDecisionPage {...{ view, title, units, notes }} />;
    }
  }

  /** Of the month of the page, as far as the actor may read. */
  private async linesOf(view: View, actor: Actor, code: string): Promise<StatementLine[]> {
    if (view.period === null || view.run === null) return [];
    const document = await this.statements.document(actor, view.period as Period);
    const units = document['units'] as unknown as UnitStatement[];
    return units.flatMap((unit) => unit.lines).filter((line) => line.decision === code);
  }
}
