import { PRODUCT, PRODUCT_NAMES, type Sampled } from './arrivals.ts';
import { ascii, type CsvFile } from './csv-file.ts';
import { CONTACT_WORDS, packContact, packReason, reasonOf } from './customer-pass.ts';
import { ContactSums, POOLS } from './contact-sums.ts';
import { cumulated, Draw, PURPOSE } from './draw.ts';
import { exp } from './numbers.ts';
import { CHANNELS, type Settings } from './settings.ts';
import type { World } from './world.ts';
import type { SurveyRows } from './survey-rows.ts';

export const CONTACT_COLUMNS =
  'contact_id,started_at,channel,reason_code,customer_id,handle_seconds,queue,site,vendor,product,segment,language,decision_code,case_id,direction,escalated,transferred_from,resolved,text'.split(
    ',',
  );
const PARTNER = 3;
const QUEUES: Readonly<Record<string, string>> = {
  billing: 'billing',
  contract: 'contract',
  network: 'tech',
  app: 'tech',
  device: 'tech',
  order: 'sales',
  offer: 'sales',
};
const QUEUE_NAMES = ['general', 'billing', 'contract', 'tech', 'sales'] as const;
const CHECK = 'ABCDEFGHJKLMNPQRSTUVWXY';

/** Writes the contacts of a day in order of time: contacts.csv, contact_segments.csv and the surveys that follow them. */
export class ContactRows {
  readonly sums: ContactSums;
  private readonly words;
  private readonly sampled: Sampled = { reason: 0, product: 0, cause: -1 };
  private readonly medians: readonly Float64Array[];
  private readonly standardCost: readonly Float64Array[];
  private readonly texts: readonly Uint8Array[][];
  private readonly queueOf: readonly number[];

  constructor(
    private readonly world: World,
    settings: Settings,
    private readonly contacts: CsvFile,
    private readonly segments: CsvFile,
    private readonly surveys: SurveyRows,
  ) {
    const { arrivals, behaviour } = world;
    const { reasons } = arrivals;
    this.sums = new ContactSums(world);
    const { handle } = behaviour;
    const meanOfSpread = exp((handle.spread * handle.spread) / 2);
    this.medians = POOLS.map((pool) =>
      Float64Array.from(reasons, (reason) => (reason.standardSeconds * handle[pool]) / meanOfSpread),
    );
    this.standardCost = POOLS.map((pool) =>
      Float64Array.from(
        reasons,
        (reason) => (reason.standardSeconds / settings.concurrency[pool]!) * settings.standardRates[pool]!,
      ),
    );
    this.texts = reasons.map(({ code }) => {
      const own = settings.texts.filter((row) => code.startsWith(row['reason']!));
      const any = own.length > 0 ? own : settings.texts.filter((row) => row['reason'] === 'other');
      return any.map((row) => Buffer.from(`"${row['text']!.replaceAll('"', '""')}"`, 'utf8'));
    });
    this.queueOf = reasons.map((reason) =>
      QUEUE_NAMES.indexOf((QUEUES[reason.group] ?? 'general') as (typeof QUEUE_NAMES)[number]),
    );
    this.words = {
      id: ascii('CT-'),
      customer: ascii('CU-'),
      case: ascii('CS-'),
      channels: CHANNELS.map(ascii),
      reasons: reasons.map((reason) => ascii(reason.code)),
      queues: QUEUE_NAMES.map(ascii),
      sites: behaviour.sites.map((site) => ascii(site.code)),
      siteShares: cumulated(behaviour.sites.map((site) => site.share)),
      vendor: ascii(behaviour.vendor.code),
      products: PRODUCT_NAMES.map(ascii),
      segments: behaviour.segments.map((segment) => ascii(segment.code)),
      languages: behaviour.languages.map((language) => ascii(language.code)),
      languageShares: cumulated(behaviour.languages.map((language) => language.share)),
      holdings: cumulated([behaviour.holdings.mobile, behaviour.holdings.fibre, behaviour.holdings.both]),
      decisions: arrivals.decisions.map((decision) => ascii(decision.code)),
      inbound: ascii('inbound'),
      outbound: ascii('outbound'),
      yes: ascii('true'),
      no: ascii('false'),
    };
  }

