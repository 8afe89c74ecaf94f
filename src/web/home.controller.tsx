import { Controller, Get, Req, Res } from '@nestjs/common';
import type { Request, Response } from 'express';
import { DecisionsService } from '../application/decisions.service.ts';
import { StatementsService } from '../application/statements.service.ts';
import type { Period } from '../domain/period.ts';
import { may } from '../domain/roles.ts';
import { decisionTitles } from './decision-titles.ts';
import { amount, decimals } from './format.ts';
import { PageDoor } from './page-door.ts';
import type { Reconciliation } from '../domain/statements/statement-set.ts';
import { HomePage, type UnitCharge } from './pages/home.tsx';
import { chargeByDecision } from './pages/home-decisions.tsx';
import { EmptyPage } from './pages/plain.tsx';
import { contactsOf, parkedOf, type UnitStatement } from './pages/statement-groups.ts';
import { Waits } from './waits.ts';

/** What waits, what is charged, and why it moved: by role. */
@Controller()
export class HomeController {
  constructor(
    private readonly door: PageDoor,
    private readonly statements: StatementsService,
    private readonly decisions: DecisionsService,
    private readonly waits: Waits,
  ) {}

  @Get()
  async home(@Req() request: Request, @Res() response: Response): Promise<void> {
    await this.door.guarded(request, response, async (actor) => {
      // An admin sees no figures: accounts and settings are the home.
      if (may(actor, 'read_statement')) await this.figures(request, response);
      else response.redirect(303, '/settings');
    });
  }

  private async figures(request: Request, response: Response): Promise<void> {
    await this.door.page(
      request,
      response,
      undefined,
      (p) => `/?period=${p}`,
      async (view, actor) => {
        if (view.period === null || view.run === null) return <EmptyPage view={view} />;
        const document = await this.statements.document(actor, view.period as Period);
        const months = await this.statements.months(actor, view.period as Period);
        const units = document['units'] as unknown as UnitStatement[];
        const scale = decimals(units[0]?.gross ?? '0.00');
        const before = view.periods[view.periods.indexOf(view.period) - 1];
        const charges = units.map((unit): UnitCharge => {
          const last = months.find((month) => month.period === before && month.unit === unit.unit);
          return {
            unit: unit.unit,
            name: unit.name,
            gross: unit.gross,
            parked: amount(parkedOf(unit), scale),
            last: before === undefined ? null : amount(last?.grossMinor ?? 0n, scale),
          };
        });
        const sums = new Map<string, bigint>();
        for (const month of months) sums.set(month.period, (sums.get(month.period) ?? 0n) + month.grossMinor);
        const states = new Map(months.map((month) => [month.period as string, month.state]));
        const bars = [...sums].sort(([a], [b]) => (a < b ? -1 : 1)).slice(-12);
        const titles = await decisionTitles(this.decisions, actor);
        const totals = document['reconciliation'] as unknown as Reconciliation | undefined;
        return (
          <HomePage
            view={view}
            units={[...charges].sort((a, b) =>
              BigInt(a.gross.replace('.', '')) > BigInt(b.gross.replace('.', '')) ? -1 : 1,
            )}
            months={bars.map(([period, minor]) => ({
              period,
              amount: amount(minor, scale),
              preliminary: states.get(period) !== 'closed',
              href: `/?period=${period}`,
            }))}
            waits={await this.waits.of(actor, view)}
            ledger={totals ?? null}
            decisions={totals === undefined ? null : chargeByDecision(units, titles)}
            contacts={contactsOf(units.flatMap((unit) => unit.lines))}
            own={units.length === 1 && !may(actor, 'read_all') ? { statement: units[0]!, decisions: titles } : null}
          />
        );
      },
    );
  }
}
