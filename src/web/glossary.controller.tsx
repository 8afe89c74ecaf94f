import { Controller, Get, Req, Res } from '@nestjs/common';
import type { Request, Response } from 'express';
import { glossary } from './glossary.ts';
import { PageDoor } from './page-door.ts';
import { GlossaryPage } from './pages/glossary.tsx';

/** The words of the product, for whoever is signed in. */
@Controller('glossary')
export class GlossaryController {
  private readonly groups = glossary();

  constructor(private readonly door: PageDoor) {}

  @Get()
  async words(@Req() request: Request, @Res() response: Response): Promise<void> {
    await this.door.page(request, response, undefined, null, (view) => (
      <GlossaryPage view={view} groups={this.groups} />
    ));
  }
}
