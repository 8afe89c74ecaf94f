import { Injectable } from '@nestjs/common';
import { OutOfBalance, Refusal } from '../domain/errors.ts';
import { requireRight, type Actor } from '../domain/roles.ts';
import type { Period } from '../domain/period.ts';
import { booksOf } from '../domain/statements/close.ts';
import { documentsOf, type JsonObject } from '../domain/statements/document.ts';
import { CONTACT_PARTS } from '../domain/statements/cell-facts.ts';
import { companyRow, contactCount } from '../persistence/close-inputs.queries.ts';
import { Database, type Tx } from '../persistence/database.ts';
import {
  confirmReopening,
  currentIssue,
  insertReopenRequest,
  neighbours,
  reopenRequest,
} from '../persistence/issues.queries.ts';
import { packageVersion } from '../package-root.ts';
import {
  lockPeriod,
  markApproved,
  markCalculated,
  markIssued,
  markReopened,
  markSubmitted,
  periodList,
  type PeriodListing,
  type PeriodRow,
  type PeriodState,
} from '../persistence/periods.queries.ts';
import { touchingMark } from '../persistence/kept-figures.queries.ts';
import { mailsOnIssue } from '../persistence/mails.queries.ts';
import { newestParkingRuling } from '../persistence/rulings.queries.ts';
import { controlFaults, keepRun, runRow } from '../persistence/runs.queries.ts';
import { audit } from './audit.ts';
import { issueStatements, type IssueReport } from './issue.ts';
import { keptOr } from './kept-figures.ts';
import { keptShares } from './kept-shares.ts';
import { queueMails } from './mail-queue.ts';
import type { OnStep } from './on-step.ts';
import { readCosting, type CostingReading } from './read-close.ts';
import type { Control } from './roll-up-control.ts';

export interface CloseResult {
  readonly period: Period;
  /** absent for a preview */
  readonly runId: string | null;
  readonly runHash: string;
  /** false: the same inputs had given this run before */
  readonly isNew: boolean;
  readonly preview: boolean;
  /** `statements --format json` of this result */
  readonly document: JsonObject;
}

/** Moves periods on: calculated, in review, approved, issued and closed. Rights and states are enforced here, once. */
@Injectable()
export class PeriodsService {
  constructor(private readonly db: Database) {}

  /** Costs and attributes a period's contacts, proves the outcome by the second road, and keeps it as a run; all or nothing. */
  async close(
    actor: Actor,
    period: Period,
    options: { preview?: boolean; control?: Control; onStep?: OnStep } = {},
  ): Promise<CloseResult> {
    requireRight(actor, 'close');
    const { onStep } = options;
    return await this.db.books(async (tx) => {
      const row = await lockPeriod(tx, period);
      // A preview keeps nothing, so that a reviewer, too, sees what a change would do before the period is taken back.
      const states: PeriodState[] = options.preview ? ['in_review', 'approved'] : [];
      requireState(row, ['open', 'calculated', ...states], 'calculated anew');
      onStep?.('reading the facts', 0, 4);
      const reading = await readCosting(tx, period, undefined, undefined, {
        retention: true,
        control: options.control ?? 'sample',
        keeping: 'keep',
      });
      onStep?.('costing', 1, 4);
      const books = booksOf(reading.upper, reading.inputs);
      onStep?.('proving', 2, 4);
      await proveContacts(tx, period, reading, books.coverage.parts, options.control);
      const documents = documentsOf(books, reading.context);
      const { frozen, context } = reading;
      if (options.preview) {
        return {
          period,
          runId: null,
          runHash: documents.runHash,
          isNew: false,
          preview: true,
          document: withRun(documents.period, null, documents.runHash, context),
        };
      }
      onStep?.('keeping', 3, 4);
      const { runId, isNew } = await keepRun(
        tx,
        { period, inputsHash: context.inputsHash, ...frozen, codeVersion: packageVersion, userId: actor.userId },
        books,
        documents,
      );
      await keptShares(tx, runId, () => Promise.resolve(books.shares));
      const faults = await controlFaults(tx, runId);
      if (faults.length > 0) throw new OutOfBalance(faults);
      if (row.run_id !== runId) {
        await markCalculated(tx, period, runId, actor.userId);
        await audit(tx, actor, {
          deed: 'period.close',
          object: { kind: 'period', key: period },
          before: { state: row.state, run: row.run_id },
          after: { state: 'calculated', run: runId, hash: documents.runHash },
        });
      }
      return {
        period,
        runId,
        runHash: documents.runHash,
        isNew,
        preview: false,
        document: withRun(documents.period, runId, documents.runHash, context),
      };
    });
  }

  async submit(actor: Actor, period: Period): Promise<void> {
    requireRight(actor, 'submit');
    await this.move(actor, period, { from: ['calculated'], to: 'in_review', done: 'handed in' }, async (tx, row) => {
      await requireStanding(tx, row);
      await markSubmitted(tx, period, actor.userId);
    });
  }

