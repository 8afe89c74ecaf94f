import { Injectable } from '@nestjs/common';
import { AcceptancesService } from '../application/acceptances.service.ts';
import { CorrectionsService } from '../application/corrections.service.ts';
import { DisputesService } from '../application/disputes.service.ts';
import { IssuedService } from '../application/issued.service.ts';
import { JobsService } from '../application/jobs.service.ts';
import { ParkedService } from '../application/parked.service.ts';
import { PeriodsService } from '../application/periods.service.ts';
import { StatementsService } from '../application/statements.service.ts';
import { may, type Actor } from '../domain/roles.ts';
import { counted, day, grouped, monthYear } from './format.ts';
import { t } from './language.ts';
import type { View } from './layout.tsx';
import { newsOf } from './pages/close-job.tsx';

/** Something that somebody has to do, with the page where it is done. */
export interface Wait {
  readonly text: string;
  readonly href: string;
  readonly deed: string;
}

/** What waits for whoever looks, nearest first. */
@Injectable()
export class Waits {
  constructor(
    private readonly periods: PeriodsService,
    private readonly disputes: DisputesService,
    private readonly corrections: CorrectionsService,
    private readonly parked: ParkedService,
    private readonly issued: IssuedService,
    private readonly acceptances: AcceptancesService,
    private readonly jobs: JobsService,
    private readonly statements: StatementsService,
  ) {}

  async of(actor: Actor, view: View): Promise<Wait[]> {
    const waits = ofPeriod(actor, view);
    const news = may(actor, 'read_all') ? newsOf(await this.jobs.newest(actor, 'close'), actor.login) : null;
    if (news !== null) waits.unshift(news);
    if (may(actor, 'accept')) waits.push(...(await this.unaccepted(actor)));
    waits.push(...(await this.disputed(actor)));
    if (may(actor, 'rule_parked_unit') || may(actor, 'close')) {
      const names = await this.statements.unitNames(actor);
      for (const { period, unit, dueOn, ruling } of await this.parked.list(actor))
        if (ruling === null)
          waits.push({
            text: t('{unit} is parked in {month}, to be ruled by {day}', {
              unit: names.get(unit) ?? unit,
              month: monthYear(period),
              day: day(dueOn),
            }),
            href: `/periods/${period}`,
            deed: may(actor, 'rule_parked_unit') ? t('Rule ‖ deed') : t('See why'),
          });
    }
    if (may(actor, 'approve_correction')) {
      const asked = (await this.corrections.list(actor)).filter(({ state }) => state === 'asked').length;
      if (asked > 0)
        waits.push({
          text: counted(asked, 'correction waits for approval', 'corrections wait for approval'),
          href: '/periods',
          deed: t('Approve'),
        });
    }
    if (actor.role === 'auditor')
      waits.push({ text: t('The chain of events and the books can be verified'), href: '/audit', deed: t('Verify') });
    return waits;
  }

  /** Own statements of the newest closed month that nobody has accepted. */
  private async unaccepted(actor: Actor): Promise<Wait[]> {
    const newest = (await this.periods.list(actor)).filter(({ state }) => state === 'closed').at(-1)?.period;
    if (newest === undefined) return [];
    const accepted = new Set((await this.acceptances.list(actor, newest)).map(({ number }) => number));
    return (await this.issued.list(actor, newest))
      .filter(({ number, supersededBy }) => supersededBy === null && !accepted.has(number))
      .map(({ unit }) => ({
        text: t('Accept or dispute the statement of {month}', { month: monthYear(newest) }),
        href: `/statements/${newest}/${encodeURIComponent(unit)}`,
        deed: t('Review'),
      }));
  }

  private async disputed(actor: Actor): Promise<Wait[]> {
    const open = (await this.disputes.list(actor)).filter(({ ruledBy }) => ruledBy === null);
    const rules = may(actor, 'rule_dispute') && actor.role !== 'service_leader';
    return open.slice(0, 3).map((dispute) => ({
      text: t('Dispute on {amount} of {month}, ruling due {day}', {
        amount: grouped(dispute.amount),
        month: monthYear(dispute.chargePeriod),
        day: day(dispute.dueOn),
      }),
      href: `/disputes/${dispute.id}`,
      deed: rules ? t('Rule ‖ deed') : may(actor, 'reply_to_dispute') ? t('Answer') : t('Read'),
    }));
  }
}

function ofPeriod(actor: Actor, view: View): Wait[] {
  const [month, board] = [monthYear(view.period!), `/periods/${view.period}`];
  if (actor.role === 'finance' && view.state === 'calculated')
    return [{ text: t('{month} is calculated and not handed in', { month }), href: board, deed: t('Hand in') }];
  if (may(actor, 'approve') && view.state === 'in_review')
    return [{ text: t('{month} waits for approval', { month }), href: board, deed: t('Review') }];
  if (may(actor, 'issue') && view.state === 'approved')
    return [{ text: t('{month} is approved and not issued', { month }), href: board, deed: t('Issue') }];
  if (actor.role === 'unit_owner' && view.state !== 'closed')
    return [{ text: t('Your statement is preliminary'), href: `/statements/${view.period}`, deed: t('Read') }];
  return [];
}
