import { Body, Param, Query, Res } from '@nestjs/common';
import type { Response } from 'express';
import { CorrectionsService } from '../application/corrections.service.ts';
import { DisputesService } from '../application/disputes.service.ts';
import { versionTag, VersionsService } from '../application/versions.service.ts';
import type { Period } from '../domain/period.ts';
import type { Actor } from '../domain/roles.ts';
import { Who } from './bearer.guard.ts';
import { Amount, Flag, PeriodText, Text } from './fields.ts';
import { IfMatch } from './if-match.ts';
import { listing, ListQuery } from './listing.ts';
import { Api, Does, Reads } from './operation.ts';
import { ReasonRequest } from './periods.controller.ts';
import { CodePipe } from './request.pipe.ts';

class DisputeRequest {
  @Text({ about: 'id of an issued line', max: 100, example: '3f2a9c0d1e' })
  readonly line: string;

  @Text({ about: 'why it should not be charged' })
  readonly reason: string;

  @Text({ about: 'what proves it', optional: true })
  readonly evidence?: string;

  @Amount({ about: 'part of the line; default: all that is not yet taken back', optional: true })
  readonly amount?: string;

  @Text({ about: 'unit that should bear it; default: service', max: 300, optional: true })
  readonly to?: string;
}

class ReplyRequest {
  @Text({ about: 'what to say' })
  readonly text: string;
}

class PreviewQuery {
  @Amount({ about: 'accepted part; default: all that is disputed', optional: true })
  readonly amount?: string;
}

class RulingRequest {
  @Flag({ about: 'true accepts, false rejects' })
  readonly accept: boolean;

  @Amount({ about: 'accepted part; default: all that is disputed', optional: true })
  readonly amount?: string;

  @Text({ about: 'why' })
  readonly reason: string;
}

class CorrectionRequest {
  @PeriodText({ about: 'closed period that is corrected' })
  readonly chargePeriod: Period;

  @Text({ about: 'unit that is charged or credited', max: 300 })
  readonly unit: string;

  @Text({ about: 'unit of the other side; default: service', max: 300, optional: true })
  readonly to?: string;

  @Amount({ about: 'charged (+) or credited (-)' })
  readonly amount: string;

  @Text({ about: 'of which decision', max: 300, optional: true })
  readonly decision?: string;

  @Text({ about: 'of which reason of contacts', max: 300, optional: true })
  readonly reasonCode?: string;

  @Text({ about: 'why' })
  readonly why: string;
}

/** Disputes of issued lines: opened by who is charged, ruled by somebody who belongs to neither side. */
@Api('Disputes', 'disputes')
export class DisputesController {
  constructor(
    private readonly disputes: DisputesService,
    private readonly versions: VersionsService,
  ) {}

  @Reads('', { about: 'disputes that one may see, newest first' })
  async list(@Who() actor: Actor, @Query() query: ListQuery) {
    return listing(await this.disputes.list(actor), (row) => row.id, query);
  }

  @Does('', { about: 'dispute an issued line' })
  async open(@Who() actor: Actor, @Body() { line, ...the }: DisputeRequest) {
    return await this.disputes.open(actor, line, the);
  }

  @Reads(':id', { about: 'a dispute with its thread, and the entity tag that edits may name' })
  async show(@Who() actor: Actor, @Param('id', CodePipe) id: string, @Res({ passthrough: true }) response: Response) {
    const dispute = await this.disputes.show(actor, id);
    response.setHeader('ETag', versionTag(dispute));
    return dispute;
  }

  @Reads(':id/preview', { about: 'what an acceptance would post' })
  async preview(@Who() actor: Actor, @Param('id', CodePipe) id: string, @Query() { amount }: PreviewQuery) {
    return { postings: await this.disputes.preview(actor, id, amount) };
  }

  @Does(':id/replies', { about: 'add to the thread', edits: true })
  async reply(
    @Who() actor: Actor,
    @Param('id', CodePipe) id: string,
    @Body() { text }: ReplyRequest,
    @IfMatch() seen?: string,
  ) {
    await this.versions.requireUnchanged(`dispute ${id}`, seen, () => this.disputes.show(actor, id));
    await this.disputes.reply(actor, id, text);
    return await this.disputes.show(actor, id);
  }

  @Does(':id/escalate', { about: 'hand an open dispute to the chief financial officer', edits: true })
  async escalate(
    @Who() actor: Actor,
    @Param('id', CodePipe) id: string,
    @Body() { reason }: ReasonRequest,
    @IfMatch() seen?: string,
  ) {
    await this.versions.requireUnchanged(`dispute ${id}`, seen, () => this.disputes.show(actor, id));
    await this.disputes.escalate(actor, id, reason);
    return await this.disputes.show(actor, id);
  }

  @Does(':id/ruling', { about: 'accept all or a part, or reject', edits: true })
  async rule(
    @Who() actor: Actor,
    @Param('id', CodePipe) id: string,
    @Body() ruling: RulingRequest,
    @IfMatch() seen?: string,
  ) {
    await this.versions.requireUnchanged(`dispute ${id}`, seen, () => this.disputes.show(actor, id));
    return await this.disputes.rule(actor, id, ruling);
  }
}

/** Corrections of closed periods that no late fact explains. */
@Api('Corrections', 'corrections')
export class CorrectionsController {
  constructor(private readonly corrections: CorrectionsService) {}

  @Reads('', { about: 'corrections, asked for and approved' })
  async list(@Who() actor: Actor, @Query() query: ListQuery) {
    return listing(await this.corrections.list(actor), (row) => row.id, query);
  }

  @Does('', { about: 'ask for a correction of a closed period' })
  async ask(@Who() actor: Actor, @Body() request: CorrectionRequest) {
    return await this.corrections.ask(actor, request);
  }

  @Does(':id/approve', { about: 'approve what another person asked for' })
  async approve(@Who() actor: Actor, @Param('id', CodePipe) id: string) {
    return await this.corrections.approve(actor, id);
  }

  @Does(':id/reverse', { about: 'ask for the exact inverse of an approved correction' })
  async reverse(@Who() actor: Actor, @Param('id', CodePipe) id: string, @Body() { reason }: ReasonRequest) {
    return await this.corrections.reverse(actor, id, reason);
  }
}
