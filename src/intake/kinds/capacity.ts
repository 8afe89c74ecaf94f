import type { Kind } from './kind.ts';

const PARTS = ['fte', 'paid_hours', 'shrinkage', 'occupancy'];

export const capacity: Kind = {
  name: 'capacity',
  file: 'capacity.csv',
  meaning: 'practical capacity of a pool in a month: seconds, or what they are made of',
  table: 'capacity',
  store: 'record',
  key: ['period', 'pool_code'],
  exampleWithout: PARTS,
  columns: [
    { name: 'period', type: 'period', required: true, meaning: 'month', example: '2026-03' },
    {
      name: 'pool_code',
      type: 'code',
      required: true,
      references: 'pool',
      meaning: 'pool of the model',
      example: 'voice',
    },
    {
      name: 'practical_seconds',
      type: 'decimal',
      least: '0',
      meaning: 'practical capacity in seconds; or give the four others',
      example: '2880000',
    },
    { name: 'fte', type: 'decimal', least: '0', meaning: 'full-time equivalents', example: '20' },
    {
      name: 'paid_hours',
      type: 'decimal',
      least: '0',
      meaning: 'paid hours of one of them in the month',
      example: '160',
    },
    {
      name: 'shrinkage',
      type: 'decimal',
      least: '0',
      greatest: '1',
      meaning: 'share of paid time away from contacts',
      example: '0.30',
    },
    {
      name: 'occupancy',
      type: 'decimal',
      least: '0',
      greatest: '1',
      meaning: 'planned share of available time in contacts',
      example: '0.85',
    },
  ],
  rule: (value) => {
    const given = PARTS.filter((name) => value(name) !== null);
    if (given.length === (value('practical_seconds') === null ? PARTS.length : 0)) return undefined;
    const message =
      value('practical_seconds') === null
        ? `${PARTS.filter((n) => !given.includes(n)).join(', ')} missing`
        : `both practical_seconds and ${given.join(', ')} are given`;
    return {
      column: 'practical_seconds',
      code: 'capacity_form',
      message,
      remedy: 'Give practical_seconds alone, or all of fte, paid_hours, shrinkage, occupancy.',
    };
  },
};
