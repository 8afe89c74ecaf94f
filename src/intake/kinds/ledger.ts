import type { Kind } from './kind.ts';

export const ledger: Kind = {
  name: 'ledger',
  file: 'ledger.csv',
  meaning: 'a ledger entry of the service organisation; debits are positive',
  table: 'ledger_entry',
  store: 'record',
  key: ['entry_id'],
  columns: [
    {
      name: 'entry_id',
      type: 'id',
      required: true,
      meaning: 'id of the entry in the ledger',
      example: 'GL-2026-000123',
    },
    { name: 'period', type: 'period', required: true, meaning: 'month it is booked in', example: '2026-03' },
    { name: 'account', type: 'code', required: true, meaning: 'account', example: '6010' },
    { name: 'cost_center', type: 'code', required: true, meaning: 'cost centre', example: 'VOICE' },
    {
      name: 'amount',
      type: 'amount',
      required: true,
      as: 'amount_minor',
      meaning: 'debit positive, credit negative',
      example: '48000.00',
    },
    { name: 'currency', type: 'currency', required: true, meaning: 'ISO 4217 code', example: 'EUR' },
    { name: 'posted_at', type: 'date', meaning: 'day of posting', example: '2026-03-31' },
    { name: 'vendor', type: 'label', meaning: 'vendor', example: 'ACME' },
    { name: 'description', type: 'text', meaning: 'free text', example: 'Salaries March' },
  ],
};
