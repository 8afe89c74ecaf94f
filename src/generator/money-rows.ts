import { ascii, type CsvFile } from './csv-file.ts';
import { EXPOSURE_WORDS, REVENUE_WORDS } from './customer-pass.ts';
import type { World } from './world.ts';
import { KIND, NO_MARGIN, REVENUE_KINDS } from './revenue-events.ts';

export const EXPOSURE_COLUMNS = 'exposure_id,customer_id,decision_code,occurred_at,amount,waived,currency'.split(',');
export const REVENUE_COLUMNS =
  'event_id,customer_id,occurred_at,kind,amount,currency,margin,product,decision_code,referred_customer_id'.split(',');

const EUR = ascii('EUR');
const CUSTOMER = ascii('CU-');

/** Order of a day's records: by second, then as they were put in. */
function byTime(words: Int32Array, width: number, records: number): Float64Array {
  const order = new Float64Array(records);
  for (let i = 0; i < records; i++) order[i] = (words[i * width + 1]! & 0x1ffff) * 0x8000000 + i;
  return order.sort();
}

/** Writes the hits by decisions, day by day. */
export class ExposureRows {
  readonly hits: Float64Array;
  readonly billedCents: Float64Array;
  readonly waivedCents: Float64Array;

  constructor(
    private readonly world: World,
    private readonly csv: CsvFile,
  ) {
    const { days } = world.span;
    [this.hits, this.billedCents, this.waivedCents] = [
      new Float64Array(days),
      new Float64Array(days),
      new Float64Array(days),
    ];
  }

  async write(day: number, { words, records }: { words: Int32Array; records: number }): Promise<void> {
    const { csv, world } = this;
    const { span, arrivals } = world;
    const date = ascii(span.dates[day]!);
    const decision = ascii(arrivals.decisions[arrivals.fee]!.code);
    const order = byTime(words, EXPOSURE_WORDS, records);
    for (let i = 0; i < records; i++) {
      const at = (order[i]! % 0x8000000) * EXPOSURE_WORDS;
      const second = words[at + 1]!;
      const [amount, waived] = [words[at + 2]!, words[at + 3]!];
      csv.word(ascii('X-'));
      csv.digits(csv.rows + 1, 9);
      csv.comma();
      csv.word(CUSTOMER);
      csv.digits(words[at]!, 8);
      csv.comma();
      csv.word(decision);
      csv.comma();
      csv.instant(date, second, span.offsetHours(day, second));
      csv.comma();
      csv.cents(amount);
      csv.comma();
      if (waived !== 0) csv.cents(waived);
      csv.comma();
      csv.word(EUR);
      csv.endRow();
      this.hits[day]!++;
      this.billedCents[day]! += amount;
      this.waivedCents[day]! += waived;
      if (csv.full) await csv.flush();
    }
  }
}

/** Writes the revenue events, day by day. */
export class RevenueRows {
  readonly refundedCents: Float64Array;
  readonly byKind = REVENUE_KINDS.map(() => ({ events: 0, cents: 0, marginCents: 0 }));

  constructor(
    private readonly world: World,
    private readonly csv: CsvFile,
  ) {
    this.refundedCents = new Float64Array(world.span.days);
  }

  async write(day: number, { words, records }: { words: Int32Array; records: number }): Promise<void> {
    const { csv, world } = this;
    const { span, arrivals } = world;
    const date = ascii(span.dates[day]!);
    const prefix = ascii('RV-');
    const kinds = REVENUE_KINDS.map(ascii);
    const decisions = arrivals.decisions.map((decision) => ascii(decision.code));
    const products = [ascii('add-on'), ascii('tariff')];
    const order = byTime(words, REVENUE_WORDS, records);
    for (let i = 0; i < records; i++) {
      const at = (order[i]! % 0x8000000) * REVENUE_WORDS;
      const packed = words[at + 1]!;
      const second = packed & 0x1ffff;
      const kind = (packed >>> 17) & 15;
      const decision = ((packed >>> 21) & 15) - 1;
      const [amount, margin, referred] = [words[at + 2]!, words[at + 3]!, words[at + 4]!];
      csv.word(prefix);
      csv.digits(csv.rows + 1, 9);
      csv.comma();
      csv.word(CUSTOMER);
      csv.digits(words[at]!, 8);
      csv.comma();
      csv.instant(date, second, span.offsetHours(day, second));
      csv.comma();
      csv.word(kinds[kind]!);
      csv.comma();
      csv.cents(amount);
      csv.comma();
      csv.word(EUR);
      csv.comma();
      if (margin !== NO_MARGIN) csv.cents(margin);
      csv.comma();
      if (decision < 0 && kind !== KIND.cancellation && kind !== KIND.referral)
        csv.word(products[kind === KIND.purchase || kind === KIND.refund ? 0 : 1]!);
      csv.comma();
      if (decision >= 0) csv.word(decisions[decision]!);
      csv.comma();
      if (referred !== 0) {
        csv.word(CUSTOMER);
        csv.digits(referred, 8);
      }
      csv.endRow();
      const sums = this.byKind[kind]!;
      sums.events++;
      sums.cents += amount;
      if (margin !== NO_MARGIN) sums.marginCents += margin;
      if (kind === KIND.refund && decision >= 0) this.refundedCents[day]! -= amount;
      if (csv.full) await csv.flush();
    }
  }
}
