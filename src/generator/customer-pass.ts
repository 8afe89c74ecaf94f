import { ascii, CsvFile } from './csv-file.ts';
import { DayStore } from './day-store.ts';
import { PRODUCT } from './arrivals.ts';
import { Life } from './life.ts';
import { DAY, REPEAT_SECONDS, type World } from './world.ts';
import { RetentionTruth } from './retention-truth.ts';
import { KIND, referralOf, revenueOf } from './revenue-events.ts';

export const CONTACT_WORDS = 3;
export const EXPOSURE_WORDS = 4;
export const REVENUE_WORDS = 5;
/** no customer can be more */
export const MOST_CUSTOMERS = 0x7ffffffe;

/** A reason's upper bits stand in the third word of a contact's record. */
export const packReason = (reason: number): number => (reason >>> 6) << 22;
export const reasonOf = (second: number, third: number): number => ((second >>> 17) & 63) | ((third >>> 22) << 6);

/** The second word of a contact's record. */
export function packContact(
  second: number,
  reason: number,
  channel: number,
  product: number,
  segment: number,
  language: number,
): number {
  return second | ((reason & 63) << 17) | (channel << 23) | (product << 25) | (segment << 27) | (language << 29);
}

/** The stores of one generation: what customers do, by day. */
export interface Stores {
  readonly contacts: DayStore;
  readonly exposures: DayStore;
  readonly revenue: DayStore;
}

/**
 * Lives customers one after the other until they have made the asked number of contacts, writes customers.csv and puts
 * what they did into the stores.
 */
export class CustomerPass {
  customers = 0;
  contacts = 0;
  avoidableRepeats = 0;
  readonly retention: RetentionTruth;
  /** change of the active customers by day: all, and those with a mobile or a fibre product */
  readonly change: readonly Int32Array[];
  /** change by month and billing day of the customers who get a bill */
  readonly billChange: Int32Array;
  private readonly life: Life;
  private readonly referrer: Life;

  constructor(
    private readonly world: World,
    private readonly stores: Stores,
  ) {
    this.life = new Life(world);
    this.referrer = new Life(world);
    this.retention = new RetentionTruth(world);
    this.change = [0, 1, 2].map(() => new Int32Array(world.span.days + 1));
    this.billChange = new Int32Array(29 * (world.span.periods.length + 1));
  }

  async run(quota: number, csv: CsvFile, onProgress: (contacts: number) => void): Promise<void> {
    const { behaviour, span } = this.world;
    const { life } = this;
    const segments = behaviour.segments.map((segment) => ascii(segment.code));
    const regions = behaviour.regions.map((region) => ascii(region.code));
    const currency = ascii('EUR');
    const prefix = ascii('CU-');
    while (this.contacts < quota && this.customers < MOST_CUSTOMERS) {
      life.live(this.customers++);
      this.store(quota);
      csv.word(prefix);
      csv.digits(life.number + 1, 8);
      csv.comma();
      csv.text(span.dateOf(life.joinDay));
      csv.comma();
      if (life.leaveDay < span.days) csv.text(span.dateOf(life.leaveDay));
      csv.comma();
      csv.word(segments[life.segment]!);
      csv.comma();
      csv.word(regions[life.region]!);
      csv.comma();
      csv.cents(life.marginCents);
      csv.comma();
      csv.word(currency);
      csv.endRow();
      if (csv.full) {
        await csv.flush();
        onProgress(this.contacts);
      }
    }
  }

  private store(quota: number): void {
    const { life, world } = this;
    this.countBase();
    this.storeContacts(quota);
    this.storeExposures();
    revenueOf(life, world, (day, second, kind, amount, margin, decision, referred) =>
      this.storeEvent(life.number, day, second, kind, amount, margin, decision, referred),
    );
    this.retention.add(life);
    referralOf(life, this.referrer, world, (referrer, day) =>
      this.storeEvent(referrer.number, day, 40_000, KIND.referral, 0, 0, -1, life.number),
    );
  }

  private countBase(): void {
    const { life, world } = this;
    const { span } = world;
    const from = Math.max(0, life.joinDay);
    const to = Math.min(span.days, life.leaveDay);
    const holds = [true, (life.holdings & PRODUCT.mobile) !== 0, (life.holdings & PRODUCT.fibre) !== 0];
    this.change.forEach((change, i) => {
      if (!holds[i]) return;
      change[from]!++;
      change[to]!--;
    });
    this.billChange[life.billingDay * (span.periods.length + 1) + this.firstBill(from)]!++;
    this.billChange[life.billingDay * (span.periods.length + 1) + this.firstBill(to)]!--;
  }

  /** Month of the first bill that is due on this day or later. */
  private firstBill(day: number): number {
    const { span } = this.world;
    if (day >= span.days) return span.periods.length;
    return span.monthOf[day]! + (span.dayOfMonth[day]! > this.life.billingDay ? 1 : 0);
  }

  private storeContacts(quota: number): void {
    const { life, stores } = this;
    const { contacts } = life;
    for (let i = 0; i < contacts.length && this.contacts < quota; i++) {
      const contact = contacts[i]!;
      const avoidable = this.isAvoidable(i);
      const block = stores.contacts.block(contact.day);
      const at = stores.contacts.slot(contact.day);
      block[at] = life.number + 1;
      block[at + 1] = packContact(
        contact.at - contact.day * DAY,
        contact.reason,
        contact.channel,
        contact.product,
        life.segment,
        life.language,
      );
      block[at + 2] =
        (contact.cause + 1) |
        (contact.repeat ? 16 : 0) |
        (contact.unresolved ? 32 : 0) |
        (contact.escalated ? 64 : 0) |
        (Math.min(255, contact.caseNo) << 7) |
        (Math.min(63, contact.lag) << 15) |
        (avoidable ? 1 << 21 : 0) |
        packReason(contact.reason);
      this.contacts++;
      if (avoidable) this.avoidableRepeats++;
    }
  }

  /** Same reason or case within 7 days after a contact that was not escalated (method 3). */
  private isAvoidable(i: number): boolean {
    const { contacts } = this.life;
    const { at, reason, caseNo } = contacts[i]!;
    for (let j = i - 1; j >= 0 && at - contacts[j]!.at <= REPEAT_SECONDS; j--) {
      const earlier = contacts[j]!;
      if (earlier.escalated || earlier.at === at) continue;
      if (earlier.reason === reason || (caseNo !== 0 && earlier.caseNo === caseNo)) return true;
    }
    return false;
  }

  private storeExposures(): void {
    const { life, stores, world } = this;
    const amount = Math.round(world.behaviour.fee.amount * 100);
    for (const { at, day, waived } of life.hits) {
      const block = stores.exposures.block(day);
      const place = stores.exposures.slot(day);
      block[place] = life.number + 1;
      block[place + 1] = at - day * DAY;
      block[place + 2] = amount;
      block[place + 3] = waived ? amount : 0;
    }
  }

  private storeEvent(
    customer: number,
    day: number,
    second: number,
    kind: number,
    amount: number,
    margin: number,
    decision: number,
    referred: number,
  ): void {
    const block = this.stores.revenue.block(day);
    const at = this.stores.revenue.slot(day);
    block[at] = customer + 1;
    block[at + 1] = second | (kind << 17) | ((decision + 1) << 21);
    block[at + 2] = amount;
    block[at + 3] = margin;
    block[at + 4] = referred + 1;
  }
}
