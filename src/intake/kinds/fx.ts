import type { Kind } from './kind.ts';

export const fx: Kind = {
  name: 'fx',
  file: 'fx.csv',
  meaning: 'reporting units for one unit of a currency, in a month',
  table: 'fx_rate',
  store: 'record',
  key: ['period', 'currency'],
  columns: [
    { name: 'period', type: 'period', required: true, meaning: 'month', example: '2026-03' },
    { name: 'currency', type: 'currency', required: true, meaning: 'ISO 4217 code', example: 'USD' },
    {
      name: 'rate',
      type: 'decimal',
      required: true,
      least: '0.000000000001',
      meaning: 'reporting units for one unit of the currency',
      example: '0.9215',
    },
  ],
  rule: (value, company) =>
    value('currency') === company.currency && Number(value('rate')) !== 1
      ? {
          column: 'rate',
          code: 'own_rate',
          message: `one ${company.currency} is 1 ${company.currency}: it is the reporting currency`,
          remedy: 'Take the row out.',
        }
      : undefined,
};
