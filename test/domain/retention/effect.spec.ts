import { Refusal } from '../../../src/domain/errors.ts';
import { cohortFacts, earnedBy, serviceRows } from '../../../src/domain/retention/cohort.ts';
import { match } from '../../../src/domain/retention/comparison.ts';
import type { CohortFacts, MeasuredEffect, ReadingPolicy } from '../../../src/domain/retention/effect.ts';
import { effectReadings } from '../../../src/domain/retention/effect.ts';
import { SERVICE_DELAY_DAYS, episodes } from '../../../src/domain/retention/episode.ts';
import { design } from '../../../src/domain/retention/least-squares.ts';
import {
  buyAgainOf,
  contractMarginIn,
  countsAsOutcome,
  discountFactors,
  purchasesOf,
} from '../../../src/domain/retention/outcome.ts';
import { forecastEffects } from '../../../src/domain/retention/provisional.ts';
import { resolvedFlags } from '../../../src/domain/retention/repeat.ts';
import { world } from './world.ts';

const WINDOWS = [30, 182, 548];
const POLICY: ReadingPolicy = { windowsDays: WINDOWS, discountRate: 0.08, observedThrough: 600 };
const company = world(7, 2000);

function factsOf(period = { from: 0, to: 30 }): CohortFacts {
  const { contacts } = company;
  const opened = episodes(contacts, SERVICE_DELAY_DAYS);
  const rows = serviceRows(opened, contacts.day, contacts.resolved, contacts.reason, period);
  const earned = earnedBy(rows, company, WINDOWS, SERVICE_DELAY_DAYS);
  return cohortFacts(rows, { ...company, earned }, WINDOWS, SERVICE_DELAY_DAYS);
}

function measured(effect: { kind: string }): MeasuredEffect {
  expect(effect.kind).toBe('measured');
  return effect as MeasuredEffect;
}

describe('readings of a cohort', () => {
  const facts = factsOf();

  it('counts a customer in a window only when every day of it is known', () => {
    // Clocks start on days 8 to 35; through day 200 six months are over for those of days 8 to 19 alone.
    const [month, half, year] = effectReadings(facts, { ...POLICY, observedThrough: 200, leastPerArm: 20 });
    expect(month!.final).toBe(true);
    expect(half!.final).toBe(false);
    expect(half!.unripe).toBeGreaterThan(0);
    expect(half!.matured + half!.unripe).toBe(month!.matured);
    const { rows } = measured(half!.effect);
    for (const row of rows) expect(facts.clockStart[row]! + 181).toBeLessThanOrEqual(200);
    expect(year!.matured).toBe(0);
    expect(year!.effect).toMatchObject({ kind: 'refused', code: 'too_few' });
  });

  it('never takes a customer observed five months into a final figure of six', () => {
    const [, half] = effectReadings(facts, { ...POLICY, observedThrough: 35 + 150 });
    expect(half!.matured).toBe(0);
    expect(half!.final).toBe(false);
    expect(half!.effect.kind).toBe('refused');
  });

  it('splits the effect into streams that sum to it', () => {
    for (const { effect } of effectReadings(facts, POLICY)) {
      const { streams, total, perCustomer, customers } = measured(effect);
      expect(streams.buyAgain + streams.buyMore + streams.spreadTheWord).toBeCloseTo(total.point, 6);
      expect(total.point).toBeCloseTo(perCustomer.perCustomer * customers, 6);
    }
  });

  it('agrees between strata and the doubly robust estimate, and balances the arms', () => {
    const robust = measured(effectReadings(facts, POLICY)[1]!.effect);
    const strata = measured(effectReadings(facts, { ...POLICY, method: 'strata' })[1]!.effect);
    const gap = Math.abs(robust.perCustomer.perCustomer - strata.perCustomer.perCustomer);
    expect(gap).toBeLessThan(2 * robust.perCustomer.standardError);
    expect(robust.differenceBefore).toBeGreaterThan(0.2);
    expect(robust.differenceAfter).toBeLessThan(0.1);
    expect(strata.notAssessable).toBeGreaterThan(0);
  });

  it('shows and does not net an effect that the time before already had', () => {
    // A trait nobody recorded: the resolved always bought more.
    const before = Float64Array.from(facts.before, (value, i) => value + (facts.treated[i] === 1 ? 4000 : 0));
    const effect = measured(effectReadings({ ...facts, before }, POLICY)[1]!.effect);
    expect(effect.nettable).toBe(false);
    expect(effect.why[0]).toMatch(/182 days before/);
  });

  it('takes nobody whose customer has left before the clock starts', () => {
    const active = Uint8Array.from(facts.active, (_, i) => i % 2);
    const [month] = effectReadings({ ...facts, active }, POLICY);
    expect(month!.matured).toBeLessThan(effectReadings(facts, POLICY)[0]!.matured);
  });

  it('forecasts a window that is not over, near what it will be', () => {
    const final = measured(effectReadings(facts, POLICY)[1]!.effect);
    const policy = { ...POLICY, observedThrough: 120 };
    const known = purchasesOf(facts, company.earnings, policy.observedThrough);
    const [forecast, longer] = forecastEffects(facts, company.customers, known, policy, [182, 548]);
    if (forecast!.kind === 'refused') throw new Error(forecast!.why);
    expect(forecastEffects(facts, company.customers, known, policy, [548])).toEqual([longer]);
    expect(forecast!.methods).toEqual(['bgnbd_gamma_gamma']);
    expect(forecast!.total.low).toBeLessThan(final.total.high);
    expect(forecast!.total.high).toBeGreaterThan(final.total.low);
    expect(forecast!.total.point).toBeGreaterThan(0);
  });
});

