import { Controller, Get, Param, Req, Res } from '@nestjs/common';
import type { Request, Response } from 'express';
import { DecisionsService } from '../application/decisions.service.ts';
import { Refusal } from '../domain/errors.ts';
import { decisionTitles } from './decision-titles.ts';
import { PageDoor } from './page-door.ts';
import { DecisionPage, DecisionsPage, WaitingDecisionPage } from './pages/decisions.tsx';

/** The register of decisions and what each has earned and cost. */
@Controller()
export class DecisionsController {
  constructor(
    private readonly door: PageDoor,
    private readonly decisions: DecisionsService,
  ) {}

  @Get('decisions')
  async register(@Req() request: Request, @Res() response: Response): Promise<void> {
    await this.door.page(request, response, undefined, null, async (view, actor) => (
      <DecisionsPage view={view} decisions={await this.decisions.list(actor)} />
    ));
  }

  @Get('decisions/:code')
  async decision(@Req() request: Request, @Res() response: Response, @Param('code') code: string): Promise<void> {
    await this.door.page(request, response, undefined, null, async (view, actor) => {
      try {
        return <DecisionPage view={view} report={await this.decisions.report(actor, code)} />;
      } catch (error) {
        // Own and registered, but no month since it began has been calculated.
        if (!(error instanceof Refusal && error.code === 'no_run')) throw error;
        return (
          <WaitingDecisionPage view={view} title={(await decisionTitles(this.decisions, actor)).get(code) ?? code} />
        );
      }
    });
  }
}
