import type { Draw } from './draw.ts';
import type { Life } from './life.ts';
import { DAY, type World } from './world.ts';
import { exp } from './numbers.ts';

export const REVENUE_KINDS = [
  'purchase',
  'renewal',
  'expansion',
  'contraction',
  'cancellation',
  'refund',
  'fee',
  'referral',
] as const;
export type RevenueKind = (typeof REVENUE_KINDS)[number];
export const KIND = Object.fromEntries(REVENUE_KINDS.map((kind, i) => [kind, i])) as Record<RevenueKind, number>;

/** No margin is stated: the model's margin rate stands for it. */
export const NO_MARGIN = -0x80000000;

/** Takes one event; `decision` is a decision's number or -1, `referred` a customer number or -1. */
export type RevenueSink = (
  day: number,
  second: number,
  kind: number,
  amountCents: number,
  marginCents: number,
  decision: number,
  referred: number,
) => void;

/** A customer's revenue: renewals, purchases and their refunds, fees paid and refunded, and the end. */
export function revenueOf(life: Life, world: World, sink: RevenueSink): void {
  const { behaviour, span } = world;
  const { purchase, fee } = behaviour;
  const { draw } = life;
  const end = Math.min(life.leaveDay, span.days);
  const start = Math.max(0, life.joinDay);
  const price = (marginCents: number) => Math.round(marginCents / purchase.margin);
  const months = world.renewalMonths;

  const term = life.marginCents * months;
  if (life.joinDay >= 0) sink(life.joinDay, 36_000 + draw.below(30_000), KIND.purchase, price(term), term, -1, -1);
  const phase = life.joinDay < 0 ? draw.below(months) : span.monthOf[life.joinDay]! + months;
  for (let month = phase; month < span.periods.length; month += months) {
    const day = span.monthStarts[month]! + life.billingDay - 1;
    if (day <= life.joinDay) continue;
    if (day >= end) break;
    sink(day, 25_200 + draw.below(3600), KIND.renewal, price(term), term, -1, -1);
  }

  const { purchases, margin } = behaviour.segments[life.segment]!;
  const events = purchases * world.purchaseScale;
  const all = events + behaviour.expansion + behaviour.contraction;
  for (let at = start + draw.exponential() * (30.4375 / all); at < end; at += draw.exponential() * (30.4375 / all)) {
    const day = Math.floor(at);
    const second = span.onTheWall(day, 28_800 + draw.below(50_000));
    const which = draw.unit() * all;
    if (which < events) onePurchase(draw, world, end, day, second, sink);
    else {
      // the mean margin of the segment, so that the planted value of a month stays simple
      const cents = Math.round(margin * 100);
      if (which < events + behaviour.expansion) sink(day, second, KIND.expansion, price(cents), cents, -1, -1);
      else sink(day, second, KIND.contraction, -price(cents), -cents, -1, -1);
    }
  }

  const billed = Math.round(fee.amount * 100);
  for (const { at, day, waived, refundDay } of life.hits) {
    if (!waived) sink(day, at - day * DAY, KIND.fee, billed, billed, world.arrivals.fee, -1);
    if (refundDay >= 0 && refundDay < end)
      sink(refundDay, 43_200 + draw.below(10_000), KIND.refund, -billed, -billed, world.arrivals.fee, -1);
  }
  if (life.leaveDay < span.days) sink(life.leaveDay, 32_400 + draw.below(20_000), KIND.cancellation, 0, 0, -1, -1);
}

function onePurchase(draw: Draw, world: World, end: number, day: number, second: number, sink: RevenueSink): void {
  const { purchase } = world.behaviour;
  const amount = Math.max(100, Math.round(purchase.median * exp(purchase.spread * draw.normal()) * 100));
  const margin = draw.chance(purchase.margin_missing) ? NO_MARGIN : Math.round(amount * purchase.margin);
  sink(day, second, KIND.purchase, amount, margin, -1, -1);
  if (!draw.chance(purchase.refunded)) return;
  const back = day + 3 + draw.below(12);
  const backSecond = 36_000 + draw.below(20_000);
  if (back < end) sink(back, backSecond, KIND.refund, -amount, margin === NO_MARGIN ? NO_MARGIN : -margin, -1, -1);
}

/** A customer who joins may have been referred by one who was there before; `referrer` is lived again to know that. */
export function referralOf(
  life: Life,
  referrer: Life,
  world: World,
  sink: (referrer: Life, day: number) => void,
): void {
  if (life.joinDay < 0 || life.number === 0 || !life.draw.chance(world.behaviour.referral)) return;
  const candidate = Math.floor(life.draw.unit() * life.number);
  referrer.live(candidate);
  if (referrer.joinDay < life.joinDay - 30 && referrer.leaveDay > life.joinDay) sink(referrer, life.joinDay);
}