describe('a comparison that cannot be made', () => {
  const terms = (values: readonly number[]) => () => design(new Map([['x', values]]), values.length);
  const rows = Array.from({ length: 200 }, (_, i) => i);

  it('is refused for want of customers', () => {
    const group = { treated: rows.map((i) => (i < 10 ? 1 : 0)), customer: rows, terms: terms(rows.map((i) => i % 7)) };
    expect(() => match(group)).toThrow(/10 treated customers/);
  });

  it('is refused where the arms have nobody in common', () => {
    const group = { treated: rows.map((i) => (i < 100 ? 1 : 0)), customer: rows, terms: terms(rows) };
    expect(() => match(group)).toThrow(Refusal);
    expect(() => match({ ...group, stratum: () => rows.map((i) => (i < 100 ? 0 : 1)) }, { method: 'strata' })).toThrow(
      /no stratum/,
    );
  });
});

describe('outcomes', () => {
  it('leave out fees, referrals and what carries a decision', () => {
    expect(countsAsOutcome('purchase', undefined)).toBe(true);
    expect(countsAsOutcome('refund', undefined)).toBe(true);
    expect(countsAsOutcome('fee', undefined)).toBe(false);
    expect(countsAsOutcome('purchase', 'FEE-LATE')).toBe(false);
    expect(countsAsOutcome('referral', undefined)).toBe(false);
  });

  it('split into buying again, up to the own baseline, and buying more', () => {
    expect([50, 150, -20].map((outcome) => buyAgainOf(outcome, 100))).toEqual([50, 100, -20]);
    expect([50, -20].map((outcome) => buyAgainOf(outcome, -10))).toEqual([0, -20]);
  });

  it('of contracts are the margin for the time active', () => {
    const contracts = { monthlyMargin: [36500], joinedOn: [-100], leftOn: [10] };
    const [inside, after] = contractMarginIn([0], contracts, [
      { from: 0, to: 30 },
      { from: 30, to: 182 },
    ]);
    expect(inside![0]).toBeCloseTo(12_000, 9);
    expect(after![0]).toBe(0);
  });

  it('need a stated discount rate over a year', () => {
    expect(() => discountFactors([30, 548], undefined)).toThrow(/discount_rate/);
    expect(discountFactors([30, 182], undefined)).toEqual([1, 1]);
    expect(discountFactors([365], 0.08)[0]).toBeCloseTo(1 / 1.08, 12);
  });
});

describe('resolved by what the customer does', () => {
  it('is no repeat of customer and reason within seven days, once they are over', () => {
    const day = 86_400;
    const chain = {
      customer: [1, 1, 1, 2, 2, -1],
      topic: [5, 5, 6, 5, 5, 5],
      startedAt: [0, 7 * day, 8 * day, 0, 7 * day + 1, 0],
    };
    expect(Array.from(resolvedFlags(chain, 20 * day))).toEqual([0, 1, 1, 1, 1, -1]);
    expect(Array.from(resolvedFlags(chain, 10 * day))).toEqual([0, -1, -1, 1, -1, -1]);
  });
});
