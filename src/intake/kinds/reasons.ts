import type { Kind } from './kind.ts';

export const reasons: Kind = {
  name: 'reasons',
  file: 'reasons.csv',
  meaning: 'a reason of contact',
  table: 'reason',
  store: 'record',
  key: ['reason_code'],
  columns: [
    {
      name: 'reason_code',
      type: 'code',
      required: true,
      defines: 'reason',
      meaning: 'code of the reason',
      example: 'billing.fee.late',
    },
    { name: 'name', type: 'name', required: true, meaning: 'name as statements print it', example: 'Late fee' },
    {
      name: 'parent_code',
      type: 'code',
      references: 'reason',
      ahead: true,
      meaning: 'reason above it',
      example: 'billing.fee',
    },
    {
      name: 'owner_unit',
      type: 'code',
      references: 'unit',
      meaning: 'unit that owns it; empty: the nearest parent’s',
      example: 'RETAIL',
    },
    {
      name: 'demand',
      type: 'enum',
      values: ['value', 'failure'],
      meaning: 'value demand or failure demand',
      example: 'failure',
    },
    {
      name: 'standard_handle_seconds',
      type: 'integer',
      least: '1',
      meaning: 'standard handle time in seconds',
      example: '300',
    },
  ],
  rule: (value) =>
    value('parent_code') !== null && value('parent_code') === value('reason_code')
      ? {
          column: 'parent_code',
          code: 'own_parent',
          message: 'a reason is not its own parent',
          remedy: 'Name another reason or leave the field empty.',
        }
      : undefined,
};
