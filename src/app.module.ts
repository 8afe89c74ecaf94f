import { Module, type DynamicModule } from '@nestjs/common';
import { AuditService } from './application/audit.service.ts';
import { DecisionsService } from './application/decisions.service.ts';
import { CorrectionsService } from './application/corrections.service.ts';
import { DisputesService } from './application/disputes.service.ts';
import { ExplainService } from './application/explain.service.ts';
import { ImportsService } from './application/imports.service.ts';
import { IssuedService } from './application/issued.service.ts';
import { JournalsService } from './application/journals.service.ts';
import { ModelsService } from './application/models.service.ts';
import { ParkedService } from './application/parked.service.ts';
import { PeriodsService } from './application/periods.service.ts';
import { RunsService } from './application/runs.service.ts';
import { SettingsService } from './application/settings.service.ts';
import { StatementsService } from './application/statements.service.ts';
import { UsersService } from './application/users.service.ts';
import { VerifyService } from './application/verify.service.ts';
import { HealthController } from './http/health.controller.ts';
import { Database } from './persistence/database.ts';
import { AssetsController } from './web/assets.controller.ts';
import { PagesController } from './web/pages.controller.tsx';
import { WEB_OPTIONS, type WebOptions } from './web-options.ts';

/** The product on one database: the same services behind the shell and behind HTTP. */
@Module({})
export class AppModule {
  static forDatabase(db: Database, web: WebOptions = { demoPeople: [] }): DynamicModule {
    return {
      module: AppModule,
      controllers: [HealthController, AssetsController, PagesController],
      providers: [
        { provide: Database, useValue: db },
        ImportsService,
        ModelsService,
        PeriodsService,
        StatementsService,
        ExplainService,
        VerifyService,
        UsersService,
        IssuedService,
        AuditService,
        SettingsService,
        DisputesService,
        CorrectionsService,
        ParkedService,
        JournalsService,
        RunsService,
        DecisionsService,
        { provide: WEB_OPTIONS, useValue: web },
      ],
    };
  }
}
