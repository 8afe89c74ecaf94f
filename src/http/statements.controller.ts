import { Body, Param, Query, Res } from '@nestjs/common';
import type { Response } from 'express';
import { AcceptancesService } from '../application/acceptances.service.ts';
import { IssuedService } from '../application/issued.service.ts';
import { JobsService } from '../application/jobs.service.ts';
import { MailsService } from '../application/mails.service.ts';
import { statementFile } from '../application/statement-files.ts';
import { StatementsService } from '../application/statements.service.ts';
import { WorkbookService } from '../application/workbook.service.ts';
import type { Period } from '../domain/period.ts';
import type { Actor } from '../domain/roles.ts';
import { STATEMENT_FORMATS, type StatementFormat, type StatementSet } from '../domain/statements/statement-set.ts';
import { LANGUAGES, type Language } from '../workbook/plan/template.ts';
import { Who } from './bearer.guard.ts';
import { Flag, OneOf, QueryWhole, Text } from './fields.ts';
import { Accepted } from './later.ts';
import { listing, ListQuery } from './listing.ts';
import { Api, Does, Reads } from './operation.ts';
import { CodePipe, PeriodPipe } from './request.pipe.ts';

const XLSX = 'application/vnd.openxmlformats-officedocument.spreadsheetml.sheet';

class StatementsQuery {
  @Text({ about: 'of one unit', max: 300, optional: true })
  readonly unit?: string;

  @Text({ about: 'number of an earlier run', max: 20, optional: true })
  readonly run?: string;

  @OneOf(STATEMENT_FORMATS, { about: 'as a file', optional: true })
  readonly format?: StatementFormat;

  @OneOf(LANGUAGES, { about: 'of the labels of an Excel file', optional: true })
  readonly language?: Language;
}

class WorkbookRequest {
  @Text({ about: 'pack of one unit; default: the master, for an owner the own pack', max: 300, optional: true })
  readonly unit?: string;

  @Text({ about: 'number of an earlier run', max: 20, optional: true })
  readonly run?: string;

  @OneOf(LANGUAGES, { about: 'of the labels', optional: true })
  readonly language?: Language;
}

class MailRequest {
  @Text({ about: 'of one unit', max: 300, optional: true })
  readonly unit?: string;

  @Flag({ about: 'also what was mailed before', optional: true })
  readonly again?: boolean;
}

class IssuedListQuery extends ListQuery {
  @Text({ about: 'of one unit', max: 300, optional: true })
  readonly unit?: string;
}

class IssuedFilesQuery {
  @Text({ about: 'of one unit', max: 300, optional: true })
  readonly unit?: string;

  @QueryWhole({ about: 'an earlier version', min: 1, max: 1_000_000 })
  readonly version?: number;
}

/** What a run says, and what was given out: never recomputed, with the hash of the bytes as entity tag. */
@Api('Statements', 'periods/:period')
export class StatementsController {
  constructor(
    private readonly statements: StatementsService,
    private readonly workbooks: WorkbookService,
    private readonly issued: IssuedService,
    private readonly acceptances: AcceptancesService,
    private readonly jobs: JobsService,
    private readonly mails: MailsService,
  ) {}

  /** @answers StatementSet */
  @Reads('statements', {
    about: "a period's statements: as JSON, CSV, Excel or PDF",
    types: ['application/json', 'text/csv', XLSX, 'application/pdf'],
  })
  async set(
    @Who() actor: Actor,
    @Param('period', PeriodPipe) period: Period,
    @Query() { unit, run, format, language }: StatementsQuery,
    @Res() response: Response,
  ): Promise<void> {
    if (format === 'xlsx' || format === 'pdf') {
      const file = await this.workbooks[format === 'pdf' ? 'pdf' : 'file'](actor, period, { unit, run, language });
      response.setHeader('ETag', `"${file.sha256}"`);
      response.attachment(file.name).send(file.content);
      return;
    }
    const set = (await this.statements.document(actor, period, { unit, run })) as unknown as StatementSet;
    if (format === undefined) response.json(set);
    else {
      const { name, content } = statementFile(set, format, unit);
      response.attachment(name).send(content);
    }
  }

  @Reads('statements/:unit', { about: 'the canonical bytes of one statement, as they were hashed' })
  async canonical(
    @Who() actor: Actor,
    @Param('period', PeriodPipe) period: Period,
    @Param('unit', CodePipe) unit: string,
    @Res() response: Response,
  ): Promise<void> {
    const [statement] = await this.statements.canonical(actor, period, { unit });
    response.setHeader('ETag', `"${statement!.sha256}"`);
    response.type('application/json').send(statement!.bytes);
  }

  @Does('workbook', { about: 'make the master workbook, or the pack of a unit: a job that makes a file', job: true })
  async workbook(@Who() actor: Actor, @Param('period', PeriodPipe) period: Period, @Body() request: WorkbookRequest) {
    return new Accepted(await this.jobs.ask(actor, { kind: 'workbook', period, ...request }));
  }

  @Reads('issued', { about: 'issued statements, every version' })
  async list(
    @Who() actor: Actor,
    @Param('period', PeriodPipe) period: Period,
    @Query() { unit, ...query }: IssuedListQuery,
  ) {
    return listing(await this.issued.list(actor, period, unit), (row) => row.number, query);
  }

  @Reads('issued/files', { about: 'issued statements as files that check themselves' })
  async files(@Who() actor: Actor, @Param('period', PeriodPipe) period: Period, @Query() query: IssuedFilesQuery) {
    return { items: await this.issued.files(actor, period, query), next: null };
  }

  @Does('mail', {
    about: 'mail the issued statements to the owners of their units: link, hash and the file that proves itself',
  })
  async mail(@Who() actor: Actor, @Param('period', PeriodPipe) period: Period, @Body() request: MailRequest) {
    return await this.mails.mail(actor, period, request);
  }

  @Reads('acceptances', { about: 'issued statements that their owners accepted' })
  async accepted(@Who() actor: Actor, @Param('period', PeriodPipe) period: Period, @Query() query: ListQuery) {
    return listing(await this.acceptances.list(actor, period), (row) => row.number, query);
  }

  @Does('issued/:unit/accept', {
    about: 'accept the standing version of a statement; then it is not disputed any more',
  })
  async accept(
    @Who() actor: Actor,
    @Param('period', PeriodPipe) period: Period,
    @Param('unit', CodePipe) unit: string,
  ) {
    return await this.acceptances.accept(actor, period, unit);
  }
}
