import type { Register } from '../domain/attribution/register.ts';
import { decimal, type Decimal } from '../domain/decimal.ts';
import { Fraction } from '../domain/fraction.ts';
import { amountText, minorDigits, roundToMinor } from '../domain/money.ts';
import { firstDay, lastDay, type Period } from '../domain/period.ts';
import { valueIrritantMap, type Quadrant, type ReasonEconomics } from '../domain/quality/value-irritant.ts';
import type { StatementSet } from '../domain/statements/statement-set.ts';
import type { CellRow } from '../persistence/close-inputs.queries.ts';
import type { Tx } from '../persistence/database.ts';
import { salesInContacts, type SalesInContacts } from '../persistence/scores.queries.ts';
import { marginUnknown, revenueReading, type RetentionSources } from './customer-earnings.ts';

/** A reason on the value–irritant map: its quadrant, who answers for it, and its price in the period. */
export interface ReasonOnMap {
  readonly reason: string;
  readonly owner: string | null;
  readonly quadrant: Quadrant;
  /** true: nobody stated whether customers want these contacts, so it is taken that they do not */
  readonly assumed: boolean;
  /** of the statements' lines, decimal text */
  readonly contacts: string;
  /** what the units' statements hold for this reason, charged or not; decimal text in the reporting currency */
  readonly cost: string;
  /** margin of the sales made inside these contacts; it enters no retention effect */
  readonly earned: string;
}

/** Sales made inside contacts of the period, by cell and day. @throws Refusal margin_unknown */
export async function salesOf(tx: Tx, sources: RetentionSources): Promise<SalesInContacts[]> {
  const from = firstDay(sources.period);
  const sales = await salesInContacts(tx, await revenueReading(tx, sources, from));
  const unknown = sales.find((row) => row.margin_minor === null);
  if (unknown) throw marginUnknown(unknown.started_on);
  return sales;
}

/** Every reason that stands on a statement of the period, or that sold something, in exactly one quadrant; dearest first. */
export function reasonMap(
  set: StatementSet,
  register: Register,
  sales: readonly SalesInContacts[],
  cells: ReadonlyMap<number, CellRow>,
): ReasonOnMap[] {
  const digits = minorDigits(set.currency)!;
  const until = lastDay(set.period as Period);
  const sums = new Map<string, { contacts: Decimal; cost: bigint; earned: bigint }>();
  const add = (reason: string, contacts: string, cost: bigint, earned: bigint): void => {
    const sum = sums.get(reason) ?? { contacts: decimal('0'), cost: 0n, earned: 0n };
    sums.set(reason, {
      contacts: sum.contacts.plus(decimal(contacts)),
      cost: sum.cost + cost,
      earned: sum.earned + earned,
    });
  };
  for (const { reason, contacts, amount } of set.units.flatMap((unit) => unit.lines)) {
    if (reason !== null) add(reason, contacts, roundToMinor(Fraction.parse(amount), digits), 0n);
  }
  for (const { cell_no: cell, margin_minor: margin } of sales)
    add(cells.get(cell)!.reason_code, '0', 0n, BigInt(margin!));
  const economics = [...sums].map(([reason, sum]): ReasonEconomics => {
    const demand = register.reasons.get(reason)?.demand ?? undefined;
    return { reason, owner: register.reasonOwner(reason, until), demand, ...sum };
  });
  return valueIrritantMap(economics).map(({ reason, owner, quadrant, assumed, contacts, cost, earned }) => ({
    reason,
    owner: owner ?? null,
    quadrant,
    assumed,
    contacts: contacts.toFixed(),
    cost: amountText(cost, digits),
    earned: amountText(earned, digits),
  }));
}
