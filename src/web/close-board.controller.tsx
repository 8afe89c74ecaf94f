import { Controller, Get, NotFoundException, Param, Post, Req, Res } from '@nestjs/common';
import type { Request, Response } from 'express';
import type { VNode } from 'preact';
import { PeriodsService } from '../application/periods.service.ts';
import { StatementsService } from '../application/statements.service.ts';
import { Refusal } from '../domain/errors.ts';
import { period as periodOfText, type Period } from '../domain/period.ts';
import { may } from '../domain/roles.ts';
import type { Flow } from './charts/flow-chart.tsx';
import { minor } from './format.ts';
import type { View } from './layout.tsx';
import { PageDoor } from './page-door.ts';
import { ClosePage, type CloseFigures, type Deed, type PoolTieOut, type Totals } from './pages/close.tsx';
import { EmptyPage } from './pages/plain.tsx';
import type { UnitStatement } from './pages/statement-groups.ts';

/** The close board and the deeds that move a period on. */
@Controller()
export class CloseBoardController {
  constructor(
    private readonly door: PageDoor,
    private readonly periods: PeriodsService,
    private readonly statements: StatementsService,
  ) {}

  @Get('periods')
  async newest(@Req() request: Request, @Res() response: Response): Promise<void> {
    await this.door.page(
      request,
      response,
      undefined,
      (p) => `/periods/${p}`,
      (view) => this.closeBoard(view),
    );
  }

  @Get('periods/:period')
  async board(@Req() request: Request, @Res() response: Response, @Param('period') period: string): Promise<void> {
    await this.door.page(
      request,
      response,
      period,
      (p) => `/periods/${p}`,
      (view) => this.closeBoard(view),
    );
  }

  @Post('periods/:period/:deed')
  async move(
    @Req() request: Request,
    @Res() response: Response,
    @Param('period') text: string,
    @Param('deed') deed: string,
  ): Promise<void> {
    await this.door.guarded(request, response, async (actor) => {
      const period = periodOfText(text);
      if (deed === 'close') await this.periods.close(actor, period);
      else if (deed === 'submit') await this.periods.submit(actor, period);
      else if (deed === 'approve') await this.periods.approve(actor, period);
      else if (deed === 'issue') await this.periods.issue(actor, period);
      else throw new Refusal('no_such_deed', `there is no deed "${deed}"`, { kind: 'not_found' });
      response.redirect(303, `/periods/${period}`);
    });
  }

  private async closeBoard(view: View): Promise<VNode> {
    const { actor } = view;
    if (!may(actor, 'read_all')) throw new NotFoundException();
    if (view.period === null) return <EmptyPage view={view} />;
    const document = view.run === null ? null : await this.statements.document(actor, view.period as Period);
    const figures: CloseFigures | null = document && {
      pools: document['pools'] as unknown as PoolTieOut[],
      totals: document['reconciliation'] as unknown as Totals,
      flows: flowsOf(document['pools'] as unknown as PoolTieOut[], document['units'] as unknown as UnitStatement[]),
      contacts: (document['coverage'] as { contacts: string }).contacts,
      worklist: (document['coverage'] as unknown as { worklist: CloseFigures['worklist'] }).worklist,
    };
    return <ClosePage view={view} figures={figures} deeds={deedsOf(view)} />;
  }
}

const STAYS = [
  ['serviceVariances', 'Variances'],
  ['unusedCapacity', 'Unused capacity'],
  ['unattributed', 'Not attributed'],
  ['withheld', 'Withheld'],
  ['parked', 'Parked'],
] as const;

/** From each pool to each unit that is charged from it, and to what stays with service. */
function flowsOf(pools: readonly PoolTieOut[], units: readonly UnitStatement[]): Flow[] {
  const charged = new Map<string, Flow>();
  for (const unit of units) {
    for (const line of unit.lines) {
      if (line.treatment !== 'charged') continue;
      const key = `${line.pool} ${unit.unit}`;
      const before = charged.get(key)?.amount ?? 0n;
      charged.set(key, { from: line.pool, to: unit.name, amount: before + minor(line.amount), stays: false });
    }
  }
  const kept = pools
    .filter((pool) => pool.kind !== 'support')
    .flatMap((pool) =>
      STAYS.map(([key, to]): Flow => ({ from: pool.pool, to, amount: minor(pool[key]), stays: true })),
    );
  return [...charged.values(), ...kept].filter((flow) => flow.amount !== 0n);
}

/** Deeds of the close board for who looks, with the reason where one is not open. */
function deedsOf(view: View): Deed[] {
  const deed = (
    name: Deed['name'],
    label: string,
    right: Parameters<typeof may>[1],
    states: readonly string[],
    blocked: string,
  ): Deed => {
    const entitled = may(view.actor, right);
    const ready = states.includes(view.state ?? 'open');
    return {
      name,
      label,
      allowed: entitled && ready,
      why: !entitled
        ? `${label}: not with the role ${view.actor.role.replace('_', ' ')}.`
        : ready
          ? `${label}: open to you.`
          : `${label}: ${blocked}`,
    };
  };
  return [
    deed('close', 'Calculate', 'close', ['open', 'calculated'], 'only before review.'),
    deed('submit', 'Hand in', 'submit', ['calculated'], 'only once calculated.'),
    deed('approve', 'Approve', 'approve', ['in_review'], 'only in review, and not by who prepared.'),
    deed('issue', 'Issue', 'issue', ['approved'], 'only once approved.'),
  ];
}
