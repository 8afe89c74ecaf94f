import { Module, type DynamicModule } from '@nestjs/common';
import { HealthController } from './http/health.controller.ts';
import type { Database } from './persistence/database.ts';
import { ServicesModule } from './services.module.ts';
import { AssetsController } from './web/assets.controller.ts';
import { PagesController } from './web/pages.controller.tsx';
import { WEB_OPTIONS, type WebOptions } from './web-options.ts';

/** The product behind HTTP: services.module.ts, the pages and the checks of whoever runs it. */
@Module({})
export class AppModule {
  static forDatabase(db: Database, web: WebOptions = { demoPeople: [] }): DynamicModule {
    return {
      module: AppModule,
      imports: [ServicesModule.forDatabase(db)],
      controllers: [HealthController, AssetsController, PagesController],
      providers: [{ provide: WEB_OPTIONS, useValue: web }],
    };
  }
}
