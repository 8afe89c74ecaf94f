import { Module, type DynamicModule } from '@nestjs/common';
import { API } from './http/api.ts';
import { HealthController } from './http/health.controller.ts';
import type { Database } from './persistence/database.ts';
import { ServicesModule } from './services.module.ts';
import { PageDoor } from './web/page-door.ts';
import { PAGES } from './web/pages.ts';
import { CloseBoard } from './web/close-board.ts';
import { PageJobs } from './web/page-jobs.ts';
import { Waits } from './web/waits.ts';
import { WEB_OPTIONS, type WebOptions } from './web-options.ts';

/** The product behind HTTP: services.module.ts, the pages and the checks of whoever runs it. */
@Module({})
export class AppModule {
  static forDatabase(db: Database, web: WebOptions = { demoPeople: [] }): DynamicModule {
    return {
      module: AppModule,
      imports: [ServicesModule.forDatabase(db, web.mail ?? null)],
      controllers: [HealthController, ...API, ...PAGES],
      providers: [{ provide: WEB_OPTIONS, useValue: web }, PageDoor, Waits, CloseBoard, PageJobs],
    };
  }
}
