import { Injectable } from '@nestjs/common';
import { Refusal } from '../domain/errors.ts';
import { sha256 } from '../domain/ids.ts';
import { amountText } from '../domain/money.ts';
import type { Period } from '../domain/period.ts';
import { requireRight, type Actor } from '../domain/roles.ts';
import { correctionPostings } from '../domain/statements/rulings.ts';
import { companyRow } from '../persistence/close-inputs.queries.ts';
import { Database, type Tx } from '../persistence/database.ts';
import { insertAdjustments, lockRulings } from '../persistence/disputes.queries.ts';
import { currentIssue } from '../persistence/issues.queries.ts';
import {
  approveCorrection,
  correctionById,
  correctionList,
  insertCorrection,
  type CorrectionRow,
} from '../persistence/rulings.queries.ts';
import { audit } from './audit.ts';
import { amountOf, moneyOf, requireReason, requireUnit, type Money } from './ruling-inputs.ts';

export interface Correction {
  readonly id: string;
  readonly state: 'asked' | 'approved';
  readonly chargePeriod: Period;
  readonly unit: string;
  readonly counter: string;
  readonly decision: string | null;
  readonly amount: string;
  readonly why: string;
  readonly reverses: string | null;
  readonly reversedBy: string | null;
  readonly askedBy: string;
  readonly approvedBy: string | null;
}

/**
 * Corrections of closed periods that no late fact explains: asked for by finance, approved by another, booked by the
 * next close, taken back only by their exact inverse. Late contacts and ledger entries need none: the close finds them.
 */
@Injectable()
export class CorrectionsService {
  constructor(private readonly db: Database) {}

  /** @param the.amount charged (+) to the unit or credited (−); the other side, a unit or service, bears the opposite */
  async ask(
    actor: Actor,
    the: {
      readonly chargePeriod: Period;
      readonly unit: string;
      readonly to?: string | undefined;
      readonly amount: string;
      readonly decision?: string | undefined;
      readonly reasonCode?: string | undefined;
      readonly why: string;
    },
  ): Promise<Correction> {
    requireRight(actor, 'correct');
    requireReason(the.why, `answerable correct add ${the.chargePeriod} --unit ${the.unit} --amount … --reason "…"`);
    return await this.db.books(async (tx) => {
      const money = await moneyOf(tx);
      const amount = amountOf(the.amount, money);
      if (amount === 0n) throw new Refusal('bad_amount', 'a correction of nothing corrects nothing');
      if ((await currentIssue(tx, the.chargePeriod)) === undefined)
        throw new Refusal('not_issued', `${the.chargePeriod} is not issued: correct its facts instead`, {
          kind: 'conflict',
          next: 'answerable import KIND FILE',
        });
      await requireUnit(tx, the.unit);
      if (the.to !== undefined) await requireUnit(tx, the.to);
      if (the.to === the.unit) throw new Refusal('same_unit', `${the.unit} cannot be both sides`);
      const { chargePeriod, unit, decision = null, reasonCode = null } = the;
      const counter = the.to ?? null;
      return await keep(tx, actor, money, {
        ...{ chargePeriod, unit, counter, decision, reasonCode, amount },
        ...{ reverses: null, reason: the.why },
      });
    });
  }

  /** Asks for the exact inverse of an approved correction. @throws Refusal not_approved, reversed_already */
  async reverse(actor: Actor, id: string, why: string): Promise<Correction> {
    requireRight(actor, 'correct');
    requireReason(why, `answerable correct reverse ${id} --reason "…"`);
    return await this.db.books(async (tx) => {
      await lockRulings(tx);
      const row = await known(tx, id);
      if (row.approved_at === null)
        throw new Refusal('not_approved', `correction ${id} is not approved, so there is nothing to take back`, {
          kind: 'conflict',
        });
      if (row.reversed_by !== null)
        throw new Refusal('reversed_already', `correction ${row.reversed_by} takes ${id} back`, { kind: 'conflict' });
      return await keep(tx, actor, await moneyOf(tx), {
        chargePeriod: row.charge_period,
        unit: row.unit_code,
        counter: row.counter_unit,
        decision: row.decision_code,
        reasonCode: row.reason_code,
        amount: -BigInt(row.amount_minor),
        reverses: id,
        reason: why,
      });
    });
  }

