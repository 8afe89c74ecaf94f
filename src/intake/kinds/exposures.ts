import type { Kind } from './kind.ts';

export const exposures: Kind = {
  name: 'exposures',
  file: 'exposures.csv',
  meaning: 'a customer hit by a decision: a fee charged, a price raised, an outage suffered',
  table: 'exposure',
  store: 'fact',
  key: ['exposure_id'],
  columns: [
    {
      name: 'exposure_id',
      type: 'id',
      required: true,
      meaning: 'id of the exposure in its source',
      example: 'INV-5531-3',
    },
    {
      name: 'customer_id',
      type: 'customer',
      required: true,
      also: 'customer_key',
      meaning: 'who was hit',
      example: 'C-100042',
    },
    {
      name: 'decision_code',
      type: 'code',
      required: true,
      references: 'decision',
      meaning: 'by which decision',
      example: 'FEE-LATE',
    },
    {
      name: 'occurred_at',
      type: 'timestamp',
      required: true,
      also: 'occurred_on',
      meaning: 'when; without offset: company time',
      example: '2026-03-01T06:00:00Z',
    },
    { name: 'amount', type: 'amount', as: 'amount_minor', meaning: 'billed, gross', example: '8.50' },
    {
      name: 'waived',
      type: 'waived',
      as: 'waived_minor',
      meaning: 'the part not charged; true = all',
      example: '0.00',
    },
    { name: 'currency', type: 'currency', meaning: 'ISO 4217 code; empty: the company’s', example: 'EUR' },
  ],
};
