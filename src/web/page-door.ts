import { Inject, Injectable, NotFoundException } from '@nestjs/common';
import type { Request, Response } from 'express';
import type { VNode } from 'preact';
import { PeriodsService } from '../application/periods.service.ts';
import { StatementsService } from '../application/statements.service.ts';
import { UsersService } from '../application/users.service.ts';
import { Refusal } from '../domain/errors.ts';
import { isPeriod } from '../domain/period.ts';
import { may, type Actor } from '../domain/roles.ts';
import type { PeriodListing } from '../persistence/periods.queries.ts';
import { askedBy, requestIdOf } from '../request-log.ts';
import { WEB_OPTIONS, type WebOptions } from '../web-options.ts';
import type { View } from './layout.tsx';
import { RefusalPage } from './pages/plain.tsx';
import { send } from './send.ts';
import { LONGEST_SESSION_MS } from './session.ts';

/** Sent instead of a page when nobody is signed in. */
class NotSignedIn extends Error {}

type Show = (view: View, actor: Actor) => VNode | Promise<VNode>;

/** The door every page goes through: who asks, in which period, and how a refusal is told. */
@Injectable()
export class PageDoor {
  constructor(
    private readonly users: UsersService,
    private readonly periods: PeriodsService,
    private readonly statements: StatementsService,
    @Inject(WEB_OPTIONS) private readonly options: WebOptions,
  ) {}

  /** A page of the period wanted, or of the newest that has figures. */
  async page(
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

  /** A deed of whoever is signed in; refusals become pages. */
  async guarded(request: Request, response: Response, deed: (actor: Actor) => Promise<void>): Promise<void> {
    try {
      const { login, signedInAt = 0 } = request.session;
      if (login === undefined || Date.now() - signedInAt > LONGEST_SESSION_MS) throw new NotSignedIn();
      if (Object.values(request.params).some((value) => value.includes('\0'))) throw new NotFoundException();
      const actor = await this.users.actorByLogin(login);
      askedBy(response, actor.userId);
      await deed({ ...actor, from: { door: 'web', request: requestIdOf(response) } });
    } catch (error) {
      if (error instanceof NotSignedIn) return response.redirect(303, '/sign-in');
      if (!(error instanceof Refusal)) throw error;
      const status = { not_found: 404, forbidden: 403, conflict: 409, unprocessable: 422 }[error.kind];
      send(response, status, RefusalPage({ status, why: error }));
    }
  }

  /** What every page needs to know. @throws Refusal no_such_period */
  async viewOf(
    request: Request,
    response: Response,
    actor: Actor,
    wanted: string | undefined,
    inPeriod: View['inPeriod'],
  ): Promise<View> {
    // An admin sees accounts and settings, and no period.
    const listed = may(actor, 'read_statement') ? await this.periods.list(actor) : [];
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

export function csrfOf(response: Response): string {
  return response.locals['csrf'] as string;
}