  /** `stored` has room for the `anonymous` contacts behind its records. */
  async write(day: number, stored: { words: Int32Array; records: number }, anonymous: number): Promise<void> {
    const { words } = stored;
    const records = stored.records + anonymous;
    this.addAnonymous(day, words, stored.records, records);
    const order = new Float64Array(records);
    for (let i = 0; i < records; i++) order[i] = (words[i * CONTACT_WORDS + 1]! & 0x1ffff) * 0x8000000 + i;
    order.sort();
    const draw = Draw.of(this.world.seed, PURPOSE.day, day);
    const date = ascii(this.world.span.dates[day]!);
    for (let i = 0; i < records; i++) {
      const at = (order[i]! % 0x8000000) * CONTACT_WORDS;
      this.row(day, date, words[at]!, words[at + 1]!, words[at + 2]!, draw);
      if (this.contacts.full) await this.contacts.flush();
      if (this.segments.full) await this.segments.flush();
      if (this.surveys.csv.full) await this.surveys.csv.flush();
    }
  }

  /** Contacts whose customer nobody knows: the same reasons, the same effects of decisions. */
  private addAnonymous(day: number, words: Int32Array, from: number, to: number): void {
    const { arrivals, seed, behaviour } = this.world;
    const { sampled } = this;
    const draw = Draw.of(seed, PURPOSE.anonymous, day);
    for (let i = from; i < to; i++) {
      const holdings = [PRODUCT.mobile, PRODUCT.fibre, PRODUCT.any][draw.pick(this.words.holdings)]!;
      if (!arrivals.sample(day, holdings, draw, sampled)) {
        i--;
        continue;
      }
      const channel = draw.pick(arrivals.reasons[sampled.reason]!.channels);
      words[i * CONTACT_WORDS] = 0;
      words[i * CONTACT_WORDS + 1] = packContact(
        arrivals.secondOn(day, channel, draw),
        sampled.reason,
        channel,
        sampled.product,
        0,
        draw.pick(this.words.languageShares),
      );
      words[i * CONTACT_WORDS + 2] =
        (sampled.cause + 1) | (draw.chance(behaviour.contacts.escalated) ? 64 : 0) | packReason(sampled.reason);
    }
  }