  /** By another person than who prepared or handed in, unless the company runs in one-person mode. */
  async approve(actor: Actor, period: Period): Promise<void> {
    requireRight(actor, 'approve');
    await this.move(actor, period, { from: ['in_review'], to: 'approved', done: 'approved' }, async (tx, row) => {
      await requireStanding(tx, row);
      await markApproved(tx, period, actor.userId, await requireTwoPeople(tx, actor, row, 'approve'));
    });
  }

  /**
   * Gives the statements out, numbered and each with an event in the audit log, and closes the period. Periods close in
   * order. @throws Refusal wrong_state, own_work, run_stale, later_closed, earlier_under_way
   */
  async issue(actor: Actor, period: Period): Promise<IssueReport> {
    requireRight(actor, 'issue');
    return await this.db.books(async (tx) => {
      const row = await lockPeriod(tx, period);
      requireState(row, ['approved'], 'issued');
      const own = await requireTwoPeople(tx, actor, row, 'issue');
      await requireStanding(tx, row);
      await requireOrder(tx, period);
      const onePerson = row.one_person || own;
      const runId = row.run_id!;
      const { hash: runHash } = (await runRow(tx, runId))!;
      const report = await issueStatements(tx, actor, { period, runId, runHash, onePerson });
      await markIssued(tx, period, actor.userId, onePerson);
      if (await mailsOnIssue(tx)) await queueMails(tx, actor, period);
      return report;
    });
  }

  /**
   * Takes a period back to calculated, with a reason. One that is not issued goes back at once; for a closed one, the
   * newest only, this asks, and another person confirms.
   * @returns whether another person has to confirm
   */
  async reopen(actor: Actor, period: Period, reason: string): Promise<{ awaitsConfirmation: boolean }> {
    requireRight(actor, 'reopen');
    if (reason.trim() === '')
      throw new Refusal('reason_missing', 'reopening a period needs a reason', {
        next: `answerable reopen ${period} --reason "…"`,
      });
    return await this.db.books(async (tx) => {
      const row = await lockPeriod(tx, period);
      requireState(row, ['in_review', 'approved', 'closed'], 'reopened');
      const object = { kind: 'period', key: period };
      if (row.state !== 'closed') {
        await markReopened(tx, period);
        const [before, after] = [{ state: row.state }, { state: 'calculated' }];
        await audit(tx, actor, { deed: 'period.reopen', object, before, after, reason });
        return { awaitsConfirmation: false };
      }
      await requireNewestClosed(tx, period);
      const issue = (await currentIssue(tx, period))!;
      await insertReopenRequest(tx, issue.issue_id, reason, actor.userId);
      await audit(tx, actor, { deed: 'period.ask_reopening', object, after: { version: issue.version }, reason });
      return { awaitsConfirmation: true };
    });
  }

  /** Opens the newest closed period again, as another person asked; its issued statements stay as they are. */
  async confirmReopening(actor: Actor, period: Period): Promise<void> {
    requireRight(actor, 'confirm_reopening');
    await this.db.books(async (tx) => {
      const row = await lockPeriod(tx, period);
      requireState(row, ['closed'], 'reopened');
      await requireNewestClosed(tx, period);
      const issue = (await currentIssue(tx, period))!;
      const request = await reopenRequest(tx, issue.issue_id);
      if (request === undefined)
        throw new Refusal('nothing_asked', `nobody asked for ${period} to be reopened`, {
          kind: 'conflict',
          next: `answerable reopen ${period} --reason "…"`,
        });
      if (request.requested_by === String(actor.userId) && !(await onePersonMode(tx)))
        throw new Refusal('own_work', `${actor.login} asked for it and cannot confirm it`, {
          kind: 'forbidden',
          next: 'ask another controller to confirm',
        });
      await confirmReopening(tx, request.request_id, actor.userId);
      await markReopened(tx, period);
      await audit(tx, actor, {
        deed: 'period.reopen',
        object: { kind: 'period', key: period },
        before: { state: 'closed', version: issue.version },
        after: { state: 'calculated' },
        reason: request.reason,
        onBehalfOf: request.login,
      });
    });
  }

  async list(actor: Actor): Promise<PeriodListing[]> {
    requireRight(actor, 'read_statement');
    return await this.db.read(actor, (tx) => periodList(tx));
  }

  private async move(
    actor: Actor,
    period: Period,
    step: { readonly from: readonly PeriodState[]; readonly to: PeriodState; readonly done: string },
    deed: (tx: Tx, row: PeriodRow) => Promise<void>,
  ): Promise<void> {
    await this.db.books(async (tx) => {
      const row = await lockPeriod(tx, period);
      requireState(row, step.from, step.done);
      await deed(tx, row);
      await audit(tx, actor, {
        deed: DEED[step.to]!,
        object: { kind: 'period', key: period },
        before: { state: row.state },
        after: { state: step.to, run: row.run_id },
      });
    });
  }
}

