import { Injectable } from '@nestjs/common';
import { Refusal } from '../domain/errors.ts';
import { amountText } from '../domain/money.ts';
import { addWorkingDays, type LocalDate, type Period } from '../domain/period.ts';
import { requireRight, type Actor } from '../domain/roles.ts';
import { disputePostings, type RulingPosting } from '../domain/statements/rulings.ts';
import { acceptances } from '../persistence/acceptances.queries.ts';
import { Database, type Tx } from '../persistence/database.ts';
import {
  disputeById,
  disputeList,
  disputeThread,
  holidays,
  insertAdjustments,
  insertDispute,
  insertDisputeEntry,
  insertDisputeRuling,
  issuedLines,
  lockRulings,
  type DisputeEntry,
  type DisputeRow,
  type IssuedLineRow,
} from '../persistence/disputes.queries.ts';
import { issuedStatements } from '../persistence/issues.queries.ts';
import { audit } from './audit.ts';
import { amountOf, moneyOf, requireReason, requireUnit, ruledLine, type Money } from './ruling-inputs.ts';

export type DisputeState = 'open' | 'escalated' | 'accepted' | 'rejected';

export interface Dispute {
  readonly id: string;
  readonly state: DisputeState;
  readonly line: string;
  readonly chargePeriod: Period;
  readonly unit: string;
  /** who would bear it: a unit, or service */
  readonly counter: string;
  /** of the line, that should not be charged */
  readonly amount: string;
  readonly accepted: string | null;
  readonly reason: string;
  readonly evidence: string;
  readonly dueOn: LocalDate;
  readonly overdue: boolean;
  readonly openedBy: string;
  readonly openedAt: Date;
  readonly ruledBy: string | null;
  readonly ruledAt: Date | null;
  readonly ruling: string | null;
}

export interface PreviewPosting {
  readonly unit: string;
  readonly chargePeriod: Period;
  readonly decision: string | null;
  readonly reason: string | null;
  readonly amount: string;
}

/** Ten working days for a ruling; twelve months after its issue a line can no longer be disputed (method 8). */
const WORKING_DAYS = 10;

/** Disputes of issued lines: opened by who is charged, ruled by somebody who belongs to neither side. */
@Injectable()
export class DisputesService {
  constructor(private readonly db: Database) {}

  /**
   * Opens a dispute of an issued line. @param with.amount part of the line; absent: all that is not yet taken back
   * @param with.to unit that should bear it; absent: service
   * @throws Refusal no_such_line, not_issued, time_barred, accepted_already, nothing_to_dispute, amount_too_large, dispute_open
   */
  async open(
    actor: Actor,
    line: string,
    the: { readonly reason: string; readonly evidence?: string; readonly amount?: string; readonly to?: string },
  ): Promise<Dispute> {
    requireRight(actor, 'dispute');
    requireReason(the.reason, `answerable dispute open ${line} --reason "…"`);
    // Which units there are is no secret of theirs, but an owner's own transaction sees only own units.
    if (the.to !== undefined) await this.db.books((tx) => requireUnit(tx, the.to!));
    return await this.write(actor, async (tx) => {
      await lockRulings(tx);
      const money = await moneyOf(tx);
      const { issued, amount, nth } = await disputable(tx, line, the, money);
      const opened = {
        ...{ runId: issued.run_id, line, nth, chargePeriod: issued.charge_period, amount },
        ...{ unit: issued.unit_code, counter: the.to ?? null, reason: the.reason, evidence: the.evidence ?? '' },
        dueOn: addWorkingDays(new Date().toISOString().slice(0, 10), WORKING_DAYS, await holidays(tx)),
      };
      const id = await insertDispute(tx, { ...opened, userId: actor.userId });
      await audit(tx, actor, {
        deed: 'dispute.open',
        object: { kind: 'dispute', key: id },
        after: { ...opened, amount: amountText(amount, money.digits) },
        reason: the.reason,
        onBehalfOf: actor.role === 'unit_owner' ? null : issued.unit_code,
      });
      return shown((await disputeById(tx, id))!, money);
    });
  }

