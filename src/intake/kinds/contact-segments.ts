import type { Kind } from './kind.ts';

export const contactSegments: Kind = {
  name: 'contact_segments',
  file: 'contact_segments.csv',
  meaning: 'the part of a contact that one of several reasons took; seconds sum to the contact’s',
  table: 'contact_segment',
  store: 'fact',
  key: ['contact_id', 'reason_code'],
  columns: [
    {
      name: 'contact_id',
      type: 'id',
      required: true,
      meaning: 'the contact, imported before',
      example: 'T-2026-0000123',
    },
    {
      name: 'reason_code',
      type: 'code',
      required: true,
      references: 'reason',
      meaning: 'reason of this part',
      example: 'billing.fee.late',
    },
    {
      name: 'handle_seconds',
      type: 'integer',
      required: true,
      least: '0',
      meaning: 'whole seconds of this part',
      example: '200',
    },
  ],
};
