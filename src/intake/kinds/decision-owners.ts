import { inOrder, type Kind } from './kind.ts';

export const decisionOwners: Kind = {
  name: 'decision_owners',
  file: 'decision_owners.csv',
  meaning: 'the share of a decision that a unit owns; the shares of a day sum to 1',
  table: 'decision_owner',
  store: 'record',
  key: ['decision_code', 'unit_code', 'valid_from'],
  columns: [
    {
      name: 'decision_code',
      type: 'code',
      required: true,
      references: 'decision',
      meaning: 'the decision',
      example: 'FEE-LATE',
    },
    { name: 'unit_code', type: 'code', required: true, references: 'unit', meaning: 'the unit', example: 'RETAIL' },
    { name: 'share', type: 'share', required: true, meaning: 'its share, above 0 and at most 1', example: '0.7' },
    { name: 'valid_from', type: 'date', required: true, meaning: 'first day, inclusive', example: '2026-01-01' },
    { name: 'valid_to', type: 'date', meaning: 'last day, inclusive', example: '2026-12-31' },
  ],
  rule: (value) => inOrder(value, 'valid_from', 'valid_to'),
};
