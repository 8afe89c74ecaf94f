import { Body, Param, Query, Req, Res } from '@nestjs/common';
import type { Response } from 'express';
import { AuditService } from '../application/audit.service.ts';
import { JobsService } from '../application/jobs.service.ts';
import { readHeads, readIssuedFile } from '../application/issued-files.ts';
import { JournalsService, type Journal } from '../application/journals.service.ts';
import { genericMapping } from '../application/journal-mapping.ts';
import { VerifyService } from '../application/verify.service.ts';
import { WorkbookService } from '../application/workbook.service.ts';
import type { AuditBody, AuditEvent } from '../domain/audit-chain.ts';
import { OutOfBalance, Refusal } from '../domain/errors.ts';
import type { Period } from '../domain/period.ts';
import type { Actor } from '../domain/roles.ts';
import { verifyIssuedFile } from '../domain/statements/issued-file.ts';
import { Who } from './bearer.guard.ts';
import { PeriodText, QueryWhole, Text } from './fields.ts';
import { Accepted } from './later.ts';
import type { Listing } from './listing.ts';
import { Api, Does, Reads, Tries } from './operation.ts';
import type { UploadRequest } from './request.interceptor.ts';
import { PeriodPipe } from './request.pipe.ts';

const USUAL = 100;

class JournalRequest {
  @Text({ about: 'text of a journal mapping; default: the generic one', max: 100_000, optional: true })
  readonly mapping?: string;
}

class ReceiptRequest {
  @Text({ about: 'what the ledger answered, as CSV', max: 1_000_000 })
  readonly receipt: string;
}

class EventQuery {
  @Text({ about: 'of one object: a period, a login, the number of an import …', max: 300, optional: true })
  readonly object?: string;

  @Text({ about: 'of one kind, e.g. period.approve', max: 100, optional: true })
  readonly deed?: string;

  @Text({ about: 'of one person', max: 100, optional: true })
  readonly user?: string;

  @QueryWhole({ about: 'most events of one answer', min: 1, max: 1_000 })
  readonly limit?: number;
}

class EventsQuery extends EventQuery {
  @QueryWhole({ about: 'the `next` of the answer before', min: 0, max: 1_000_000_000_000 })
  readonly after?: number;
}

class HeadsRequest {
  @Text({ about: 'lines of the public head file so far', max: 3_000_000, optional: true })
  readonly published?: string;
}

class VerificationQuery {
  @PeriodText({ about: 'default: everything that was closed, and the audit log', optional: true })
  readonly period?: Period;

  @Text({ about: 'one run instead, byte for byte', max: 20, optional: true })
  readonly run?: string;
}

class VerificationRequest extends VerificationQuery {}

class FileRequest {
  @Text({ about: 'text of an issued file', max: 3_000_000 })
  readonly file: string;

  @Text({ about: 'text of published heads of the audit log', max: 3_000_000, optional: true })
  readonly heads?: string;
}

/** Journals for the general ledger. */
@Api('Journals', 'periods/:period/journal')
export class JournalsController {
  constructor(private readonly journals: JournalsService) {}

  @Does('', { about: 'balanced lines of a closed period for the general ledger; asked again, the same file' })
  async make(@Who() actor: Actor, @Param('period', PeriodPipe) period: Period, @Body() { mapping }: JournalRequest) {
    const used = mapping === undefined ? genericMapping() : { yaml: mapping, file: 'mapping' };
    return shown(await this.journals.journal(actor, period, used));
  }

  @Does('receipt', { about: 'hold what the ledger answered against the file, and keep it once' })
  async receipt(@Who() actor: Actor, @Param('period', PeriodPipe) period: Period, @Body() { receipt }: ReceiptRequest) {
    return shown(await this.journals.receipt(actor, period, receipt));
  }
}

/** The audit log, and what proves that nothing was changed. */
@Api('Audit')
export class AuditController {
  constructor(
    private readonly log: AuditService,
    private readonly verifier: VerifyService,
    private readonly workbooks: WorkbookService,
    private readonly jobs: JobsService,
  ) {}

  @Reads('audit', { about: 'events in the order of the chain' })
  async list(
    @Who() actor: Actor,
    @Query() { user, limit = USUAL, ...filter }: EventsQuery,
  ): Promise<Omit<Listing<AuditBody>, 'next'> & { next: number | null }> {
    const events = await this.log.list(actor, { ...filter, actor: user }, limit);
    return { items: events.map(bodyOf), next: events.length < limit ? null : events.at(-1)!.no };
  }

  @Reads('audit/newest', { about: 'the newest events, newest first' })
  async newest(@Who() actor: Actor, @Query() { user, limit = USUAL, ...filter }: EventQuery) {
    const events = await this.log.newest(actor, { ...filter, actor: user }, limit);
    return { items: events.map(bodyOf), next: null };
  }

  @Reads('audit/export', { about: 'the whole log as lines of JSON', types: ['application/jsonl'] })
  async export(@Who() actor: Actor, @Res() response: Response): Promise<void> {
    const lines: string[] = [];
    const head = await this.log.export(actor, (line) => void lines.push(line));
    response.setHeader('Answerable-Head', `${head.no} ${head.hash}`);
    response.attachment('audit.jsonl').type('application/jsonl').send(lines.join(''));
  }

  @Reads('audit/verification', { about: 'recompute every hash of the chain' })
  async chain(@Who() actor: Actor) {
    return await this.log.verify(actor);
  }

  @Does('audit/heads', { about: 'the head of the chain as the next line of a file that others keep' })
  async head(@Who() actor: Actor, @Body() { published = '' }: HeadsRequest) {
    try {
      return await this.log.publish(actor, readHeads(published, 'published'), 'api');
    } catch (error) {
      // Whoever sent the heads may have sent those of another log: here that is no fault of the books.
      if (error instanceof OutOfBalance)
        throw new Refusal('heads_differ', error.message, { kind: 'conflict', details: error.differences });
      throw error;
    }
  }

  @Reads('verification', { about: 'recompute every hash and balance from the stored inputs' })
  async verify(@Who() actor: Actor, @Query() { period, run }: VerificationQuery) {
    return run === undefined ? await this.verifier.verify(actor, period) : await this.verifier.verifyRun(actor, run);
  }

  @Does('verification', { about: 'recompute every hash and balance from the stored inputs, as a job', job: true })
  async verifyLater(@Who() actor: Actor, @Body() request: VerificationRequest) {
    return new Accepted(await this.jobs.ask(actor, { kind: 'verify', ...request }));
  }

  @Tries('verification/workbook', {
    about: 'hold a workbook, or a copy that some program saved, against its own result hash and its run',
    upload: true,
  })
  async workbook(@Who() actor: Actor, @Req() { upload }: UploadRequest) {
    return await this.workbooks.verify(actor, upload.path, upload.name);
  }

  @Tries('verification/file', { about: 'check an issued file by itself, against published heads when given' })
  file(@Body() { file, heads }: FileRequest) {
    return verifyIssuedFile(readIssuedFile(file, 'file'), heads === undefined ? undefined : readHeads(heads, 'heads'));
  }
}

const bodyOf = (event: AuditEvent): AuditBody => JSON.parse(event.body) as AuditBody;

function shown({ content, ...journal }: Journal) {
  return { ...journal, content: content.toString('utf8') };
}
