import type { Kind, Problem, Values } from './kind.ts';

export const revenue: Kind = {
  name: 'revenue',
  file: 'revenue.csv',
  meaning: 'a revenue event of a customer; refund and contraction are negative',
  table: 'revenue',
  store: 'fact',
  key: ['event_id'],
  columns: [
    { name: 'event_id', type: 'id', required: true, meaning: 'id of the event in its source', example: 'ORD-99812-1' },
    {
      name: 'customer_id',
      type: 'customer',
      required: true,
      also: 'customer_key',
      meaning: 'whose',
      example: 'C-100042',
    },
    {
      name: 'occurred_at',
      type: 'timestamp',
      required: true,
      also: 'occurred_on',
      meaning: 'when; without offset: company time',
      example: '2026-03-05T18:20:00+01:00',
    },
    {
      name: 'kind',
      type: 'enum',
      required: true,
      values: ['purchase', 'renewal', 'expansion', 'contraction', 'cancellation', 'refund', 'fee', 'referral'],
      meaning: 'kind of event',
      example: 'purchase',
    },
    {
      name: 'amount',
      type: 'amount',
      required: true,
      as: 'amount_minor',
      meaning: 'without tax; gain positive, loss negative',
      example: '59.90',
    },
    { name: 'currency', type: 'currency', required: true, meaning: 'ISO 4217 code', example: 'EUR' },
    { name: 'margin', type: 'amount', as: 'margin_minor', meaning: 'contribution margin of it', example: '18.10' },
    { name: 'product', type: 'label', meaning: 'product', example: 'mobile' },
    {
      name: 'decision_code',
      type: 'code',
      references: 'decision',
      meaning: 'decision it belongs to',
      example: 'FEE-LATE',
    },
    {
      name: 'referred_customer_id',
      type: 'customer',
      also: 'referred_customer_key',
      meaning: 'customer who came by this referral',
      example: 'C-100777',
    },
  ],
  ruleOnly: { column: 'kind', values: ['referral'], losses: ['refund', 'contraction'] },
  rule: signFault,
};

function signFault(value: Values): Problem | undefined {
  const kind = value('kind');
  if ((kind === 'refund' || kind === 'contraction') && !/^(-|0+$)/.test(value('amount') ?? '0')) {
    return {
      column: 'amount',
      code: 'wrong_sign',
      message: `a ${kind} is negative: revenue is positive, what is lost is negative`,
      remedy: 'Put a minus before it, or let the mapping turn the sign.',
    };
  }
  if (kind === 'referral' && value('referred_customer_id') === null) {
    return {
      column: 'referred_customer_id',
      code: 'missing',
      message: 'a referral names the customer who came by it',
      remedy: 'Fill in referred_customer_id.',
    };
  }
  return undefined;
}
