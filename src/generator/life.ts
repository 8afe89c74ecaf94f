import { PRODUCT, type Sampled } from './arrivals.ts';
import { cumulated, Draw, PURPOSE } from './draw.ts';
import { tenureBand } from './population.ts';
import { DAY, REPEAT_SECONDS, type Hit, type LivedContact, type Opener, type World } from './world.ts';

const MOST_CONTACTS = 250;
const MOST_HITS = 256;

/**
 * One customer's years, which seed and customer number alone decide. The object is used again for the next customer:
 * memory does not grow. The trait that makes a customer call, call again and leave lies in segment and tenure, so naive
 * comparisons are biased and the data explain it.
 */
export class Life {
  number = 0;
  joinDay = 0;
  /** first day on which the customer is gone; beyond all days for those who stay */
  leaveDay = 0;
  segment = 0;
  region = 0;
  holdings = 0;
  language = 0;
  marginCents = 0;
  billingDay = 1;
  draw!: Draw;
  contacts: LivedContact[] = [];
  hits: Hit[] = [];
  serviceOpeners: Opener[] = [];
  firstHits: Opener[] = [];
  private readonly pool: LivedContact[] = [];
  private readonly sampled: Sampled = { reason: 0, product: 0, cause: -1 };
  private readonly segments: Float64Array;
  private readonly regions: Float64Array;
  private readonly holdingShares: Float64Array;
  private readonly languages: Float64Array;
  private readonly steepest: number;

  constructor(private readonly world: World) {
    const { segments, regions, holdings, languages, tenure } = world.behaviour;
    this.segments = cumulated(segments.map((segment) => segment.share));
    this.regions = cumulated(regions.map((region) => region.share));
    this.holdingShares = cumulated([holdings.mobile, holdings.fibre, holdings.both]);
    this.languages = cumulated(languages.map((language) => language.share));
    this.steepest = Math.max(...tenure.contacts);
  }

  live(number: number): void {
    const { seed, population, behaviour } = this.world;
    const draw = Draw.of(seed, PURPOSE.customer, number);
    this.draw = draw;
    this.number = number;
    this.contacts.length = 0;
    this.hits.length = 0;
    this.serviceOpeners.length = 0;
    this.firstHits.length = 0;
    this.joinDay = population.joinDay(draw);
    this.segment = draw.pick(this.segments);
    this.region = draw.pick(this.regions);
    this.holdings = [PRODUCT.mobile, PRODUCT.fibre, PRODUCT.any][draw.pick(this.holdingShares)]!;
    this.language = draw.pick(this.languages);
    this.billingDay = 1 + draw.below(28);
    const margin = behaviour.segments[this.segment]!.margin * draw.factor(behaviour.margin_spread);
    this.marginCents = Math.round(margin * 100);
    this.leaveDay = this.ordinaryLeaveDay();
    this.background();
    this.feeHits();
    this.repeats();
    this.disappointments();
  }

  private ordinaryLeaveDay(): number {
    const { population, span } = this.world;
    let patience = this.draw.exponential();
    let day = Math.max(0, this.joinDay);
    while (day < span.days) {
      const tenure = day - this.joinDay;
      const rate = population.leavingRate(this.segment, tenure);
      const bandEnds = [365, 3 * 365, Infinity][tenureBand(tenure)]!;
      const days = bandEnds - tenure;
      if (patience < rate * days) return Math.max(day + 1, Math.ceil(day + patience / rate));
      patience -= rate * days;
      day += days;
    }
    return Infinity;
  }

