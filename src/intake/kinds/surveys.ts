import type { Kind } from './kind.ts';

export const surveys: Kind = {
  name: 'surveys',
  file: 'surveys.csv',
  meaning: 'an answer to a survey',
  table: 'survey',
  store: 'record',
  key: ['survey_id'],
  columns: [
    { name: 'survey_id', type: 'id', required: true, meaning: 'id of the answer in its source', example: 'S-881' },
    {
      name: 'answered_at',
      type: 'timestamp',
      required: true,
      also: 'answered_on',
      meaning: 'when; without offset: company time',
      example: '2026-03-02T10:00:00+01:00',
    },
    {
      name: 'metric',
      type: 'enum',
      required: true,
      values: ['csat', 'ces', 'nps', 'ves'],
      meaning: 'what was asked',
      example: 'csat',
    },
    { name: 'score', type: 'decimal', required: true, meaning: 'the answer on the instrument’s scale', example: '4' },
    {
      name: 'instrument',
      type: 'code',
      required: true,
      references: 'instrument',
      meaning: 'the instrument',
      example: 'CSAT-PHONE',
    },
    { name: 'contact_id', type: 'id', meaning: 'contact it is about', example: 'T-2026-0000123' },
    { name: 'customer_id', type: 'customer', also: 'customer_key', meaning: 'who answered', example: 'C-100042' },
    {
      name: 'comment',
      type: 'masked_text',
      meaning: 'free text; addresses and numbers are masked',
      example: 'quick and friendly',
    },
  ],
};
