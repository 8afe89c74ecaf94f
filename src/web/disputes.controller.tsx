import { Controller, Get, Param, Post, Req, Res } from '@nestjs/common';
import type { Request, Response } from 'express';
import { DecisionsService } from '../application/decisions.service.ts';
import { DisputesService, type Dispute, type PreviewPosting } from '../application/disputes.service.ts';
import { StatementsService } from '../application/statements.service.ts';
import { Refusal } from '../domain/errors.ts';
import type { Period } from '../domain/period.ts';
import { may, requireRight, type Actor } from '../domain/roles.ts';
import { decisionTitles } from './decision-titles.ts';
import { figure, optional, refusedWith, typed } from './form.tsx';
import { t } from './language.ts';
import { PageDoor } from './page-door.ts';
import { DisputePage, DisputesPage, OpenDisputePage, type DisputeDeeds, type DisputedLine } from './pages/disputes.tsx';
import { kindName, type UnitStatement } from './pages/statement-groups.ts';
import type { Refusing } from './refused.tsx';
import { send } from './send.ts';

type Fields = Readonly<Record<string, string>>;

/** Disputes: opened from a statement's line, answered by both sides, ruled by neither. */
@Controller()
export class DisputesController {
  constructor(
    private readonly door: PageDoor,
    private readonly disputes: DisputesService,
    private readonly statements: StatementsService,
    private readonly decisions: DecisionsService,
  ) {}

  @Get('disputes')
  async list(@Req() request: Request, @Res() response: Response): Promise<void> {
    await this.door.page(request, response, undefined, null, async (view, actor) => (
      <DisputesPage
        view={view}
        disputes={await this.disputes.list(actor)}
        units={await this.statements.unitNames(actor)}
      />
    ));
  }

  @Get('disputes/:id')
  async dispute(@Req() request: Request, @Res() response: Response, @Param('id') id: string): Promise<void> {
    await this.door.guarded(request, response, (actor) => this.show(request, response, actor, id));
  }

  @Post('disputes/:id/:deed')
  async act(
    @Req() request: Request,
    @Res() response: Response,
    @Param('id') id: string,
    @Param('deed') deed: string,
  ): Promise<void> {
    await this.door.guarded(request, response, async (actor) => {
      const { text = '', reason = '', outcome, amount } = typed(request);
      // Whose dispute it is not, gets one answer: that there is none.
      await this.disputes.show(actor, id);
      try {
        if (deed === 'reply') await this.disputes.reply(actor, id, text);
        else if (deed === 'escalate') await this.disputes.escalate(actor, id, text);
        else if (deed === 'rule' && (outcome === 'accept' || outcome === 'reject'))
          await this.disputes.rule(actor, id, { accept: outcome === 'accept', amount: figure(amount), reason });
        else throw new Refusal('no_such_deed', `there is no deed "${deed}"`, { kind: 'not_found' });
      } catch (error) {
        if (!(error instanceof Refusal) || error.kind !== 'unprocessable') throw error;
        return await this.show(request, response, actor, id, error);
      }
      response.redirect(303, `/disputes/${id}`);
    });
  }

  @Get('statements/:period/:unit/lines/:line/dispute')
  async form(
    @Req() request: Request,
    @Res() response: Response,
    @Param('period') period: string,
    @Param('unit') unit: string,
    @Param('line') line: string,
  ): Promise<void> {
    await this.door.guarded(request, response, (actor) =>
      this.opening(request, response, actor, { period, unit, line, fields: {} }),
    );
  }

  @Post('statements/:period/:unit/lines/:line/dispute')
  async open(
    @Req() request: Request,
    @Res() response: Response,
    @Param('period') period: string,
    @Param('unit') unit: string,
    @Param('line') line: string,
  ): Promise<void> {
    await this.door.guarded(request, response, async (actor) => {
      const fields = typed(request);
      const of = { period, unit, line, fields };
      if (fields['step'] !== 'open') return await this.opening(request, response, actor, of);
      await this.lineOf(actor, of);
      const { reason = '', evidence = '' } = fields;
      try {
        const { id } = await this.disputes.open(actor, line, { reason, evidence, ...part(fields) });
        response.redirect(303, `/disputes/${id}`);
      } catch (error) {
        await this.opening(request, response, actor, of, refusedWith(error));
      }
    });
  }