  /** What a dispute of a line would post if it were opened so and accepted; nothing is written. Refuses what `open` refuses. */
  async previewOpening(
    actor: Actor,
    line: string,
    the: { readonly amount?: string; readonly to?: string },
  ): Promise<PreviewPosting[]> {
    requireRight(actor, 'dispute');
    if (the.to !== undefined) await this.db.books((tx) => requireUnit(tx, the.to!));
    return await this.db.read(actor, async (tx) => {
      const money = await moneyOf(tx);
      const { issued, amount } = await disputable(tx, line, the, money);
      const postings = disputePostings(`preview:${line}`, ruledLine(issued), amount, the.to ?? null);
      return postings.map((posting) => shownPosting(posting, money));
    });
  }

  async list(actor: Actor): Promise<Dispute[]> {
    requireRight(actor, 'read_statement');
    return await this.db.read(actor, async (tx) => {
      const rows = await disputeList(tx);
      if (rows.length === 0) return [];
      const money = await moneyOf(tx);
      return rows.map((row) => shown(row, money));
    });
  }

  /** A dispute with its thread. @throws Refusal no_such_dispute, also for one of units that the actor may not see */
  async show(actor: Actor, id: string): Promise<Dispute & { readonly thread: readonly DisputeEntry[] }> {
    requireRight(actor, 'read_statement');
    return await this.db.read(actor, async (tx) => {
      const row = await known(tx, id);
      return { ...shown(row, await moneyOf(tx)), thread: await disputeThread(tx, id) };
    });
  }

  /** Both sides and those who read all add to the thread, until it is ruled. */
  async reply(actor: Actor, id: string, text: string): Promise<void> {
    requireRight(actor, 'reply_to_dispute');
    await this.say(actor, id, 'reply', text);
  }

  /** Hands an open dispute to the chief financial officer. */
  async escalate(actor: Actor, id: string, reason: string): Promise<void> {
    requireRight(actor, 'reply_to_dispute');
    await this.say(actor, id, 'escalation', reason);
  }

  /** What an acceptance would post: who is credited and who would bear it, summing to zero. @param amount absent: all that is disputed */
  async preview(actor: Actor, id: string, amount?: string): Promise<PreviewPosting[]> {
    requireRight(actor, 'read_statement');
    return await this.db.read(actor, async (tx) => {
      const row = await known(tx, id);
      const money = await moneyOf(tx);
      const postings = await postingsOf(tx, row, acceptedAmount(row, amount, money));
      return postings.map((posting) => shownPosting(posting, money));
    });
  }

  /**
   * Rules a dispute. Accepted, its postings go into the next close: those of the preview, to the cent.
   * @throws Refusal dispute_ruled, own_side, escalated
   */
  async rule(
    actor: Actor,
    id: string,
    ruling: { readonly accept: boolean; readonly amount?: string | undefined; readonly reason: string },
  ): Promise<Dispute> {
    requireRight(actor, 'rule_dispute');
    requireReason(ruling.reason, `answerable dispute rule ${id} --accept --reason "…"`);
    return await this.db.books(async (tx) => {
      await lockRulings(tx);
      const row = await known(tx, id);
      requireOpen(row);
      requireNeitherSide(actor, row);
      const money = await moneyOf(tx);
      const amount = ruling.accept ? acceptedAmount(row, ruling.amount, money) : 0n;
      const outcome = ruling.accept ? 'accepted' : 'rejected';
      await insertDisputeRuling(tx, row, { outcome, amount, reason: ruling.reason, userId: actor.userId });
      const postings = ruling.accept ? await postingsOf(tx, row, amount) : [];
      if (postings.length > 0) await insertAdjustments(tx, groupKey(row), postings);
      await audit(tx, actor, {
        deed: 'dispute.rule',
        object: { kind: 'dispute', key: id },
        before: { state: stateOf(row) },
        after: {
          state: outcome,
          postings: postings.map((posting) => ({
            adjustment: posting.id,
            unit: posting.unit ?? 'service',
            amount: amountText(posting.amount, money.digits),
          })),
        },
        reason: ruling.reason,
      });
      return shown((await disputeById(tx, id))!, money);
    });
  }

