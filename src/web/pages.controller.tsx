import { Controller, Get, Inject, Next, NotFoundException, Param, Post, Req, Res } from '@nestjs/common';
import type { NextFunction, Request, Response } from 'express';
import type { VNode } from 'preact';
import { renderToString } from 'preact-render-to-string';
import { DecisionsService } from '../application/decisions.service.ts';
import { ExplainService } from '../application/explain.service.ts';
import { ModelsService } from '../application/models.service.ts';
import { PeriodsService } from '../application/periods.service.ts';
import { statementFile } from '../application/statement-files.ts';
import { StatementsService } from '../application/statements.service.ts';
import { UsersService } from '../application/users.service.ts';
import { Refusal } from '../domain/errors.ts';
import { isPeriod, period as periodOfText, type Period } from '../domain/period.ts';
import { may, type Actor } from '../domain/roles.ts';
import type { StatementSet } from '../domain/statements/statement-set.ts';
import type { PeriodListing } from '../persistence/periods.queries.ts';
import { amount, decimals } from './format.ts';
import type { View } from './layout.tsx';
import { sendRefusal } from './page-faults.filter.tsx';
import { ClosePage, type CloseFigures, type Deed, type PoolTieOut, type Totals } from './pages/close.tsx';
import { DecisionPage, DecisionsPage, WaitingDecisionPage } from './pages/decisions.tsx';
import { ContactPage, LinePage } from './pages/explain.tsx';
import { HomePage, type UnitCharge } from './pages/home.tsx';
import { EmptyPage, RulesPage, SignInPage } from './pages/plain.tsx';
import { contactsOf, type UnitStatement } from './pages/statement-groups.ts';
import { StatementPage } from './pages/statement.tsx';
import { StatementsPage } from './pages/statements.tsx';
import { LONGEST_SESSION_MS } from './session.ts';
import { WEB_OPTIONS, type WebOptions } from '../web-options.ts';

/** Sent instead of a page when nobody is signed in. */
class NotSignedIn extends Error {}

type Show = (view: View, actor: Actor) => VNode | Promise<VNode>;

/** The pages: each deed is a service's, each figure comes from a stored run; nothing is computed here but layout. */
@Controller()
export class PagesController {
  constructor(
    private readonly users: UsersService,
    private readonly periods: PeriodsService,
    private readonly statements: StatementsService,
    private readonly decisions: DecisionsService,
    private readonly explain: ExplainService,
    private readonly models: ModelsService,
    @Inject(WEB_OPTIONS) private readonly options: WebOptions,
  ) {}

  @Get()
  async home(@Req() request: Request, @Res() response: Response): Promise<void> {
    await this.page(
      request,
      response,
      undefined,
      (p) => `/?period=${p}`,
      async (view, actor) => {
        if (view.period === null || view.run === null) return <EmptyPage view={view} />;
        const document = await this.statements.document(actor, view.period as Period);
        const months = await this.statements.months(actor, view.period as Period);
        const units = document['units'] as unknown as UnitStatement[];
        const scale = decimals(units[0]?.gross ?? '0.00');
        const before = view.periods[view.periods.indexOf(view.period) - 1];
        const charges = units.map((unit): UnitCharge => {
          const last = months.find((month) => month.period === before && month.unit === unit.unit);
          return {
            unit: unit.unit,
            name: unit.name,
            gross: unit.gross,
            last: before === undefined ? null : amount(last?.grossMinor ?? 0n, scale),
          };
        });
        const sums = new Map<string, bigint>();
        for (const month of months) sums.set(month.period, (sums.get(month.period) ?? 0n) + month.grossMinor);
        const states = new Map(months.map((month) => [month.period as string, month.state]));
        const bars = [...sums].sort(([a], [b]) => (a < b ? -1 : 1)).slice(-12);
        const totals = document['reconciliation'] as unknown as Totals | undefined;
        return (
          <HomePage
            view={view}
            units={[...charges].sort((a, b) =>
              BigInt(a.gross.replace('.', '')) > BigInt(b.gross.replace('.', '')) ? -1 : 1,
            )}
            months={bars.map(([period, minor]) => ({
              period,
              amount: amount(minor, scale),
              preliminary: states.get(period) !== 'closed',
              href: `/?period=${period}`,
            }))}
            waits={waitsFor(actor, view)}
            ledger={totals ?? null}
            contacts={contactsOf(units.flatMap((unit) => unit.lines))}
            own={
              units.length === 1 && !may(actor, 'read_all')
                ? { statement: units[0]!, decisions: await this.titles(actor) }
                : null
            }
          />
        );
      },
    );
  }

