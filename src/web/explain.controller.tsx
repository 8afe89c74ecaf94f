import { Controller, Get, NotFoundException, Param, Post, Req, Res } from '@nestjs/common';
import type { Request, Response } from 'express';
import { ExplainService, type LineExplanation } from '../application/explain.service.ts';
import { StatementsService } from '../application/statements.service.ts';
import { WordsService, type Words } from '../application/words.service.ts';
import { may, type Actor } from '../domain/roles.ts';
import { PageDoor } from './page-door.ts';
import { ContactPage, LinePage } from './pages/explain.tsx';
import { send } from './send.ts';

/** The why-chain, from a charge and from a contact. */
@Controller()
export class ExplainController {
  constructor(
    private readonly door: PageDoor,
    private readonly explain: ExplainService,
    private readonly said: WordsService,
    private readonly statements: StatementsService,
  ) {}

  @Get('explain/line/:id')
  async line(@Req() request: Request, @Res() response: Response, @Param('id') id: string): Promise<void> {
    await this.door.guarded(request, response, async (actor) => {
      await this.showLine(request, response, actor, await this.explain.line(actor, id), null);
    });
  }

  /** The same with customers' words; by POST because every look at them is written down. */
  @Post('explain/line/:id/words')
  async words(@Req() request: Request, @Res() response: Response, @Param('id') id: string): Promise<void> {
    await this.door.guarded(request, response, async (actor) => {
      const { explained, words } = await this.said.ofLine(actor, id);
      await this.showLine(request, response, actor, explained, words);
    });
  }

  @Get('explain/contact/:id')
  async contact(@Req() request: Request, @Res() response: Response, @Param('id') id: string): Promise<void> {
    await this.door.guarded(request, response, async (actor) => {
      if (!may(actor, 'read_all')) throw new NotFoundException();
      const explained = await this.explain.contact(actor, id);
      const period = explained.run === null ? undefined : explained.period;
      const view = await this.door.viewOf(request, response, actor, period, null);
      send(response, 200, <ContactPage view={view} explained={explained} />);
    });
  }

  private async showLine(
    request: Request,
    response: Response,
    actor: Actor,
    explained: LineExplanation,
    words: readonly Words[] | null,
  ): Promise<void> {
    const { unit_code: unit } = explained.line as { unit_code: string };
    const inPeriod = (p: string): string => `/statements/${p}/${encodeURIComponent(unit)}`;
    const view = await this.door.viewOf(request, response, actor, explained.period, inPeriod);
    const reasons = await this.statements.reasonNames();
    send(response, 200, <LinePage {...{ view, explained, reasons, words }} />);
  }
}
