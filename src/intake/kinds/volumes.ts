import type { Kind } from './kind.ts';

export const volumes: Kind = {
  name: 'volumes',
  file: 'volumes.csv',
  meaning: 'customers, orders, bills … of a day: the base that contacts are measured against',
  table: 'volume',
  store: 'record',
  key: ['date', 'measure', 'population'],
  columns: [
    { name: 'date', type: 'date', required: true, as: 'volume_date', meaning: 'local day', example: '2026-03-01' },
    { name: 'measure', type: 'code', required: true, meaning: 'what is counted', example: 'customers' },
    { name: 'value', type: 'decimal', required: true, least: '0', meaning: 'how many', example: '125000' },
    {
      name: 'population',
      type: 'match',
      absent: '',
      meaning: 'which part: dimension=value, joined by " & "',
      example: 'segment=consumer',
    },
  ],
};
