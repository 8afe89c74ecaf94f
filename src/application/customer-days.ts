import type { Register } from '../domain/attribution/register.ts';
import type { CustomerDays } from '../domain/attribution/rule-shares.ts';
import type { Model } from '../domain/model/model.ts';
import type { Period } from '../domain/period.ts';
import { daysOf } from '../domain/retention/cohort.ts';
import { customerDays } from '../persistence/close-inputs.queries.ts';
import type { Tx } from '../persistence/database.ts';
import { touchingMark } from '../persistence/kept-figures.queries.ts';
import { likePattern } from '../persistence/like-pattern.ts';
import { segmentsLike } from '../persistence/retention.queries.ts';
import type { CustomersInOrder } from '../persistence/retention/customers-in-order.ts';
import { monthOfDaysBefore } from './cells-at.ts';
import { keptOr, type Keeping } from './kept-figures.ts';

/** Customers and hits up to a period's last day, looked at before those are let go whom nobody else asks for. */
export type LookAtCustomers = (tx: Tx, customers: CustomersInOrder, segments: readonly string[]) => Promise<void>;

/** What customer-days are asked of. */
interface Asked {
  readonly rule: string;
  readonly decision: string;
  readonly within: number;
  /** of the population as LIKE patterns; null: everybody */
  readonly segments: readonly string[] | null;
}

/**
 * Customer-days for the background of each exposure rule and decision. A population by segment narrows the customers;
 * other dimensions are a contact's, not a customer's, and leave all customers in.
 */
export class CustomerDaysOfRules {
  private readonly asked: readonly Asked[];
  private readonly seen = new Map<Asked, { readonly hit: bigint; readonly all: bigint }>();

  constructor(
    private readonly of: {
      readonly period: Period;
      readonly model: Model;
      readonly register: Register;
      readonly mark: string;
      readonly keeping: Keeping;
    },
  ) {
    const { decisions } = of.register;
    this.asked = of.model.rules.flatMap(({ name: rule, exposure, background, within_days: within }) => {
      if (!exposure || background === 'keep') return [];
      const codes = exposure.includes('*') ? [...decisions.keys()] : exposure;
      return codes.map((decision): Asked => {
        const segments = decisions.get(decision)?.selector?.segment?.map(likePattern) ?? null;
        return { rule, decision, within: within!, segments };
      });
    });
  }

  /** Retention reads all customers anyway: while it has them, nobody need read them once more. */
  readonly look: LookAtCustomers = async (tx, customers, names) => {
    const codes = [...this.of.register.decisions.keys()];
    for (const asked of this.asked) {
      const decision = codes.indexOf(asked.decision);
      if (decision < 0) continue;
      const { within } = asked;
      const segments = asked.segments && (await segmentsLike(tx, names, asked.segments));
      this.seen.set(asked, customers.customerDays(segments, daysOf(this.of.period), { decision, within }));
    }
  };

  /** From what is kept, else from the customers that were looked at, else from the facts. */
  async days(tx: Tx): Promise<CustomerDays[]> {
    const { period, mark, keeping } = this.of;
    const days: CustomerDays[] = [];
    for (const asked of this.asked) {
      const { rule, decision, within, segments } = asked;
      const from = monthOfDaysBefore(period, within + 1);
      const touched = await touchingMark(tx, mark, { kinds: ['customers', 'exposures'], from, to: period });
      const basis = { subject: `customer-days of ${decision} in ${period}`, on: [within, segments, touched] };
      const { hit, all } = await keptOr(
        tx,
        keeping,
        basis,
        async () => this.seen.get(asked) ?? (await customerDays(tx, period, decision, within, segments, mark)),
      );
      days.push({ rule, decision, hit, other: all - hit });
    }
    return days;
  }
}
