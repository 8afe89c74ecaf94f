import { Refusal } from '../../domain/errors.ts';
import { Fraction } from '../../domain/fraction.ts';
import { type Earning, breakEvenContactRate, netOf } from '../../domain/decisions/break-even.ts';
import type { EvaluateMethod, Result, Spec } from './method.ts';
import { ALSO_SHAPE, onlyKeys, withAliases } from './spec-table.ts';

const KEYS = [
  'fee',
  'waiver_rate',
  'refund_rate',
  'cost_per_contact',
  'churn',
  'clv',
  'contact_rates',
  'exposures',
  'contacts',
  'billed',
  'waived',
  'refunded',
  'retention',
  'also',
];

/** A number of the spec, exactly as it is written; "1/6" is allowed. */
function exact(value: unknown, key: string): Fraction {
  const written = typeof value === 'number' ? String(value) : typeof value === 'string' ? value.trim() : '';
  try {
    return Fraction.parse(written.replace(/^(-?)\./, '$10.').replace(/\s*\/\s*/, '/'));
  } catch {
    throw new Refusal(
      'bad_spec',
      `"${key}" must be a plain decimal number or a fraction, got ${JSON.stringify(value)}`,
    );
  }
}

function optional(spec: Spec, key: string): Fraction | undefined {
  return spec[key] === undefined ? undefined : exact(spec[key], key);
}

/** Per exposure from rates, or totals as given. */
function earningOf(spec: Spec): Earning {
  const exposures = optional(spec, 'exposures') ?? Fraction.ONE;
  const billed = optional(spec, 'billed') ?? exact(spec['fee'], 'fee').times(exposures);
  const waived = optional(spec, 'waived') ?? (optional(spec, 'waiver_rate') ?? Fraction.ZERO).times(billed);
  const refunded = optional(spec, 'refunded') ?? (optional(spec, 'refund_rate') ?? Fraction.ZERO).times(billed);
  const churn = optional(spec, 'churn');
  const loss = churn && exact(spec['clv'], 'clv').times(churn).times(exposures).negated();
  const retention = optional(spec, 'retention') ?? loss;
  return {
    collected: billed.minus(waived).minus(refunded),
    exposures,
    costPerContact: exact(spec['cost_per_contact'], 'cost_per_contact'),
    ...(retention ? { retention } : {}),
  };
}

function number(value: Fraction): number {
  return value.toDecimal().toNumber();
}

export const method: EvaluateMethod = {
  name: 'break_even',
  about: 'break-even contact rate of a fee: k* = (billed − waived − refunded) per exposure ÷ cost per contact',
  shape: [
    'fee*              amount per exposure (or billed: the total of all exposures)',
    'cost_per_contact*',
    'waiver_rate       share of the billed amount not charged (or waived: total); refund_rate (or refunded: total)',
    'churn, clv        extra share of customers lost by the fee, and what one is worth: adds breakeven_contact_rate.with_churn',
    'retention         instead: decision effect on retention, total, signed',
    'contact_rates     contacts per exposure to price; texts keep their writing in the keys (".30")',
    'exposures         number of exposures; contacts: extra contacts: adds net, contact_rate, under_water',
    ALSO_SHAPE,
    'amounts are exact: numbers, decimal text or fractions ("1/6")',
    'prints            breakeven_contact_rate, breakeven_contact_rate.with_churn, net_per_fee[RATE] (with churn where given), breakeven_contacts, net, contact_rate, under_water',
  ].join('\n'),
  example: { fee: '3.00', cost_per_contact: '6.50', exposures: 10000, contacts: 5200, contact_rates: ['.30', '.52'] },
  run(spec): Result {
    onlyKeys(spec, KEYS);
    const earning = earningOf(spec);
    const { retention, ...plain } = earning;
    const rate = breakEvenContactRate(plain);
    const result: Result = { breakeven_contact_rate: rate ? number(rate) : null };
    if (retention) {
      const withChurn = breakEvenContactRate(earning);
      result['breakeven_contact_rate.with_churn'] = withChurn ? number(withChurn) : null;
    }
    for (const item of (spec['contact_rates'] ?? []) as unknown[]) {
      const contacts = exact(item, 'contact_rates').times(earning.exposures);
      result[`net_per_fee[${String(item)}]`] = number(netOf(earning, contacts).over(earning.exposures));
    }
    if (spec['exposures'] !== undefined && rate) result['breakeven_contacts'] = number(rate.times(earning.exposures));
    const contacts = optional(spec, 'contacts');
    if (contacts) {
      const net = netOf(earning, contacts);
      result['collected'] = plain.collected.toText(2);
      result['contact_cost'] = contacts.times(earning.costPerContact).toText(2);
      result['net'] = number(net);
      result['net.text'] = net.toText(2);
      result['contact_rate'] = number(contacts.over(earning.exposures));
      result['under_water'] = net.sign < 0;
    }
    return withAliases(result, spec);
  },
};
