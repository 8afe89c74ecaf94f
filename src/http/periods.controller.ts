import { Body, Param, Query, Res } from '@nestjs/common';
import type { Response } from 'express';
import { JobsService } from '../application/jobs.service.ts';
import { ParkedService } from '../application/parked.service.ts';
import { PeriodsService } from '../application/periods.service.ts';
import type { Control } from '../application/roll-up-control.ts';
import { RunsService } from '../application/runs.service.ts';
import { versionTag, VersionsService } from '../application/versions.service.ts';
import { Worker, type Answers, type Work } from '../application/work.ts';
import { Refusal } from '../domain/errors.ts';
import type { Period } from '../domain/period.ts';
import type { Actor } from '../domain/roles.ts';
import type { PeriodListing } from '../persistence/periods.queries.ts';
import { Who } from './bearer.guard.ts';
import { OneOf, QueryFlag, Text } from './fields.ts';
import { IfMatch } from './if-match.ts';
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
    private readonly versions: VersionsService,
    private readonly worker: Worker,
    private readonly jobs: JobsService,
  ) {}

  @Reads('', { about: 'every period with its state, its run and who did what' })
  async list(@Who() actor: Actor, @Query() query: ListQuery) {
    return listing(await this.periods.list(actor), (row) => row.period, query);
  }

  @Reads('parked', { about: 'charges of any period that a broken bound holds, and the rulings on them' })
  async parkedOfAll(@Who() actor: Actor, @Query() query: ListQuery) {
    return listing(await this.parked.list(actor), (row) => `${row.period} ${row.unit}`, query);
  }

  @Reads(':period', { about: 'a period, with the entity tag that its deeds may name' })
  async show(
    @Who() actor: Actor,
    @Param('period', PeriodPipe) period: Period,
    @Res({ passthrough: true }) response: Response,
  ) {
    const shown = await this.period(actor, period);
    response.setHeader('ETag', versionTag(shown));
    return shown;
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
  ) {
    return await this.now(actor, { kind: 'close', period, preview, control }, later);
  }

  @Does(':period/submit', { about: 'hand a calculated period in for review', edits: true })
  async submit(@Who() actor: Actor, @Param('period', PeriodPipe) period: Period, @IfMatch() seen?: string) {
    await this.unchanged(actor, period, seen);
    await this.periods.submit(actor, period);
    return { period, state: 'in_review' };
  }

  @Does(':period/approve', { about: 'approve a period in review; never what oneself prepared', edits: true })
  async approve(@Who() actor: Actor, @Param('period', PeriodPipe) period: Period, @IfMatch() seen?: string) {
    await this.unchanged(actor, period, seen);
    await this.periods.approve(actor, period);
    return { period, state: 'approved' };
  }

  @Does(':period/issue', {
    about: 'issue the statements of an approved period and close it for good',
    long: true,
    edits: true,
  })
  async issue(
    @Who() actor: Actor,
    @Param('period', PeriodPipe) period: Period,
    @Later() later: boolean,
    @IfMatch() seen?: string,
  ) {
    await this.unchanged(actor, period, seen);
    return await this.now(actor, { kind: 'issue', period }, later);
  }

  @Does(':period/reopen', {
    about: 'take a period back to calculated; a closed one awaits another person',
    edits: true,
  })
  async reopen(
    @Who() actor: Actor,
    @Param('period', PeriodPipe) period: Period,
    @Body() { reason }: ReasonRequest,
    @IfMatch() seen?: string,
  ) {
    await this.unchanged(actor, period, seen);
    const { awaitsConfirmation } = await this.periods.reopen(actor, period, reason);
    return { period, state: awaitsConfirmation ? 'closed' : 'calculated', awaitsConfirmation };
  }

  @Does(':period/reopen/confirm', { about: 'confirm the reopening that another person asked for' })
  async confirm(@Who() actor: Actor, @Param('period', PeriodPipe) period: Period) {
    await this.periods.confirmReopening(actor, period);
    return { period, state: 'calculated' };
  }

  @Reads(':period/runs', { about: 'every run of a period, with what it froze' })
  async runsOf(@Who() actor: Actor, @Param('period', PeriodPipe) period: Period, @Query() query: ListQuery) {
    return listing(await this.runs.list(actor, period), (row) => row.run_id, query);
  }

  @Reads(':period/parked', { about: 'charges that a broken bound holds, and the rulings on them' })
  async parkedOf(@Who() actor: Actor, @Param('period', PeriodPipe) period: Period, @Query() query: ListQuery) {
    return listing(await this.parked.list(actor, period), (row) => row.unit, query);
  }

  @Does(':period/parked/:unit/release', { about: 'charge a parked unit after all' })
  async release(
    @Who() actor: Actor,
    @Param('period', PeriodPipe) period: Period,
    @Param('unit', CodePipe) unit: string,
    @Body() { reason }: ReasonRequest,
  ) {
    return { period, unit, ruling: 'released', ...(await this.parked.rule(actor, period, unit, 'released', reason)) };
  }

  @Does(':period/parked/:unit/keep', { about: 'leave the charge of a parked unit with service' })
  async keep(
    @Who() actor: Actor,
    @Param('period', PeriodPipe) period: Period,
    @Param('unit', CodePipe) unit: string,
    @Body() { reason }: ReasonRequest,
  ) {
    return { period, unit, ruling: 'kept', ...(await this.parked.rule(actor, period, unit, 'kept', reason)) };
  }

  private async period(actor: Actor, period: Period): Promise<PeriodListing> {
    const row = (await this.periods.list(actor)).find((one) => one.period === period);
    if (row !== undefined) return row;
    throw new Refusal('no_such_period', `there is no period ${period} yet`, {
      kind: 'not_found',
      next: 'a month begins with its first fact',
    });
  }

  private async unchanged(actor: Actor, period: Period, seen: string | undefined): Promise<void> {
    await this.versions.requireUnchanged(`period ${period}`, seen, () => this.period(actor, period));
  }

  /** At once, or as a job. */
  private async now<W extends Work>(actor: Actor, work: W, later: boolean): Promise<Accepted | Answers[W['kind']]> {
    if (later) return new Accepted(await this.jobs.ask(actor, work));
    return (await this.worker.do(actor, work)).answer;
  }
}
