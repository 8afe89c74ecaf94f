import { Controller, Get, Req, Res } from '@nestjs/common';
import type { Request, Response } from 'express';
import { ModelsService } from '../application/models.service.ts';
import { PageDoor } from './page-door.ts';
import { RulesPage } from './pages/plain.tsx';

/** The rules in force. */
@Controller()
export class RulesController {
  constructor(
    private readonly door: PageDoor,
    private readonly models: ModelsService,
  ) {}

  @Get('rules')
  async rules(@Req() request: Request, @Res() response: Response): Promise<void> {
    await this.door.page(
      request,
      response,
      undefined,
      (p) => `/rules?period=${p}`,
      async (view, actor) => {
        const model = await this.models.show(actor, view.period ?? undefined);
        return <RulesPage view={view} yaml={model.yaml} hash={model.hash} from={model.from_period} />;
      },
    );
  }
}
