import { inOrder, type Kind } from './kind.ts';

export const customers: Kind = {
  name: 'customers',
  file: 'customers.csv',
  meaning: 'a customer',
  table: 'customer',
  store: 'record',
  many: true,
  key: ['customer_id'],
  columns: [
    {
      name: 'customer_id',
      type: 'customer',
      required: true,
      also: 'customer_key',
      meaning: 'id of the customer',
      example: 'C-100042',
    },
    { name: 'joined_at', type: 'date', as: 'joined_on', meaning: 'first day as a customer', example: '2021-06-01' },
    { name: 'left_at', type: 'date', as: 'left_on', meaning: 'last day as a customer', example: '2026-02-28' },
    { name: 'segment', type: 'label', meaning: 'segment', example: 'consumer' },
    { name: 'region', type: 'label', meaning: 'region', example: 'north' },
    {
      name: 'monthly_margin',
      type: 'amount',
      as: 'monthly_margin_minor',
      meaning: 'contribution margin a month',
      example: '14.20',
    },
    { name: 'currency', type: 'currency', meaning: 'ISO 4217 code; empty: the company’s', example: 'EUR' },
  ],
  ordered: ['joined_at', 'left_at'],
  rule: (value) => inOrder(value, 'joined_at', 'left_at'),
};
