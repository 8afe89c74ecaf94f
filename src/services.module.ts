import { Module, type DynamicModule } from '@nestjs/common';
import { AcceptancesService } from './application/acceptances.service.ts';
import { AuditService } from './application/audit.service.ts';
import { CorrectionsService } from './application/corrections.service.ts';
import { DecisionsService } from './application/decisions.service.ts';
import { DisputesService } from './application/disputes.service.ts';
import { ExplainService } from './application/explain.service.ts';
import { ImportsService } from './application/imports.service.ts';
import { IssuedService } from './application/issued.service.ts';
import { JobRunner } from './application/job-runner.ts';
import { JobsService } from './application/jobs.service.ts';
import { JournalsService } from './application/journals.service.ts';
import { MAIL_OPTIONS, type MailOptions } from './application/mail-transport.ts';
import { MailsService } from './application/mails.service.ts';
import { ModelsService } from './application/models.service.ts';
import { NotesService } from './application/notes.service.ts';
import { OnceService } from './application/once.service.ts';
import { ParkedService } from './application/parked.service.ts';
import { PeriodsService } from './application/periods.service.ts';
import { RunsService } from './application/runs.service.ts';
import { ScoresService } from './application/scores.service.ts';
import { SettingsService } from './application/settings.service.ts';
import { StatementsService } from './application/statements.service.ts';
import { UploadsService } from './application/uploads.service.ts';
import { UsersService } from './application/users.service.ts';
import { ValueService } from './application/value.service.ts';
import { VersionsService } from './application/versions.service.ts';
import { VerifyService } from './application/verify.service.ts';
import { WorkbookService } from './application/workbook.service.ts';
import { WordsService } from './application/words.service.ts';
import { Worker } from './application/work.ts';
import { Database } from './persistence/database.ts';

const SERVICES = [
  ImportsService,
  UploadsService,
  ModelsService,
  PeriodsService,
  StatementsService,
  ExplainService,
  VerifyService,
  UsersService,
  OnceService,
  WorkbookService,
  IssuedService,
  AcceptancesService,
  AuditService,
  SettingsService,
  DisputesService,
  CorrectionsService,
  ParkedService,
  JournalsService,
  RunsService,
  DecisionsService,
  NotesService,
  ValueService,
  ScoresService,
  WordsService,
  MailsService,
  VersionsService,
  Worker,
  JobsService,
  JobRunner,
];

/** What the product does, on one database: the same behind every door. The shell needs no more. */
@Module({})
export class ServicesModule {
  /** @param mail how mail leaves the house; null: it does not */
  static forDatabase(db: Database, mail: MailOptions | null): DynamicModule {
    const providers = [{ provide: Database, useValue: db }, { provide: MAIL_OPTIONS, useValue: mail }, ...SERVICES];
    return { module: ServicesModule, providers, exports: providers };
  }
}
