import type { Kind } from './kind.ts';

export const instruments: Kind = {
  name: 'instruments',
  file: 'instruments.csv',
  meaning: 'a survey question with its scale; scale and direction travel with every score',
  table: 'instrument',
  store: 'record',
  key: ['instrument'],
  columns: [
    {
      name: 'instrument',
      type: 'code',
      required: true,
      defines: 'instrument',
      meaning: 'code of the instrument',
      example: 'CSAT-PHONE',
    },
    {
      name: 'metric',
      type: 'enum',
      required: true,
      values: ['csat', 'ces', 'nps', 'ves'],
      meaning: 'what it measures',
      example: 'csat',
    },
    { name: 'scale_min', type: 'decimal', required: true, meaning: 'lowest answer', example: '1' },
    { name: 'scale_max', type: 'decimal', required: true, meaning: 'highest answer', example: '5' },
    { name: 'higher_is_better', type: 'boolean', required: true, meaning: 'direction of the scale', example: 'true' },
    { name: 'top_box', type: 'decimal', meaning: 'from this answer on a customer counts as satisfied', example: '4' },
    {
      name: 'wording',
      type: 'text',
      meaning: 'the question as asked',
      example: 'How satisfied were you with this call?',
    },
  ],
  rule: (value) =>
    Number(value('scale_min')) < Number(value('scale_max'))
      ? undefined
      : {
          column: 'scale_max',
          code: 'scale_reversed',
          message: 'scale_max is above scale_min',
          remedy: 'Direction is told by higher_is_better, not by the order of the ends.',
        },
};