const DEED: Readonly<Partial<Record<PeriodState, string>>> = {
  in_review: 'period.submit',
  approved: 'period.approve',
};

const NEXT: Readonly<Record<PeriodState, string>> = {
  open: 'answerable close',
  calculated: 'answerable submit',
  in_review: 'answerable approve',
  approved: 'answerable issue',
  closed: 'answerable statements',
};

function requireState(row: PeriodRow, states: readonly PeriodState[], done: string): void {
  if (states.includes(row.state)) return;
  throw new Refusal('wrong_state', `${row.period} is ${row.state.replace('_', ' ')} and cannot be ${done}`, {
    kind: 'conflict',
    next: `${NEXT[row.state]} ${row.period}`,
  });
}

/** @returns true when the actor's own work is let pass by one-person mode @throws Refusal own_work */
async function requireTwoPeople(tx: Tx, actor: Actor, row: PeriodRow, deed: string): Promise<boolean> {
  const own = row.prepared_by === String(actor.userId) || row.submitted_by === String(actor.userId);
  if (own && !(await onePersonMode(tx))) {
    throw new Refusal('own_work', `${actor.login} prepared ${row.period} and cannot ${deed} it`, {
      kind: 'forbidden',
      next: `ask another controller to run \`answerable ${deed} ${row.period}\``,
    });
  }
  if (own && (await runRow(tx, row.run_id!))?.reads.company?.onePerson !== true) {
    throw new Refusal('run_stale', `the statements of ${row.period} do not say that one person prepares and approves`, {
      kind: 'conflict',
      next: `answerable reopen ${row.period} --reason "…", then answerable close ${row.period}`,
    });
  }
  return own;
}

async function onePersonMode(tx: Tx): Promise<boolean> {
  return (await companyRow(tx))?.onePerson ?? false;
}

/** A run rests on the periods closed before it: after another issue or reopening it has to be made anew. */
async function requireStanding(tx: Tx, row: PeriodRow): Promise<void> {
  const { newest_closed_run: newest } = await neighbours(tx, row.period);
  const { reads } = (await runRow(tx, row.run_id!))!;
  const ruled = BigInt(await newestParkingRuling(tx, row.period)) > BigInt(reads.parkingRulings ?? 0);
  if (reads.rates === newest && !ruled) return;
  const since = ruled ? 'somebody ruled on a parked unit' : 'another period was issued or reopened';
  throw new Refusal('run_stale', `since the run of ${row.period} ${since}`, {
    kind: 'conflict',
    next:
      row.state === 'calculated'
        ? `answerable close ${row.period}`
        : `answerable reopen ${row.period} --reason "…", then answerable close ${row.period}`,
  });
}

async function requireOrder(tx: Tx, period: Period): Promise<void> {
  const { later_closed: later, earlier_under_way: earlier } = await neighbours(tx, period);
  if (later !== null)
    throw new Refusal('later_closed', `${later} is closed already; periods close in order`, {
      kind: 'conflict',
      next: 'late facts of an earlier month become corrections in the open one',
    });
  if (earlier !== null)
    throw new Refusal('earlier_under_way', `${earlier} is under way; periods close in order`, {
      kind: 'conflict',
      next: `answerable issue ${earlier}`,
    });
}

async function requireNewestClosed(tx: Tx, period: Period): Promise<void> {
  const { later_closed: later } = await neighbours(tx, period);
  if (later === null) return;
  throw new Refusal('later_closed', `${later} is closed, too; only the newest closed period may be reopened`, {
    kind: 'conflict',
    next: 'answerable correct add PERIOD …',
  });
}

/** Contacts that the close read against the sums that imports keep: two roads, one number. */
async function proveContacts(
  tx: Tx,
  period: Period,
  reading: CostingReading,
  parts: bigint,
  control: Control | undefined,
): Promise<void> {
  const { watermark } = reading.frozen;
  const mark = await touchingMark(tx, watermark, { kinds: ['contacts'], from: period, to: period });
  const basis = { subject: `contacts of ${period}`, on: [mark] };
  const keeping = control === 'full' ? 'no' : 'keep';
  const expected = await keptOr(tx, keeping, basis, () => contactCount(tx, period, watermark));
  if (expected * CONTACT_PARTS !== parts) {
    throw new OutOfBalance([
      `contacts of ${period}: the roll-up has ${expected}, the close read ${Number(parts) / Number(CONTACT_PARTS)}`,
    ]);
  }
}

export function withRun(
  document: JsonObject,
  id: string | null,
  hash: string,
  context: { modelHash: string; inputsHash: string },
): JsonObject {
  const { period, currency, ...rest } = document;
  return {
    period: period!,
    currency: currency!,
    run: { id, hash, model: context.modelHash, inputs: context.inputsHash },
    ...rest,
  };
}
