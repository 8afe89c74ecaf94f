import { ascii, type CsvFile } from './csv-file.ts';
import type { Draw } from './draw.ts';
import type { World } from './world.ts';
import type { Row } from './settings.ts';

export const SURVEY_COLUMNS = 'survey_id,answered_at,metric,score,instrument,contact_id,customer_id,comment'.split(',');

/** How often an instrument is sent, and its mean score after a resolved and an unresolved contact. */
const ASKED: Readonly<Record<string, { share: number; resolved: number; unresolved: number; spread: number }>> = {
  'csat-5': { share: 0.45, resolved: 4.3, unresolved: 2.4, spread: 0.9 },
  'ces-7': { share: 0.2, resolved: 5.7, unresolved: 3.2, spread: 1.2 },
  'ces-5': { share: 0.05, resolved: 2.0, unresolved: 3.9, spread: 0.9 },
  'nps-11': { share: 0.2, resolved: 7.9, unresolved: 4.6, spread: 2.2 },
  'ves-7': { share: 0.1, resolved: 5.3, unresolved: 3.4, spread: 1.2 },
};
const PRAISE = ['Quick and friendly', 'Thanks, solved at once', '"Really" good help, 10/10'];
const BLAME = [
  'Third call, still open',
  'Nobody calls back, please mail me: kim.r@example.org',
  'Waited 20 minutes,\nthen cut off',
];

/** Answers to what customers are asked after a contact. */
export class SurveyRows {
  private readonly share: number[] = [];
  private readonly instruments: { code: Uint8Array; metric: Uint8Array; min: number; max: number; row: string }[];

  constructor(
    private readonly world: World,
    instruments: readonly Row[],
    readonly csv: CsvFile,
  ) {
    let sum = 0;
    this.instruments = instruments.map((row) => {
      this.share.push((sum += ASKED[row['instrument']!]!.share));
      return {
        code: ascii(row['instrument']!),
        metric: ascii(row['metric']!),
        min: Number(row['scale_min']),
        max: Number(row['scale_max']),
        row: row['instrument']!,
      };
    });
  }

  /** `ended` is the second of the day at which the contact ended; answers fall on the same day. */
  row(day: number, ended: number, contact: () => Uint8Array, customer: number, bad: boolean, draw: Draw): void {
    const { csv, world } = this;
    const { span } = world;
    const instrument = this.instruments[draw.pick(this.share)]!;
    const asked = ASKED[instrument.row]!;
    const mean = bad ? asked.unresolved : asked.resolved;
    const score = Math.max(instrument.min, Math.min(instrument.max, Math.round(mean + asked.spread * draw.normal())));
    const second = span.onTheWall(day, Math.min(86_399, ended + 60 + draw.below(14_400)));
    csv.word(ascii('SV-'));
    csv.digits(csv.rows + 1, 8);
    csv.comma();
    csv.instant(ascii(span.dates[day]!), second, span.offsetHours(day, second));
    csv.comma();
    csv.word(instrument.metric);
    csv.comma();
    csv.digits(score, 1);
    csv.comma();
    csv.word(instrument.code);
    csv.comma();
    // one NPS in three is asked of the customer at large, not after the contact
    if (instrument.row !== 'nps-11' || !draw.chance(1 / 3)) csv.word(contact());
    csv.comma();
    csv.word(ascii('CU-'));
    csv.digits(customer, 8);
    csv.comma();
    if (draw.chance(0.12)) csv.text((bad ? BLAME : PRAISE)[draw.below(3)]!);
    csv.endRow();
  }
}