  private async say(actor: Actor, id: string, kind: 'reply' | 'escalation', text: string): Promise<void> {
    requireReason(text, `answerable dispute ${kind === 'reply' ? 'reply' : 'escalate'} ${id} "…"`);
    await this.write(actor, async (tx) => {
      const row = await known(tx, id);
      requireOpen(row);
      if (kind === 'escalation' && row.escalated)
        throw new Refusal('escalated', `dispute ${id} is escalated already`, { kind: 'conflict' });
      await insertDisputeEntry(tx, row, kind, text, actor.userId);
      const deed = kind === 'reply' ? 'dispute.reply' : 'dispute.escalate';
      await audit(tx, actor, { deed, object: { kind: 'dispute', key: id }, reason: text });
    });
  }

  /** A unit owner writes under the database's own checks, others as the books. */
  private async write<T>(actor: Actor, deed: (tx: Tx) => Promise<T>): Promise<T> {
    return actor.role === 'unit_owner' ? await this.db.own(actor, deed) : await this.db.books(deed);
  }
}

/** The line, how much of it is disputed, and its number among the line's disputes. */
async function disputable(
  tx: Tx,
  line: string,
  the: { readonly amount?: string; readonly to?: string },
  money: Money,
): Promise<{ issued: IssuedLineRow; amount: bigint; nth: number }> {
  const issued = await disputableLine(tx, line);
  if (the.to === issued.unit_code) throw new Refusal('same_unit', `${the.to} cannot be both sides`);
  await requireNotAccepted(tx, issued);
  const earlier = await disputeList(tx, line);
  const unruled = earlier.find((dispute) => dispute.outcome === null);
  if (unruled)
    throw new Refusal('dispute_open', `line ${line} is in dispute ${unruled.dispute_id} already`, {
      kind: 'conflict',
      next: `answerable dispute show ${unruled.dispute_id}`,
    });
  return { issued, amount: disputedAmount(issued, earlier, the.amount, money), nth: earlier.length + 1 };
}

async function disputableLine(tx: Tx, line: string): Promise<IssuedLineRow> {
  const [issued] = await issuedLines(tx, { line });
  if (issued === undefined)
    throw new Refusal('no_such_line', `there is no line ${line} in an issued statement`, {
      kind: 'not_found',
      next: 'answerable statements PERIOD',
    });
  if (issued.treatment !== 'charged' || issued.amount_minor === '0')
    throw new Refusal('nothing_to_dispute', `line ${line} charges nothing`, { kind: 'conflict' });
  if (issued.time_barred)
    throw new Refusal('time_barred', `line ${line} was issued more than twelve months ago`, { kind: 'conflict' });
  return issued;
}

/** @throws Refusal accepted_already */
async function requireNotAccepted(tx: Tx, line: IssuedLineRow): Promise<void> {
  const [statement] = await issuedStatements(tx, line.period, { run: line.run_id, unit: line.unit_code });
  const accepted = (await acceptances(tx, line.period)).find(({ number }) => number === statement?.number);
  if (accepted)
    throw new Refusal('accepted_already', `statement ${accepted.number} is accepted by ${accepted.accepted_by}`, {
      kind: 'conflict',
      next: 'ask finance for a correction',
    });
}

/** At most what earlier disputes have left of the line, with the line's sign. */
function disputedAmount(
  line: IssuedLineRow,
  earlier: readonly DisputeRow[],
  text: string | undefined,
  money: Money,
): bigint {
  const taken = earlier.reduce((sum, dispute) => sum + BigInt(dispute.ruled_minor ?? 0), 0n);
  const left = BigInt(line.amount_minor) - taken;
  if (left === 0n)
    throw new Refusal('nothing_to_dispute', `line ${line.line_id} was taken back altogether`, { kind: 'conflict' });
  return within(text === undefined ? left : amountOf(text, money), left, money, 'of the line');
}

