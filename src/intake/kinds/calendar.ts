import type { Kind } from './kind.ts';

export const calendar: Kind = {
  name: 'calendar',
  file: 'calendar.csv',
  meaning: 'a holiday',
  table: 'holiday',
  store: 'record',
  key: ['date'],
  columns: [
    { name: 'date', type: 'date', required: true, as: 'holiday_date', meaning: 'local day', example: '2026-04-03' },
    { name: 'name', type: 'name', required: true, meaning: 'name of the holiday', example: 'Good Friday' },
  ],
};
