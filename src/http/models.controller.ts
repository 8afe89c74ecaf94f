import { Body, Param, Query } from '@nestjs/common';
import { ModelsService } from '../application/models.service.ts';
import type { Period } from '../domain/period.ts';
import type { Actor } from '../domain/roles.ts';
import { Who } from './bearer.guard.ts';
import { PeriodText, Text, Texts } from './fields.ts';
import { listing, ListQuery } from './listing.ts';
import { Api, Does, Reads, Tries } from './operation.ts';
import { CodePipe } from './request.pipe.ts';

const LONGEST_MODEL = 1_000_000;

class ModelRequest {
  @Text({ about: 'text of model.yaml', max: LONGEST_MODEL })
  readonly yaml: string;

  @PeriodText({ about: 'first period that it holds for; default: all', optional: true })
  readonly from?: string;
}

class TrialRequest {
  @Text({ about: 'text of model.yaml', max: LONGEST_MODEL })
  readonly yaml: string;

  @PeriodText({ about: 'period to try it on' })
  readonly period: Period;

  @Texts({ about: 'so many times the contacts of a reason or prefix, like `billing.*=1.2`', max: 300, optional: true })
  readonly volumes?: string[];
}

/** The rules: immutable versions of model.yaml, each from a period on. */
@Api('Models', 'models')
export class ModelsController {
  constructor(private readonly models: ModelsService) {}

  @Reads('', { about: 'every version' })
  async list(@Who() actor: Actor, @Query() query: ListQuery) {
    return listing(await this.models.list(actor), (row) => row.model_id, query);
  }

  @Does('', { about: 'store a version' })
  async apply(@Who() actor: Actor, @Body() { yaml, from }: ModelRequest) {
    return await this.models.apply(actor, yaml, from, 'body');
  }

  @Tries('try', { about: 'coverage and effect of a model on a period; nothing is stored' })
  async tryOn(@Who() actor: Actor, @Body() { yaml, period, volumes }: TrialRequest) {
    return await this.models.tryOn(actor, yaml, period, 'body', volumes);
  }

  @Reads('reference', { about: 'every key of model.yaml' })
  reference() {
    return { reference: this.models.reference() };
  }

  @Reads(':which', { about: 'a version by its number, by the period that it would close, or the `newest`' })
  async show(@Who() actor: Actor, @Param('which', CodePipe) which: string) {
    return await this.models.show(actor, which === 'newest' ? undefined : which);
  }

  @Reads(':before/diff/:after', { about: 'every key that differs between two versions' })
  async diff(@Who() actor: Actor, @Param('before', CodePipe) before: string, @Param('after', CodePipe) after: string) {
    return { changes: await this.models.diff(actor, before, after) };
  }
}