  @Get('periods')
  async newest(@Req() request: Request, @Res() response: Response): Promise<void> {
    await this.page(
      request,
      response,
      undefined,
      (p) => `/periods/${p}`,
      (view) => this.closeBoard(view),
    );
  }

  @Get('periods/:period')
  async board(@Req() request: Request, @Res() response: Response, @Param('period') period: string): Promise<void> {
    await this.page(
      request,
      response,
      period,
      (p) => `/periods/${p}`,
      (view) => this.closeBoard(view),
    );
  }

  @Post('periods/:period/:deed')
  async move(
    @Req() request: Request,
    @Res() response: Response,
    @Param('period') text: string,
    @Param('deed') deed: string,
  ): Promise<void> {
    await this.guarded(request, response, async (actor) => {
      const period = periodOfText(text);
      if (deed === 'close') await this.periods.close(actor, period);
      else if (deed === 'submit') await this.periods.submit(actor, period);
      else if (deed === 'approve') await this.periods.approve(actor, period);
      else if (deed === 'issue') await this.periods.issue(actor, period);
      else throw new Refusal('no_such_deed', `there is no deed "${deed}"`, { kind: 'not_found' });
      response.redirect(303, `/periods/${period}`);
    });
  }

  @Get('statements{/:period}')
  async list(@Req() request: Request, @Res() response: Response, @Param('period') period?: string): Promise<void> {
    await this.page(
      request,
      response,
      period,
      (p) => `/statements/${p}`,
      async (view, actor) => {
        if (view.period === null || view.run === null) return <EmptyPage view={view} />;
        const document = await this.statements.document(actor, view.period as Period);
        const units = document['units'] as unknown as UnitStatement[];
        if (units.length === 1) return await this.statementOf(view, actor, units[0]!.unit);
        return <StatementsPage view={view} units={units} />;
      },
    );
  }

  @Get('statements/:period/:unit')
  async statement(
    @Req() request: Request,
    @Res() response: Response,
    @Param('period') period: string,
    @Param('unit') unit: string,
  ): Promise<void> {
    await this.page(
      request,
      response,
      period,
      (p) => `/statements/${p}/${encodeURIComponent(unit)}`,
      (view, actor) => this.statementOf(view, actor, unit),
    );
  }

  @Get('statements/:period/:unit/:file')
  async file(
    @Req() request: Request,
    @Res() response: Response,
    @Param('period') period: string,
    @Param('unit') unit: string,
    @Param('file') file: string,
  ): Promise<void> {
    await this.guarded(request, response, async (actor) => {
      const of = periodOfText(period);
      if (file === 'statement.json') {
        const [statement] = await this.statements.canonical(actor, of, { unit });
        response.type('application/json').send(statement!.bytes);
        return;
      }
      const format = file === 'statement.csv' ? 'csv' : file === 'statement.xlsx' ? 'xlsx' : undefined;
      if (format === undefined) throw new Refusal('no_such_file', `there is no file ${file}`, { kind: 'not_found' });
      const set = (await this.statements.document(actor, of, { unit })) as unknown as StatementSet;
      const { name, content } = await statementFile(set, format, unit);
      response.attachment(name).send(content);
    });
  }

  @Get('decisions')
  async register(@Req() request: Request, @Res() response: Response): Promise<void> {
    await this.page(request, response, undefined, null, async (view, actor) => (
      <DecisionsPage view={view} decisions={await this.decisions.list(actor)} />
    ));
  }

  @Get('decisions/:code')
  async decision(@Req() request: Request, @Res() response: Response, @Param('code') code: string): Promise<void> {
    await this.page(request, response, undefined, null, async (view, actor) => {
      try {
        return <DecisionPage view={view} report={await this.decisions.report(actor, code)} />;
      } catch (error) {
        // Own and registered, but no month since it began has been calculated.
        if (!(error instanceof Refusal && error.code === 'no_run')) throw error;
        return <WaitingDecisionPage view={view} title={(await this.titles(actor)).get(code) ?? code} />;
      }
    });
  }

