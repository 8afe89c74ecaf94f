import { Controller, Get, Req, Res } from '@nestjs/common';
import type { Request, Response } from 'express';
import { DecisionsService } from '../application/decisions.service.ts';
import { ScoresService } from '../application/scores.service.ts';
import { StatementsService } from '../application/statements.service.ts';
import { ValueService } from '../application/value.service.ts';
import { Refusal } from '../domain/errors.ts';
import type { Period } from '../domain/period.ts';
import { requireRight } from '../domain/roles.ts';
import { decisionTitles } from './decision-titles.ts';
import { t } from './language.ts';
import { PageDoor } from './page-door.ts';
import { EmptyPage } from './pages/plain.tsx';
import { SCORE_GROUPS, ScoresPage } from './pages/scores.tsx';
import { NoValuePage, ValuePage } from './pages/value.tsx';

/** The service's own value statement. */
@Controller('value')
export class ValueController {
  constructor(
    private readonly door: PageDoor,
    private readonly value: ValueService,
    private readonly statements: StatementsService,
    private readonly decisions: DecisionsService,
    private readonly scores: ScoresService,
  ) {}

  @Get()
  async statement(@Req() request: Request, @Res() response: Response): Promise<void> {
    await this.door.page(
      request,
      response,
      undefined,
      (p) => `/value?period=${p}`,
      async (view, actor) => {
        requireRight(actor, 'read_all');
        if (view.period === null || view.run === null) return <EmptyPage view={view} />;
        try {
          const { value } = await this.value.report(actor, view.period as Period);
          const titles = await decisionTitles(this.decisions, actor);
          return <ValuePage {...{ view, value, titles }} units={await this.statements.unitNames(actor)} />;
        } catch (error) {
          if (error instanceof Refusal && error.code === 'no_retention') return <NoValuePage view={view} />;
          throw error;
        }
      },
    );
  }

  @Get('scores')
  async quality(@Req() request: Request, @Res() response: Response): Promise<void> {
    const by = SCORE_GROUPS.find((own) => own === request.query['by']) ?? 'unit';
    await this.door.page(
      request,
      response,
      undefined,
      (p) => `/value/scores?period=${p}&by=${by}`,
      async (view, actor) => {
        requireRight(actor, 'read_all');
        if (view.period === null || view.run === null) return <EmptyPage view={view} />;
        const report = await this.scores.report(actor, view.period as Period);
        const units = await this.statements.unitNames(actor);
        const titles = await decisionTitles(this.decisions, actor);
        const reasons = await this.statements.reasonNames();
        const names = { all: () => t('all'), unit: named(units), decision: named(titles), reason: named(reasons) };
        return <ScoresPage {...{ view, report, by }} names={({ by: of, key }) => names[of](key)} />;
      },
    );
  }
}

function named(names: ReadonlyMap<string, string>): (code: string) => string {
  return (code) => names.get(code) ?? code;
}