  private background(): void {
    const { arrivals, behaviour, span } = this.world;
    const { draw } = this;
    const { contacts, segments, tenure } = behaviour;
    const rate = contacts.per_month * segments[this.segment]!.contacts * draw.factor(contacts.spread) * this.steepest;
    const end = arrivals.intensity[Math.min(span.days, this.leaveDay)]!;
    let at = arrivals.intensity[Math.max(0, this.joinDay)]!;
    while ((at += draw.exponential() / rate) < end && this.contacts.length < MOST_CONTACTS) {
      const day = arrivals.dayAt(at);
      const band = tenureBand(day - this.joinDay);
      if (tenure.contacts[band] < this.steepest && !draw.chance(tenure.contacts[band] / this.steepest)) continue;
      if (!arrivals.sample(day, this.holdings, draw, this.sampled)) continue;
      const channel = draw.pick(arrivals.reasons[this.sampled.reason]!.channels);
      const contact = this.add(day, arrivals.secondOn(day, channel, draw), channel);
      contact.reason = this.sampled.reason;
      contact.product = this.sampled.product;
      contact.cause = this.sampled.cause;
    }
  }

  private feeHits(): void {
    const { population, span, behaviour, hitScale } = this.world;
    const { fee, segments } = behaviour;
    const { draw } = this;
    const inPilot = this.region === population.pilotRegion;
    const late = fee.late * segments[this.segment]!.late * hitScale;
    const from = Math.max(0, this.joinDay + 21, inPilot ? population.feeFrom : population.rollOutFrom);
    for (
      let month = from < span.days ? span.monthOf[from]! : span.periods.length;
      month < span.periods.length;
      month++
    ) {
      // any day of the month: a fixed distance to the renewals would bend every comparison with customers not hit
      const first = span.monthStarts[month]!;
      const day = first + draw.below(span.monthStarts[month + 1]! - first);
      if (day < from) continue;
      if (day >= this.leaveDay || this.hits.length === MOST_HITS) break;
      if (!draw.chance(late)) continue;
      const second = 6 * 3600 + draw.below(3600);
      const hit: Hit = { at: day * DAY + second, day, waived: draw.chance(fee.waived), refundDay: -1 };
      this.hits.push(hit);
      const caused = day < population.rollOutFrom ? fee.pilot.contacts : fee.roll_out.contacts;
      if (draw.chance(caused) && this.contacts.length < MOST_CONTACTS) this.feeContact(hit);
    }
  }

  private feeContact(hit: Hit): void {
    const { arrivals, span, behaviour } = this.world;
    const { fee } = behaviour;
    const { draw } = this;
    const channel = draw.pick(arrivals.reasons[arrivals.feeReason]!.channels);
    let lag = 0;
    for (let tries = 0; tries < 12; tries++) {
      lag = Math.floor(draw.exponential() * 7);
      if (lag <= fee.lag_days && draw.chance(arrivals.weightOf(Math.min(span.days - 1, hit.day + lag)) / 1.3)) break;
    }
    lag = Math.min(lag, fee.lag_days);
    if (hit.day + lag >= span.days) return;
    let second = arrivals.secondOn(hit.day + lag, channel, draw);
    if (lag === 0 && second <= hit.at - hit.day * DAY) second = 9 * 3600 + draw.below(3600);
    const contact = this.add(hit.day + lag, second, channel);
    contact.reason = arrivals.feeReason;
    contact.product = this.holdings === PRODUCT.any ? PRODUCT.mobile : this.holdings;
    contact.cause = arrivals.fee;
    contact.lag = lag;
    if (!hit.waived && draw.chance(fee.refunded)) hit.refundDay = contact.day + 1 + draw.below(3);
  }

