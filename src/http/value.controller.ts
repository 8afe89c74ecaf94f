import { Param } from '@nestjs/common';
import { ScoresService } from '../application/scores.service.ts';
import { ValueService } from '../application/value.service.ts';
import type { Period } from '../domain/period.ts';
import type { Actor } from '../domain/roles.ts';
import { Who } from './bearer.guard.ts';
import { Api, Reads } from './operation.ts';
import { PeriodPipe } from './request.pipe.ts';

/** What service earned beside what it cost, and the scores that stand beside money. */
@Api('Value', 'periods/:period')
export class ValueController {
  constructor(
    private readonly values: ValueService,
    private readonly scored: ScoresService,
  ) {}

  @Reads('value', { about: "service's value statement: cost, recovered, retention credit, net, and the effects" })
  async report(@Who() actor: Actor, @Param('period', PeriodPipe) period: Period) {
    return await this.values.report(actor, period);
  }

  @Reads('value/preview', { about: 'the effects from the facts that are there now; keeps nothing' })
  async preview(@Who() actor: Actor, @Param('period', PeriodPipe) period: Period) {
    return await this.values.preview(actor, period);
  }

  @Reads('scores', {
    about: 'CSAT, CES, NPS, VES, resolution and repeats, what customers did after, and their words, masked',
  })
  async scores(@Who() actor: Actor, @Param('period', PeriodPipe) period: Period) {
    return await this.scored.report(actor, period);
  }
}
