import { Injectable } from '@nestjs/common';
import { Refusal } from '../domain/errors.ts';
import { amountText } from '../domain/money.ts';
import { addWorkingDays, type LocalDate, type Period } from '../domain/period.ts';
import { requireRight, type Actor } from '../domain/roles.ts';
import { keptPostings, releasePostings } from '../domain/statements/rulings.ts';
import { companyRow } from '../persistence/close-inputs.queries.ts';
import { Database } from '../persistence/database.ts';
import { holidays, insertAdjustments, issuedLines, lockRulings } from '../persistence/disputes.queries.ts';
import { lockPeriod } from '../persistence/periods.queries.ts';
import { insertParkingRuling, parkedUnits, type ParkedUnitRow } from '../persistence/rulings.queries.ts';
import { audit } from './audit.ts';
import { moneyOf, requireReason, ruledLine } from './ruling-inputs.ts';

export interface ParkedCharge {
  readonly period: Period;
  readonly unit: string;
  readonly amount: string;
  readonly reasons: readonly { readonly bound: string; readonly why: string }[];
  readonly dueOn: LocalDate;
  readonly ruling: 'released' | 'kept' | null;
  readonly reason: string | null;
  readonly ruledBy: string | null;
}

/** A parked unit is ruled on within ten working days (method 8). */
const WORKING_DAYS = 10;

/** Charges that a broken bound holds: released, or kept with service, by a person who did not prepare them. */
@Injectable()
export class ParkedService {
  constructor(private readonly db: Database) {}

  async list(actor: Actor, period?: Period): Promise<ParkedCharge[]> {
    requireRight(actor, 'read_statement');
    return await this.db.read(actor, async (tx) => {
      const rows = await parkedUnits(tx, period ?? null);
      if (rows.length === 0) return [];
      const [{ digits }, off] = [await moneyOf(tx), await holidays(tx)];
      const groups = new Map<string, ParkedUnitRow[]>();
      for (const row of rows) {
        const key = `${row.period} ${row.unit_code}`;
        groups.set(key, [...(groups.get(key) ?? []), row]);
      }
      return [...groups.values()].map((group): ParkedCharge => {
        const [row] = group as [ParkedUnitRow];
        return {
          period: row.period,
          unit: row.unit_code,
          amount: amountText(BigInt(row.amount_minor), digits),
          reasons: group.map(({ bound, why }) => ({ bound, why })),
          dueOn: addWorkingDays(row.since.toISOString().slice(0, 10), WORKING_DAYS, off),
          ruling: row.ruling,
          reason: row.reason,
          ruledBy: row.ruled_by,
        };
      });
    });
  }

  /**
   * Rules on a parked unit. Before the issue the next close charges it (released) or leaves it parked (kept); after the
   * issue the next close of the open period books what was parked, against `parked`.
   * @throws Refusal not_parked, ruled_already, own_work, own_side, wrong_state
   */
  async rule(
    actor: Actor,
    period: Period,
    unit: string,
    ruling: 'released' | 'kept',
    reason: string,
  ): Promise<{ closeAgain: boolean }> {
    requireRight(actor, 'rule_parked_unit');
    requireReason(reason, `answerable parked release ${period} ${unit} --reason "…"`);
    return await this.db.books(async (tx) => {
      const row = await lockPeriod(tx, period);
      await lockRulings(tx);
      const parked = (await parkedUnits(tx, period)).find((candidate) => candidate.unit_code === unit);
      if (!parked)
        throw new Refusal('not_parked', `${unit} is not parked in ${period}`, {
          kind: 'not_found',
          next: 'answerable parked list',
        });
      if (parked.ruling !== null)
        throw new Refusal('ruled_already', `${unit} is ${parked.ruling} by ${parked.ruled_by}`, { kind: 'conflict' });
      if (row.prepared_by === String(actor.userId) && !(await companyRow(tx))?.onePerson)
        throw new Refusal('own_work', `${actor.login} prepared ${period} and does not rule on it`, {
          kind: 'forbidden',
          next: 'ask another controller',
        });
      if (row.state !== 'calculated' && row.state !== 'closed')
        throw new Refusal('wrong_state', `${period} is ${row.state.replace('_', ' ')}; a ruling now would be lost`, {
          kind: 'conflict',
          next: `answerable reopen ${period} --reason "…", or rule after the issue`,
        });
      await insertParkingRuling(tx, { period, unit, ruling, reason, userId: actor.userId });
      if (row.state === 'closed') {
        const lines = (await issuedLines(tx, { period, unit }))
          .filter((line) => line.treatment === 'parked')
          .map(ruledLine);
        const key = `parked:${period}:${unit}`;
        const postings = ruling === 'released' ? releasePostings(key, lines) : keptPostings(key, lines);
        if (postings.length > 0) await insertAdjustments(tx, key, postings);
      }
      await audit(tx, actor, {
        deed: ruling === 'released' ? 'parked.release' : 'parked.keep',
        object: { kind: 'parked', key: `${period}/${unit}` },
        before: { amount: amountText(BigInt(parked.amount_minor), (await moneyOf(tx)).digits) },
        after: { ruling },
        reason,
      });
      return { closeAgain: row.state === 'calculated' };
    });
  }
}