  /** Unresolved contacts come back within 7 days, with the same reason and case. */
  private repeats(): void {
    const { behaviour, arrivals, span } = this.world;
    const { draw } = this;
    const { contacts, segments, tenure } = behaviour;
    const caller = contacts.repeat * segments[this.segment]!.repeat;
    for (let i = 0; i < this.contacts.length; i++) {
      const first = this.contacts[i]!;
      first.escalated = draw.chance(contacts.escalated);
      const chance =
        caller * tenure.repeat[tenureBand(first.day - this.joinDay)]! * (first.repeat ? contacts.again : 1);
      first.unresolved = draw.chance(chance);
      if (first.caseNo === 0 && (first.unresolved || first.escalated)) first.caseNo = i + 1;
      if (!first.unresolved || this.contacts.length >= MOST_CONTACTS) continue;
      let lag = 0;
      for (let tries = 0; tries < 8; tries++) {
        lag = Math.floor(draw.unit() * draw.unit() * 7);
        if (draw.chance(arrivals.weightOf(Math.min(span.days - 1, first.day + lag)) / 1.3)) break;
      }
      const day = first.day + lag;
      if (day >= span.days) continue;
      const channel = draw.chance(0.7) ? first.channel : 0;
      let second = arrivals.secondOn(day, channel, draw);
      const since = first.at - first.day * DAY;
      if (lag === 0 && second <= since) second = Math.min(DAY - 1, since + 1200 + draw.below(1800));
      const contact = this.add(day, span.onTheWall(day, second), channel);
      contact.reason = first.reason;
      contact.product = first.product;
      contact.cause = first.cause;
      contact.lag = first.lag + lag;
      contact.caseNo = first.caseNo;
      contact.repeat = true;
    }
  }

  /**
   * In order of time: who is hit for the first time in 548 days, or must call again about the first background contact in
   * 548 days, leaves with the planted probability. What would have come after the last day is gone.
   */
  private disappointments(): void {
    const { fee, service } = this.world.behaviour;
    const { draw, contacts } = this;
    contacts.sort((a, b) => a.at - b.at);
    const episode = service.episode_days * DAY;
    let [ownEnds, openEnds, hitEnds, h] = [-1, -1, -1, 0];
    for (let i = 0; i <= contacts.length; i++) {
      const contact = contacts[i];
      const until = Math.min(contact?.at ?? Infinity, this.leaveDay * DAY);
      for (; h < this.hits.length && this.hits[h]!.at < until; h++) {
        const { at, day } = this.hits[h]!;
        if (at < hitEnds) continue;
        hitEnds = at + episode;
        this.firstHits.push({ day, treated: true, effective: true });
        if (draw.chance(fee.leaves)) this.leaveAfter(day, fee.leaves_days);
      }
      if (contact === undefined || contact.day >= this.leaveDay) break;
      const opensOwn = contact.at >= ownEnds && contact.cause !== this.world.arrivals.fee;
      const opens = contact.at >= openEnds;
      if (!opensOwn && !opens) continue;
      const repeated = this.isRepeated(i);
      if (opens) {
        openEnds = contact.at + episode;
        this.serviceOpeners.push({ day: contact.day, treated: !repeated, effective: opensOwn });
      }
      if (!opensOwn) continue;
      ownEnds = contact.at + episode;
      if (repeated && draw.chance(service.leaves))
        this.leaveAfter(contact.day + service.clock_starts, service.leaves_days);
    }
    const gone = this.leaveDay;
    while (contacts.length > 0 && contacts[contacts.length - 1]!.day >= gone) contacts.pop();
    while (this.hits.length > 0 && this.hits[this.hits.length - 1]!.day >= gone) this.hits.pop();
  }

  /** A leave within so many days, sooner rather than later: the share of leaves until day t is √(t ÷ days). */
  private leaveAfter(day: number, days: number): void {
    const unit = this.draw.unit();
    this.leaveDay = Math.min(this.leaveDay, day + 1 + Math.floor(days * unit * unit));
  }

  private isRepeated(i: number): boolean {
    const { at, reason, caseNo } = this.contacts[i]!;
    for (let j = i + 1; j < this.contacts.length; j++) {
      const later = this.contacts[j]!;
      if (later.at - at > REPEAT_SECONDS || later.day >= this.leaveDay) return false;
      if (later.at > at && (later.reason === reason || (caseNo !== 0 && later.caseNo === caseNo))) return true;
    }
    return false;
  }

  private add(day: number, second: number, channel: number): LivedContact {
    const place = this.contacts.length;
    const contact = (this.pool[place] ??= {} as LivedContact);
    contact.at = day * DAY + second;
    contact.day = day;
    contact.channel = channel;
    contact.lag = 0;
    contact.caseNo = 0;
    contact.repeat = false;
    contact.unresolved = false;
    contact.escalated = false;
    this.contacts.push(contact);
    return contact;
  }
}