  private async opening(
    request: Request,
    response: Response,
    actor: Actor,
    of: { period: string; unit: string; line: string; fields: Fields },
    fault?: Refusing,
  ): Promise<void> {
    const line = await this.lineOf(actor, of);
    requireRight(actor, 'dispute');
    const view = await this.door.viewOf(request, response, actor, of.period, null);
    let postings: PreviewPosting[] | null = null;
    let said = fault ?? null;
    try {
      postings = await this.disputes.previewOpening(actor, of.line, part(of.fields));
    } catch (error) {
      said ??= refusedWith(error);
    }
    const page = <OpenDisputePage view={view} line={line} typed={of.fields} postings={postings} fault={said} />;
    send(response, said === null ? 200 : 422, page);
  }

  /** A line of a statement that the actor may read. @throws Refusal no_such_statement, no_such_line */
  private async lineOf(actor: Actor, of: { period: string; unit: string; line: string }): Promise<DisputedLine> {
    const document = await this.statements.document(actor, of.period as Period, { unit: of.unit });
    const statement = (document['units'] as unknown as UnitStatement[])[0]!;
    const line = statement.lines.find((candidate) => candidate.id === of.line);
    if (line === undefined)
      throw new Refusal('no_such_line', `there is no line ${of.line} in this statement`, { kind: 'not_found' });
    const reasons = await this.statements.reasonNames();
    const titles = await decisionTitles(this.decisions, actor);
    const what = line.reason === null ? kindName(line.kind) : (reasons.get(line.reason) ?? line.reason);
    const decision = line.decision === null ? '' : `, ${titles.get(line.decision) ?? line.decision}`;
    return {
      ...{ id: line.id, amount: line.amount, unit: of.unit, unitName: statement.name },
      title: `${what}${decision}`,
    };
  }

  private async show(
    request: Request,
    response: Response,
    actor: Actor,
    id: string,
    fault: Refusing | null = null,
  ): Promise<void> {
    const dispute = await this.disputes.show(actor, id);
    const view = await this.door.viewOf(request, response, actor, undefined, null);
    send(
      response,
      fault === null ? 200 : 422,
      <DisputePage
        view={view}
        dispute={dispute}
        postings={await this.postingsOf(actor, dispute)}
        units={await this.statements.unitNames(actor)}
        deeds={deedsOf(actor, dispute)}
        fault={fault}
        typed={fault === null ? {} : typed(request)}
      />,
    );
  }

  /** What an acceptance would post, or has posted. */
  private async postingsOf(actor: Actor, dispute: Dispute): Promise<PreviewPosting[] | null> {
    if (dispute.state === 'rejected') return null;
    try {
      return await this.disputes.preview(actor, dispute.id, dispute.accepted ?? undefined);
    } catch (error) {
      // The period was reopened since: the line stands in no issued statement.
      if (error instanceof Refusal && error.code === 'not_issued') return null;
      throw error;
    }
  }
}

function part(fields: Fields): { amount?: string; to?: string } {
  const [amount, to] = [figure(fields['amount']), optional(fields['to'])];
  return { ...(amount === undefined ? {} : { amount }), ...(to === undefined ? {} : { to }) };
}

function deedsOf(actor: Actor, dispute: Dispute): DisputeDeeds {
  const reply = may(actor, 'reply_to_dispute');
  const escalate = reply && dispute.state === 'open';
  const belongs =
    dispute.openedBy === actor.login ||
    [dispute.unit, dispute.counter].some((unit) => actor.units.includes(unit)) ||
    (dispute.counter === 'service' && actor.role === 'service_leader');
  if (!may(actor, 'rule_dispute')) return { reply, escalate, rule: false, why: t('a controller or the CFO rules') };
  if (belongs) return { reply, escalate, rule: false, why: t('you belong to a side, so somebody else rules') };
  if (dispute.state === 'escalated' && actor.role !== 'cfo')
    return { reply, escalate, rule: false, why: t('it is with the chief financial officer') };
  return { reply, escalate, rule: true, why: t('you belong to neither side, so you may rule') };
}