function acceptedAmount(row: DisputeRow, text: string | undefined, money: Money): bigint {
  const disputed = BigInt(row.amount_minor);
  return within(text === undefined ? disputed : amountOf(text, money), disputed, money, 'in dispute');
}

function within(amount: bigint, limit: bigint, money: Money, of: string): bigint {
  const fits = limit > 0n ? amount > 0n && amount <= limit : amount < 0n && amount >= limit;
  if (fits) return amount;
  const shownLimit = amountText(limit, money.digits);
  throw new Refusal('amount_too_large', `${amountText(amount, money.digits)} is not a part of the ${shownLimit} ${of}`);
}

async function known(tx: Tx, id: string): Promise<DisputeRow> {
  const row = /^\d{1,18}$/.test(id) ? await disputeById(tx, id) : undefined;
  if (row) return row;
  throw new Refusal('no_such_dispute', `there is no dispute ${id}`, {
    kind: 'not_found',
    next: 'answerable dispute list',
  });
}

function requireOpen(row: DisputeRow): void {
  if (row.outcome === null) return;
  throw new Refusal('dispute_ruled', `dispute ${row.dispute_id} is ${row.outcome}`, {
    kind: 'conflict',
    next: `answerable dispute show ${row.dispute_id}`,
  });
}

function requireNeitherSide(actor: Actor, row: DisputeRow): void {
  const sides = [row.unit_code, ...(row.counter_unit === null ? [] : [row.counter_unit])];
  const belongs =
    row.opened_by_id === String(actor.userId) ||
    sides.some((unit) => actor.units.includes(unit)) ||
    (row.counter_unit === null && actor.role === 'service_leader');
  if (belongs)
    throw new Refusal(
      'own_side',
      `${actor.login} belongs to a side of dispute ${row.dispute_id} and does not rule it`,
      {
        kind: 'forbidden',
        next: 'ask a controller who belongs to neither side',
      },
    );
  if (row.escalated && actor.role !== 'cfo')
    throw new Refusal('escalated', `dispute ${row.dispute_id} is escalated: the chief financial officer rules`, {
      kind: 'forbidden',
      next: 'ask someone who is cfo',
    });
}

/** The same for a preview and for the ruling. */
async function postingsOf(tx: Tx, row: DisputeRow, amount: bigint): Promise<RulingPosting[]> {
  const [line] = await issuedLines(tx, { line: row.line_id });
  if (!line)
    throw new Refusal('not_issued', `line ${row.line_id} is in no standing statement any more`, { kind: 'conflict' });
  return disputePostings(groupKey(row), ruledLine(line), amount, row.counter_unit);
}

function shownPosting(posting: RulingPosting, money: Money): PreviewPosting {
  return {
    unit: posting.unit ?? 'service',
    chargePeriod: posting.chargePeriod,
    decision: posting.decision,
    reason: posting.reason,
    amount: amountText(posting.amount, money.digits),
  };
}

const groupKey = (row: DisputeRow): string => `dispute:${row.line_id}:${row.nth}`;

function stateOf(row: DisputeRow): DisputeState {
  return row.outcome ?? (row.escalated ? 'escalated' : 'open');
}

function shown(row: DisputeRow, money: Money): Dispute {
  return {
    id: row.dispute_id,
    state: stateOf(row),
    line: row.line_id,
    chargePeriod: row.charge_period,
    unit: row.unit_code,
    counter: row.counter_unit ?? 'service',
    amount: amountText(BigInt(row.amount_minor), money.digits),
    accepted: row.outcome === 'accepted' ? amountText(BigInt(row.ruled_minor!), money.digits) : null,
    reason: row.reason,
    evidence: row.evidence,
    dueOn: row.due_on,
    overdue: row.overdue,
    openedBy: row.opened_by,
    openedAt: row.opened_at,
    ruledBy: row.ruled_by,
    ruledAt: row.ruled_at,
    ruling: row.ruling,
  };
}
