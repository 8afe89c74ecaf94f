import { Controller, Get, Param, Req, Res } from '@nestjs/common';
import type { Request, Response } from 'express';
import { DecisionsService } from '../application/decisions.service.ts';
import { StatementsService, type UnitMonth } from '../application/statements.service.ts';
import { Refusal } from '../domain/errors.ts';
import type { Period } from '../domain/period.ts';
import { may } from '../domain/roles.ts';
import { decisionTitles } from './decision-titles.ts';
import { amount, decimals } from './format.ts';
import type { View } from './layout.tsx';
import { PageDoor } from './page-door.ts';
import { EmptyPage } from './pages/plain.tsx';
import type { UnitStatement } from './pages/statement-groups.ts';
import { UnitPage, UnitsPage } from './pages/units.tsx';

/** Units side by side, and each with its months, decisions and drivers. */
@Controller('units')
export class UnitsController {
  constructor(
    private readonly door: PageDoor,
    private readonly statements: StatementsService,
    private readonly decisions: DecisionsService,
  ) {}

  @Get()
  async list(@Req() request: Request, @Res() response: Response): Promise<void> {
    await this.door.page(
      request,
      response,
      undefined,
      (p) => `/units?period=${p}`,
      async (view, actor) => {
        if (view.period === null || view.run === null) return <EmptyPage view={view} />;
        const document = await this.statements.document(actor, view.period as Period);
        const months = await this.statements.months(actor, view.period as Period);
        const units = document['units'] as unknown as UnitStatement[];
        return <UnitsPage view={view} units={units.map((unit) => ({ unit, before: beforeOf(view, unit, months) }))} />;
      },
    );
  }

  @Get(':unit')
  async unit(@Req() request: Request, @Res() response: Response, @Param('unit') code: string): Promise<void> {
    await this.door.page(
      request,
      response,
      undefined,
      (p) => `/units/${encodeURIComponent(code)}?period=${p}`,
      async (view, actor) => {
        const names = await this.statements.unitNames(actor);
        if (!names.has(code)) throw new Refusal('unknown_unit', `there is no unit ${code}`, { kind: 'not_found' });
        if (view.period === null || view.run === null) return <EmptyPage view={view} />;
        const document = await this.statements.document(actor, view.period as Period);
        const units = document['units'] as unknown as UnitStatement[];
        const unit = units.find((candidate) => candidate.unit === code);
        if (unit === undefined) return <EmptyPage view={view} />;
        const months = await this.statements.months(actor, view.period as Period);
        const inUnit = (other: string): string => `/units/${encodeURIComponent(other)}?period=${view.period}`;
        return (
          <UnitPage
            view={{
              ...view,
              unitSwitch: { current: code, units: units.map(({ unit, name }) => [unit, name]), inUnit },
            }}
            unit={unit}
            before={beforeOf(view, unit, months)}
            months={months.filter((month) => month.unit === code)}
            decisions={await decisionTitles(this.decisions, actor)}
            reasons={await this.statements.reasonNames()}
            peers={may(actor, 'read_all') ? units : null}
            unnamed={
              may(actor, 'read_all') ? null : await this.statements.peerRates(actor, view.period as Period, code)
            }
          />
        );
      },
    );
  }
}

/** Gross charge of the month before; null where the books begin with this month. */
function beforeOf(view: View, unit: UnitStatement, months: readonly UnitMonth[]): string | null {
  const before = view.periods[view.periods.indexOf(view.period!) - 1];
  if (before === undefined) return null;
  const month = months.find((candidate) => candidate.period === before && candidate.unit === unit.unit);
  return amount(month?.grossMinor ?? 0n, decimals(unit.gross));
}
