import { Module, type DynamicModule } from '@nestjs/common';
import { UsersService } from './application/users.service.ts';
import { HealthController } from './http/health.controller.ts';
import { Database } from './persistence/database.ts';

/** The product on one database: the same services behind the shell and behind HTTP. */
@Module({})
export class AppModule {
  static forDatabase(db: Database): DynamicModule {
    return {
      module: AppModule,
      controllers: [HealthController],
      providers: [{ provide: Database, useValue: db }, UsersService],
    };
  }
}