  @Get('explain/line/:id')
  async line(@Req() request: Request, @Res() response: Response, @Param('id') id: string): Promise<void> {
    await this.guarded(request, response, async (actor) => {
      const explained = await this.explain.line(actor, id);
      const { unit_code: unit } = explained.line as { unit_code: string };
      const inPeriod = (p: string): string => `/statements/${p}/${encodeURIComponent(unit)}`;
      const view = await this.viewOf(request, response, actor, explained.period, inPeriod);
      const reasons = await this.statements.reasonNames();
      send(response, 200, <LinePage view={view} explained={explained} reasons={reasons} />);
    });
  }

  @Get('explain/contact/:id')
  async contact(@Req() request: Request, @Res() response: Response, @Param('id') id: string): Promise<void> {
    await this.guarded(request, response, async (actor) => {
      if (!may(actor, 'read_all')) throw new NotFoundException();
      const explained = await this.explain.contact(actor, id);
      const period = explained.run === null ? undefined : explained.period;
      const view = await this.viewOf(request, response, actor, period, null);
      send(response, 200, <ContactPage view={view} explained={explained} />);
    });
  }

  @Get('rules')
  async rules(@Req() request: Request, @Res() response: Response): Promise<void> {
    await this.page(
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

  @Get('sign-in')
  signIn(@Res() response: Response): void {
    send(response, 200, <SignInPage csrf={csrfOf(response)} fault={null} people={this.options.demoPeople} />);
  }

  @Post('sign-in')
  async signInWith(@Req() request: Request, @Res() response: Response, @Next() next: NextFunction): Promise<void> {
    try {
      const { token } = request.body as { token?: unknown };
      const actor = await this.users.actorByToken(typeof token === 'string' ? token : '');
      enter(request, response, actor.login, next);
    } catch (error) {
      if (!(error instanceof Refusal)) throw error;
      send(
        response,
        401,
        <SignInPage csrf={csrfOf(response)} fault={error.message} people={this.options.demoPeople} />,
      );
    }
  }

  /** One click to be one of the demo's people; there are none outside the demo. */
  @Post('be')
  be(@Req() request: Request, @Res() response: Response, @Next() next: NextFunction): void {
    const { login } = request.body as { login?: unknown };
    const person = this.options.demoPeople.find((candidate) => candidate.login === login);
    if (person === undefined) sendRefusal(response, 404, '');
    else enter(request, response, person.login, next);
  }

  @Post('sign-out')
  signOut(@Req() request: Request, @Res() response: Response, @Next() next: NextFunction): void {
    request.session.destroy((error: unknown) => {
      if (error) return next(error);
      response.setHeader('Clear-Site-Data', '"cache", "cookies", "storage"');
      response.redirect(303, '/sign-in');
    });
  }

  private async statementOf(view: View, actor: Actor, unit: string): Promise<VNode> {
    const document = await this.statements.document(actor, view.period as Period, { unit });
    const statement = (document['units'] as unknown as UnitStatement[])[0]!;
    return (
      <StatementPage
        view={view}
        statement={statement}
        decisions={await this.titles(actor)}
        reasons={await this.statements.reasonNames()}
      />
    );
  }

  private async titles(actor: Actor): Promise<ReadonlyMap<string, string>> {
    return new Map((await this.decisions.list(actor)).map((decision) => [decision.decision, decision.title]));
  }

  private async closeBoard(view: View): Promise<VNode> {
    const { actor } = view;
    if (!may(actor, 'read_all')) throw new NotFoundException();
    if (view.period === null) return <EmptyPage view={view} />;
    const document = view.run === null ? null : await this.statements.document(actor, view.period as Period);
    const figures: CloseFigures | null = document && {
      pools: document['pools'] as unknown as PoolTieOut[],
      totals: document['reconciliation'] as unknown as Totals,
      contacts: (document['coverage'] as { contacts: string }).contacts,
      worklist: (document['coverage'] as unknown as { worklist: CloseFigures['worklist'] }).worklist,
    };
    return <ClosePage view={view} figures={figures} deeds={deedsOf(view)} />;
  }

  private async page(
    request: Request,
    response: Response,
    wanted: string | undefined,
    inPeriod: View['inPeriod'],
    show: Show,
  ): Promise<void> {
    await this.guarded(request, response, async (actor) => {
      const view = await this.viewOf(request, response, actor, wanted, inPeriod);
      send(response, 200, await show(view, actor));
    });
  }

  private async guarded(request: Request, response: Response, deed: (actor: Actor) => Promise<void>): Promise<void> {
    try {
      const { login, signedInAt = 0 } = request.session;
      if (login === undefined || Date.now() - signedInAt > LONGEST_SESSION_MS) throw new NotSignedIn();
      if (Object.values(request.params).some((value) => value.includes('\0'))) throw new NotFoundException();
      await deed(await this.users.actorByLogin(login));
    } catch (error) {
      if (error instanceof NotSignedIn) return response.redirect(303, '/sign-in');
      if (!(error instanceof Refusal)) throw error;
      const status = { not_found: 404, forbidden: 403, conflict: 409, unprocessable: 422 }[error.kind];
      sendRefusal(response, status, error.message, error.next);
    }
  }

  private async viewOf(
    request: Request,
    response: Response,
    actor: Actor,
    wanted: string | undefined,
    inPeriod: View['inPeriod'],
  ): Promise<View> {
    const listed = await this.periods.list(actor);
    const company = await this.statements.company();
    const query = request.query['period'];
    const asked = wanted ?? (typeof query === 'string' ? query : undefined);
    if (asked !== undefined && (!isPeriod(asked) || !listed.some((row) => row.period === asked))) {
      throw new Refusal('no_such_period', `there is no period ${asked} in the books`, { kind: 'not_found' });
    }
    const withRun = listed.filter((row) => row.run_id !== null);
    const row: PeriodListing | undefined =
      asked === undefined ? withRun.at(-1) : listed.find((candidate) => candidate.period === asked);
    return {
      actor,
      csrf: csrfOf(response),
      path: request.path,
      company: company?.name ?? '',
      currency: company?.currency ?? '',
      period: row?.period ?? null,
      state: row?.state ?? null,
      run: row?.run_id == null ? null : { id: row.run_id, hash: row.run_hash! },
      periods: withRun.map((candidate) => candidate.period),
      inPeriod,
      demoPeople: this.options.demoPeople,
    };
  }
}

function enter(request: Request, response: Response, login: string, next: NextFunction): void {
  // A new session for a new person: nothing of the last one is carried over.
  request.session.regenerate((fault: unknown) => {
    if (fault) return next(fault);
    request.session.login = login;
    request.session.signedInAt = Date.now();
    request.session.save((error: unknown) => (error ? next(error) : response.redirect(303, '/')));
  });
}

function send(response: Response, status: number, page: VNode): void {
  response
    .status(status)
    .type('html')
    .send(`<!doctype html>${renderToString(page)}`);
}

function csrfOf(response: Response): string {
  return response.locals['csrf'] as string;
}

function waitsFor(actor: Actor, view: View): { text: string; href: string; deed: string }[] {
  const board = `/periods/${view.period}`;
  if (actor.role === 'finance' && view.state === 'calculated')
    return [{ text: `${view.period} is calculated and not handed in`, href: board, deed: 'Hand in' }];
  if (['controller', 'cfo'].includes(actor.role) && view.state === 'in_review')
    return [{ text: `${view.period} waits for approval`, href: board, deed: 'Review' }];
  if (actor.role === 'controller' && view.state === 'approved')
    return [{ text: `${view.period} is approved and not issued`, href: board, deed: 'Issue' }];
  if (actor.role === 'unit_owner' && view.state !== 'closed')
    return [{ text: 'Your statement is preliminary', href: `/statements/${view.period}`, deed: 'Read' }];
  return [];
}

/** Deeds of the close board for who looks, with the reason where one is not open. */
function deedsOf(view: View): Deed[] {
  const deed = (
    name: Deed['name'],
    label: string,
    right: Parameters<typeof may>[1],
    states: readonly string[],
    blocked: string,
  ): Deed => {
    const entitled = may(view.actor, right);
    const ready = states.includes(view.state ?? 'open');
    return {
      name,
      label,
      allowed: entitled && ready,
      why: !entitled
        ? `${label}: not with the role ${view.actor.role.replace('_', ' ')}.`
        : ready
          ? `${label}: open to you.`
          : `${label}: ${blocked}`,
    };
  };
  return [
    deed('close', 'Calculate', 'close', ['open', 'calculated'], 'only before review.'),
    deed('submit', 'Hand in', 'submit', ['calculated'], 'only once calculated.'),
    deed('approve', 'Approve', 'approve', ['in_review'], 'only in review, and not by who prepared.'),
    deed('issue', 'Issue', 'issue', ['approved'], 'only once approved.'),
  ];
}
