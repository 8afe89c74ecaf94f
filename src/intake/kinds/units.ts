import { inOrder, type Kind } from './kind.ts';

export const units: Kind = {
  name: 'units',
  file: 'units.csv',
  meaning: 'a business or service unit that can own decisions, in the days it is valid',
  table: 'unit',
  store: 'record',
  key: ['unit_code', 'valid_from'],
  columns: [
    {
      name: 'unit_code',
      type: 'code',
      required: true,
      defines: 'unit',
      meaning: 'code of the unit',
      example: 'RETAIL',
    },
    { name: 'name', type: 'name', required: true, meaning: 'name as statements print it', example: 'Retail Banking' },
    { name: 'parent_code', type: 'code', references: 'unit', ahead: true, meaning: 'unit above it', example: 'GROUP' },
    { name: 'cost_center', type: 'code', meaning: 'cost centre that is charged', example: '4711' },
    { name: 'owner_email', type: 'name', meaning: 'who receives the statement', example: 'owner@example.com' },
    {
      name: 'kind',
      type: 'enum',
      values: ['business', 'service'],
      absent: 'business',
      meaning: 'business units are charged, service units handle contacts',
      example: 'business',
    },
    { name: 'legal_entity', type: 'name', meaning: 'legal entity, when it is another one', example: 'Example Ltd' },
    {
      name: 'successor',
      type: 'code',
      references: 'unit',
      ahead: true,
      meaning: 'unit that takes over when this one ends',
      example: 'RETAIL-2',
    },
    { name: 'valid_from', type: 'date', absent: '0001-01-01', meaning: 'first day, inclusive', example: '2026-01-01' },
    { name: 'valid_to', type: 'date', meaning: 'last day, inclusive', example: '2026-12-31' },
  ],
  rule: (value) => {
    for (const column of ['parent_code', 'successor']) {
      if (value(column) !== null && value(column) === value('unit_code')) {
        return {
          column,
          code: 'own_parent',
          message: `a unit is not its own ${column.replace('_code', '')}`,
          remedy: 'Name another unit or leave the field empty.',
        };
      }
    }
    return inOrder(value, 'valid_from', 'valid_to');
  },
};