  /** By another person than who asked. Its postings go into the next close. @throws Refusal own_work, approved_already */
  async approve(actor: Actor, id: string): Promise<Correction> {
    requireRight(actor, 'approve_correction');
    return await this.db.books(async (tx) => {
      await lockRulings(tx);
      const row = await known(tx, id);
      if (row.approved_at !== null)
        throw new Refusal('approved_already', `correction ${id} is approved by ${row.approved_by}`, {
          kind: 'conflict',
        });
      if (row.requested_by_id === String(actor.userId) && !(await companyRow(tx))?.onePerson)
        throw new Refusal('own_work', `${actor.login} asked for correction ${id} and cannot approve it`, {
          kind: 'forbidden',
          next: 'ask another controller',
        });
      await approveCorrection(tx, id, actor.userId);
      const key = groupKey(row, await correctionList(tx));
      const reverses = row.reverses === null ? null : groupKey(await known(tx, row.reverses), await correctionList(tx));
      const postings = correctionPostings(key, {
        unit: row.unit_code,
        counter: row.counter_unit,
        chargePeriod: row.charge_period,
        decision: row.decision_code,
        reason: row.reason_code,
        amount: BigInt(row.amount_minor),
        reverses,
      });
      await insertAdjustments(tx, key, postings);
      const { digits } = await moneyOf(tx);
      await audit(tx, actor, {
        deed: 'correction.approve',
        object: { kind: 'correction', key: id },
        before: { state: 'asked' },
        after: {
          state: 'approved',
          postings: postings.map(({ unit, amount }) => ({
            unit: unit ?? 'service',
            amount: amountText(amount, digits),
          })),
        },
        onBehalfOf: row.requested_by,
      });
      return shown((await correctionById(tx, id))!, { digits });
    });
  }

  async list(actor: Actor): Promise<Correction[]> {
    requireRight(actor, 'read_all');
    return await this.db.read(actor, async (tx) => {
      const rows = await correctionList(tx);
      if (rows.length === 0) return [];
      const money = await moneyOf(tx);
      return rows.map((row) => shown(row, money));
    });
  }
}

async function keep(
  tx: Tx,
  actor: Actor,
  money: Money,
  asked: Omit<Parameters<typeof insertCorrection>[1], 'userId'>,
): Promise<Correction> {
  const id = await insertCorrection(tx, { ...asked, userId: actor.userId });
  await audit(tx, actor, {
    deed: asked.reverses === null ? 'correction.ask' : 'correction.ask_reversal',
    object: { kind: 'correction', key: id },
    after: { ...asked, amount: amountText(asked.amount, money.digits) },
    reason: asked.reason,
  });
  return shown((await correctionById(tx, id))!, money);
}

async function known(tx: Tx, id: string): Promise<CorrectionRow> {
  const row = /^\d{1,18}$/.test(id) ? await correctionById(tx, id) : undefined;
  if (row) return row;
  throw new Refusal('no_such_correction', `there is no correction ${id}`, {
    kind: 'not_found',
    next: 'answerable correct list',
  });
}

/** Names a correction by what it says, not by its number: the same corrections give the same bytes. */
function groupKey(row: CorrectionRow, all: readonly CorrectionRow[]): string {
  const contentOf = (of: CorrectionRow): string =>
    JSON.stringify([
      ...[of.charge_period, of.unit_code, of.counter_unit, of.decision_code, of.reason_code, of.amount_minor],
      of.reason,
    ]);
  const content = contentOf(row);
  const nth = all.filter((of) => BigInt(of.correction_id) < BigInt(row.correction_id) && contentOf(of) === content);
  return `correction:${sha256(content).slice(0, 20)}:${nth.length + 1}`;
}

function shown(row: CorrectionRow, { digits }: Pick<Money, 'digits'>): Correction {
  return {
    id: row.correction_id,
    state: row.approved_at === null ? 'asked' : 'approved',
    chargePeriod: row.charge_period,
    unit: row.unit_code,
    counter: row.counter_unit ?? 'service',
    decision: row.decision_code,
    amount: amountText(BigInt(row.amount_minor), digits),
    why: row.reason,
    reverses: row.reverses,
    reversedBy: row.reversed_by,
    askedBy: row.requested_by,
    approvedBy: row.approved_by,
  };
}