  private row(day: number, date: Uint8Array, customer: number, packed: number, more: number, draw: Draw): void {
    const { world, contacts: csv, words, sums } = this;
    const { behaviour, span, arrivals } = world;
    const second = packed & 0x1ffff;
    const reason = reasonOf(packed, more);
    const channel = (packed >>> 23) & 3;
    const cause = (more & 15) - 1;
    const repeat = (more & 16) !== 0;
    const unresolved = (more & 32) !== 0;
    const escalated = (more & 64) !== 0;
    const month = span.monthOf[day]!;
    const number = ++sums.total;
    const partner = draw.chance(behaviour.vendor[CHANNELS[channel]!]);
    const pool = partner ? PARTNER : channel;
    const missing = draw.chance(behaviour.handle.missing);
    const seconds = Math.max(
      10,
      Math.min(14_400, Math.round(this.medians[pool]![reason]! * exp(behaviour.handle.spread * draw.normal()))),
    );

    this.identity(number);
    csv.comma();
    csv.instant(date, second, span.offsetHours(day, second));
    csv.comma();
    csv.word(words.channels[channel]!);
    csv.comma();
    csv.word(words.reasons[reason]!);
    csv.comma();
    if (customer !== 0) {
      csv.word(words.customer);
      csv.digits(customer, 8);
    } else sums.withoutCustomer++;
    csv.comma();
    if (!missing) csv.digits(seconds, 1);
    csv.comma();
    csv.word(words.queues[this.queueOf[reason]!]!);
    csv.comma();
    if (!partner) csv.word(words.sites[draw.pick(words.siteShares)]!);
    csv.comma();
    if (partner) csv.word(words.vendor);
    csv.comma();
    csv.word(words.products[(packed >>> 25) & 3]!);
    csv.comma();
    if (customer !== 0) csv.word(words.segments[(packed >>> 27) & 3]!);
    csv.comma();
    csv.word(words.languages[(packed >>> 29) & 3]!);
    csv.comma();
    const tag = this.tag(day, cause, draw);
    if (tag >= 0) {
      csv.word(words.decisions[tag]!);
      sums.tagged++;
    }
    csv.comma();
    const caseNo = (more >>> 7) & 255;
    if (caseNo !== 0) {
      csv.word(words.case);
      csv.digits(customer, 8);
      csv.byte(45);
      csv.digits(caseNo, 1);
    }
    csv.comma();
    csv.word(!repeat && draw.chance(0.02) ? words.outbound : words.inbound);
    csv.comma();
    csv.word(escalated ? words.yes : words.no);
    if (escalated) sums.escalated++;
    csv.comma();
    const transferred = draw.chance(0.07);
    if (transferred) {
      csv.word(words.queues[this.queueOf[reason] === 0 ? 1 + draw.below(4) : 0]!);
      sums.transferred++;
    }
    csv.comma();
    if (!draw.chance(0.08)) csv.word(draw.chance(unresolved ? 0.45 : 0.96) ? words.yes : words.no);
    csv.comma();
    if (draw.chance(behaviour.texts[CHANNELS[channel]!])) {
      const texts = this.texts[reason]!;
      csv.word(texts[draw.below(texts.length)]!);
    }
    csv.endRow();

    if (missing) sums.withoutHandleTime++;
    else sums.handleSeconds += seconds;
    sums.seconds[pool]![month]! += missing ? arrivals.reasons[reason]!.standardSeconds : seconds;
    sums.contactsByPool[pool]![month]!++;
    sums.byReason[reason]![month]!++;
    if (cause >= 0) {
      const hitDay = day - ((more >>> 15) & 63);
      const cost = this.standardCost[pool]![reason]!;
      sums.addCaused(cause, month, repeat, cost);
      if (cause === arrivals.fee) sums.addOfFee(hitDay, transferred || (more & (1 << 21)) !== 0, cost);
      if (customer === 0) sums.causedAnonymous[cause]![month]!++;
    }
    if (!missing && seconds >= 120 && draw.chance(behaviour.segments_of_contacts)) {
      this.twoReasons(number, reason, seconds, draw);
    }
    if (customer !== 0 && draw.chance(behaviour.surveys.answered)) {
      this.surveys.row(day, second + seconds, () => this.identityBytes(number), customer, unresolved || repeat, draw);
    }
  }

  /** The decision that the agent noted: some of those who know it, few in error. */
  private tag(day: number, cause: number, draw: Draw): number {
    const { tags } = this.world.behaviour;
    if (cause >= 0) return draw.chance(tags.caused) ? cause : -1;
    if (!draw.chance(tags.wrong)) return -1;
    const { decisions } = this.world.arrivals;
    const any = draw.below(decisions.length);
    const { firstDay, lastDay } = decisions[any]!;
    return day >= firstDay && day <= lastDay ? any : -1;
  }

  private twoReasons(number: number, reason: number, seconds: number, draw: Draw): void {
    const { reasons } = this.words;
    const other = (reason + 1 + draw.below(reasons.length - 1)) % reasons.length;
    const first = Math.round(seconds * (0.5 + 0.3 * draw.unit()));
    for (const [of, part] of [
      [reason, first],
      [other, seconds - first],
    ] as const) {
      this.segments.word(this.identityBytes(number));
      this.segments.comma();
      this.segments.word(reasons[of]!);
      this.segments.comma();
      this.segments.digits(part, 1);
      this.segments.endRow();
    }
  }

  private identity(number: number): void {
    this.contacts.word(this.words.id);
    this.contacts.digits(number, 9);
    this.contacts.byte(45);
    this.contacts.byte(CHECK.charCodeAt(number % 23));
  }

  private identityBytes(number: number): Uint8Array {
    return ascii(`CT-${String(number).padStart(9, '0')}-${CHECK[number % 23]!}`);
  }
}
