import { Body, Param, Query } from '@nestjs/common';
import { JobsService } from '../application/jobs.service.ts';
import { ParkedService } from '../application/parked.service.ts';
import { PeriodsService } from '../application/periods.service.ts';
import type { Control } from '../application/roll-up-control.ts';
import { RunsService } from '../application/runs.service.ts';
import { Worker, type Work } from '../application/work.ts';
import type { Period } from '../domain/period.ts';
import type { Actor } from '../domain/roles.ts';
import { Who } from './bearer.guard.ts';
import { OneOf, QueryFlag, Text } from './fields.ts';
import { Accepted, Later } from './later.ts';
import { listing, ListQuery } from './listing.ts';
import { Api, Does, Reads } from './operation.ts';
import { CodePipe, PeriodPipe } from './request.pipe.ts';

class CloseQuery {
  @QueryFlag({ about: 'compute and show, keep nothing' })
  readonly preview?: boolean;

  @OneOf(['sample', 'full'], {
    about: 'prove the sums by SQL on a sample of customers (default), or in full',
    optional: true,
  })
  readonly control?: Control;
}

export class ReasonRequest {
  @Text({ about: 'why', example: 'ledger entry of 31 May was missing' })
  readonly reason: string;
}

/** The way of a period, its runs, and the charges that a broken bound holds. */
@Api('Periods', 'periods')
export class PeriodsController {
  constructor(
    private readonly periods: PeriodsService,
    private readonly runs: RunsService,
    private readonly parked: ParkedService,
    private readonly worker: Worker,
    private readonly jobs: JobsService,
  ) {}

  @Reads('', { about: 'every period with its state, its run and who did what' })
  async list(@Who() actor: Actor, @Query() query: ListQuery): Promise<unknown> {
    return listing(await this.periods.list(actor), (row) => row.period, query);
  }

  @Does(':period/close', {
    about: 'cost and attribute the contacts of a period and prove that the books balance: a run',
    long: true,
  })
  async close(
    @Who() actor: Actor,
    @Param('period', PeriodPipe) period: Period,
    @Query() { preview = false, control = 'sample' }: CloseQuery,
    @Later() later: boolean,
  ): Promise<unknown> {
    return await this.now(actor, { kind: 'close', period, preview, control }, later);
  }

  @Does(':period/submit', { about: 'hand a calculated period in for review' })
  async submit(@Who() actor: Actor, @Param('period', PeriodPipe) period: Period): Promise<unknown> {
    await this.periods.submit(actor, period);
    return { period, state: 'in_review' };
  }

  @Does(':period/approve', { about: 'approve a period in review; never what oneself prepared' })
  async approve(@Who() actor: Actor, @Param('period', PeriodPipe) period: Period): Promise<unknown> {
    await this.periods.approve(actor, period);
    return { period, state: 'approved' };
  }

  @Does(':period/issue', { about: 'issue the statements of an approved period and close it for good', long: true })
  async issue(
    @Who() actor: Actor,
    @Param('period', PeriodPipe) period: Period,
    @Later() later: boolean,
  ): Promise<unknown> {
    return await this.now(actor, { kind: 'issue', period }, later);
  }

  @Does(':period/reopen', { about: 'take a period back to calculated; a closed one awaits another person' })
  async reopen(
    @Who() actor: Actor,
    @Param('period', PeriodPipe) period: Period,
    @Body() { reason }: ReasonRequest,
  ): Promise<unknown> {
    const { awaitsConfirmation } = await this.periods.reopen(actor, period, reason);
    return { period, state: awaitsConfirmation ? 'closed' : 'calculated', awaitsConfirmation };
  }

  @Does(':period/reopen/confirm', { about: 'confirm the reopening that another person asked for' })
  async confirm(@Who() actor: Actor, @Param('period', PeriodPipe) period: Period): Promise<unknown> {
    await this.periods.confirmReopening(actor, period);
    return { period, state: 'calculated' };
  }

  @Reads(':period/runs', { about: 'every run of a period, with what it froze' })
  async runsOf(
    @Who() actor: Actor,
    @Param('period', PeriodPipe) period: Period,
    @Query() query: ListQuery,
  ): Promise<unknown> {
    return listing(await this.runs.list(actor, period), (row) => row.run_id, query);
  }

  @Reads('parked', { about: 'charges of any period that a broken bound holds, and the rulings on them' })
  async parkedOfAll(@Who() actor: Actor, @Query() query: ListQuery): Promise<unknown> {
    return listing(await this.parked.list(actor), (row) => `${row.period} ${row.unit}`, query);
  }

  @Reads(':period/parked', { about: 'charges that a broken bound holds, and the rulings on them' })
  async parkedOf(
    @Who() actor: Actor,
    @Param('period', PeriodPipe) period: Period,
    @Query() query: ListQuery,
  ): Promise<unknown> {
    return listing(await this.parked.list(actor, period), (row) => row.unit, query);
  }

  @Does(':period/parked/:unit/release', { about: 'charge a parked unit after all' })
  async release(
    @Who() actor: Actor,
    @Param('period', PeriodPipe) period: Period,
    @Param('unit', CodePipe) unit: string,
    @Body() { reason }: ReasonRequest,
  ): Promise<unknown> {
    return { period, unit, ruling: 'released', ...(await this.parked.rule(actor, period, unit, 'released', reason)) };
  }

  @Does(':period/parked/:unit/keep', { about: 'leave the charge of a parked unit with service' })
  async keep(
    @Who() actor: Actor,
    @Param('period', PeriodPipe) period: Period,
    @Param('unit', CodePipe) unit: string,
    @Body() { reason }: ReasonRequest,
  ): Promise<unknown> {
    return { period, unit, ruling: 'kept', ...(await this.parked.rule(actor, period, unit, 'kept', reason)) };
  }

  /** At once, or as a job. */
  private async now(actor: Actor, work: Work, later: boolean): Promise<unknown> {
    if (later) return new Accepted(await this.jobs.ask(actor, work));
    return (await this.worker.do(actor, work)).answer;
  }
}
