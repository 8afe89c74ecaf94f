import { Injectable } from '@nestjs/common';
import { AcceptancesService } from '../application/acceptances.service.ts';
import { CorrectionsService, type Correction } from '../application/corrections.service.ts';
import { DisputesService, type Dispute } from '../application/disputes.service.ts';
import { ImportsService } from '../application/imports.service.ts';
import { JobsService, type Job } from '../application/jobs.service.ts';
import { IssuedService, type Reopening } from '../application/issued.service.ts';
import { MailsService } from '../application/mails.service.ts';
import { ModelsService } from '../application/models.service.ts';
import { ParkedService, type ParkedCharge } from '../application/parked.service.ts';
import { PeriodsService } from '../application/periods.service.ts';
import { RunsService, type RunComparison } from '../application/runs.service.ts';
import { StatementsService } from '../application/statements.service.ts';
import type { Period } from '../domain/period.ts';
import type { Actor } from '../domain/roles.ts';
import type { Reconciliation, StatementSet, UnservedChannel } from '../domain/statements/statement-set.ts';
import type { ImportRow } from '../persistence/imports.queries.ts';
import type { PeriodListing } from '../persistence/periods.queries.ts';
import type { RunListing } from '../persistence/runs.queries.ts';

/** What the close board shows beside the figures of its run. */
export interface Board {
  readonly period: PeriodListing;
  /** standing run; null before the first calculation */
  readonly run: RunListing | null;
  readonly document: StatementSet | null;
  /** imports that touch the period */
  readonly imports: readonly ImportRow[];
  /** of these, the ones that the run has not read */
  readonly unread: readonly ImportRow[];
  /** number of the rules in force, where the run was made with others */
  readonly newerRules: number | null;
  readonly parked: readonly ParkedCharge[];
  readonly channels: readonly UnservedChannel[];
  /** handling pools that may take such a channel; empty where the rules in force take all of them */
  readonly pools: readonly { readonly pool: string; readonly name: string }[];
  readonly disputes: readonly Dispute[];
  readonly corrections: readonly Correction[];
  /** the period that has to be issued before this one */
  readonly earlier: Period | null;
  /** units whose owner has accepted the standing statement */
  readonly accepted: ReadonlySet<string>;
  readonly reopening: Reopening | null;
  /** mails of the issued statements to their owners; null before the issue */
  readonly mails: number | null;
  /** of cost pools and of reasons, by code */
  readonly poolNames: ReadonlyMap<string, string>;
  readonly reasonNames: ReadonlyMap<string, string>;
  /** newest calculation or dry run that was asked for */
  readonly job: Job | null;
  readonly last: { readonly comparison: RunComparison; readonly before: Reconciliation } | null;
}

/** As many imports as a look back takes. */
const LOOKED_BACK = 200;

/** Gathers what stands between a period and its issue. */
@Injectable()
export class CloseBoard {
  constructor(
    private readonly periods: PeriodsService,
    private readonly statements: StatementsService,
    private readonly runs: RunsService,
    private readonly imports: ImportsService,
    private readonly models: ModelsService,
    private readonly parked: ParkedService,
    private readonly disputes: DisputesService,
    private readonly corrections: CorrectionsService,
    private readonly issued: IssuedService,
    private readonly acceptances: AcceptancesService,
    private readonly mails: MailsService,
    private readonly jobs: JobsService,
  ) {}

  async of(actor: Actor, period: Period): Promise<Board> {
    const listed = await this.periods.list(actor);
    const own = listed.find((row) => row.period === period)!;
    const runs = await this.runs.list(actor, period);
    const run = runs.find(({ standing }) => standing) ?? null;
    const document = run === null ? null : ((await this.statements.document(actor, period)) as unknown as StatementSet);
    const imports = (await this.imports.history(actor, LOOKED_BACK)).filter(({ totals }) =>
      totals.periods.includes(period),
    );
    const channels = document?.coverage?.unservedChannels ?? [];
    const pools = channels.length === 0 ? [] : await this.models.poolsByChannel(actor, period);
    const named = new Set(pools.flatMap((pool) => pool.channels));
    return {
      period: own,
      run,
      document,
      imports,
      unread: run === null ? [] : imports.filter(({ importId }) => BigInt(importId) > BigInt(run.watermark)),
      newerRules: run === null || own.state === 'closed' ? null : await this.newerRules(actor, period, run),
      parked: (await this.parked.list(actor, period)).filter(({ ruling }) => ruling === null),
      channels: channels.filter(({ channel }) => !named.has(channel)),
      pools,
      disputes: (await this.disputes.list(actor)).filter(({ ruledBy }) => ruledBy === null),
      corrections: (await this.corrections.list(actor)).filter(({ state }) => state === 'asked'),
      earlier:
        listed.filter((row) => row.period < period && row.run_id !== null && row.state !== 'closed').at(-1)?.period ??
        null,
      accepted: own.state === 'closed' ? await this.acceptedUnits(actor, period) : new Set(),
      reopening: own.state === 'closed' ? await this.issued.reopening(actor, period) : null,
      mails: own.state === 'closed' ? await this.mails.count(actor, period) : null,
      poolNames: run === null ? new Map() : await this.models.poolNames(actor, period),
      reasonNames: await this.statements.reasonNames(),
      job: await this.jobs.newest(actor, 'close', period),
      last: await this.difference(actor, period, run, runs),
    };
  }

  private async newerRules(actor: Actor, period: Period, run: RunListing): Promise<number | null> {
    const { model_id: inForce, hash } = await this.models.show(actor, period);
    return hash === run.model_hash ? null : inForce;
  }

  private async acceptedUnits(actor: Actor, period: Period): Promise<Set<string>> {
    const standing = new Set(
      (await this.issued.list(actor, period))
        .filter(({ supersededBy }) => supersededBy === null)
        .map(({ number }) => number),
    );
    const accepted = (await this.acceptances.list(actor, period)).filter(({ number }) => standing.has(number));
    return new Set(accepted.map(({ unit }) => unit));
  }

  /** Against the run that was made before the standing one. */
  private async difference(
    actor: Actor,
    period: Period,
    run: RunListing | null,
    runs: readonly RunListing[],
  ): Promise<Board['last']> {
    const before = run === null ? undefined : runs.find(({ run_id }) => BigInt(run_id) < BigInt(run.run_id));
    if (run === null || before === undefined) return null;
    const comparison = await this.runs.compare(actor, before.run_id, run.run_id);
    const document = await this.statements.document(actor, period, { run: before.run_id });
    return { comparison, before: (document as unknown as StatementSet).reconciliation! };
  }
}
