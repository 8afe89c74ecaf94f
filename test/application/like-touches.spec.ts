import fc from 'fast-check';
import { kindColumns } from '../../src/application/cells-at.ts';
import { ContactOwners, dimensionsOf } from '../../src/application/contact-owners.ts';
import { coarseTouches, hitRules, LikeTouches, touchCuts } from '../../src/application/like-touches.ts';
import type { Cause } from '../../src/domain/attribution/causes.ts';
import { Fraction } from '../../src/domain/fraction.ts';
import { dateOf, dayNumber } from '../../src/domain/retention/cohort.ts';
import { DAY_SECONDS } from '../../src/domain/retention/repeat.ts';
import { distinctionsOf } from '../../src/domain/statements/distinctions.ts';
import type { CellRow } from '../../src/persistence/close-inputs.queries.ts';
import { inputsOf } from '../builders/company.ts';

const CODES = ['FEE', 'MOVE', 'PRICE'];
const EXPOSURES = [
  { name: 'fee', exposure: 'FEE', within_days: 3, background: 'keep', several: 'time_decay', half_life_days: 2 },
  { name: 'any', exposure: '*', within_days: 6, background: 'keep', several: 'equal' },
];
const RULES = [
  { name: 'tagged', tag: true },
  ...EXPOSURES,
  {
    name: 'sales in the first week',
    match: { queue: ['sales*'], started_at: { to: '2026-03-07' } },
    to: [{ unit: 'BETA', share: '0.25' }],
  },
  { name: 'prepaid', match: { segment: ['pre*', '(none)'] }, to: [{ decision: 'MOVE', share: '0.5' }] },
  { name: 'owner', reason_owner: true },
];
const { model, register } = inputsOf({
  units: ['ALPHA', 'BETA', 'GAMMA'],
  reasons: [
    { reason: 'billing', owner: 'ALPHA', standard: 300 },
    { reason: 'other', owner: null, standard: 300 },
  ],
  // MOVE begins later than some hits
  decisions: CODES.map((decision, i) => ({
    decision,
    from: decision === 'MOVE' ? '2026-03-05' : '2026-01-01',
    owners: [{ unit: ['ALPHA', 'BETA', 'GAMMA'][i]!, share: '1' }],
    ...(decision === 'PRICE' ? { population: 'segment=pre*', reasons: 'billing' } : {}),
  })),
  model: {
    pools: [{ code: 'voice', kind: 'operating', ledger: [{ account: 'voice' }] }],
    charging: { standard_rates: { voice: '0.01' } },
    rules: RULES,
  },
  ledger: [],
  capacity: {},
  cells: [],
});
const QUEUES = ['sales-1', 'sales-2', 'care', null];
const SEGMENTS = ['prepaid', 'pretty', 'gold', null];
const CELLS = new Map(
  Array.from({ length: 64 }, (_, number): [number, CellRow] => [
    number,
    {
      ...{ cell_no: number, channel: 'voice', reason_code: number % 2 === 1 ? 'billing' : 'other' },
      ...{ queue: QUEUES[(number >> 1) & 3]!, segment: SEGMENTS[(number >> 3) & 3]! },
      ...{ site: null, vendor: `v${number}`, product: null, language: null, direction: null },
      ...{ decision_code: number >= 32 && number % 5 === 0 ? 'FEE' : null, escalated: false, transferred: false },
    },
  ]),
);

const KINDS = kindColumns([...CELLS.values()]);

/** Every hit within the rule's days, of each decision the latest, nearest first: as the method says it, contact by contact. */
function causesOf(contact: Touch, hits: readonly (Touch & { decision: number })[]): Cause[] {
  return EXPOSURES.flatMap(({ name, exposure, within_days: within, several }) => {
    const own = hits.filter(
      (hit) =>
        hit.customer === contact.customer &&
        hit.at < contact.at &&
        contact.at - hit.at <= within * DAY_SECONDS &&
        (exposure === '*' || exposure === CODES[hit.decision]),
    );
    return CODES.flatMap((decision, d) => {
      const latest = own
        .filter((hit) => hit.decision === d)
        .sort(inOrder)
        .at(-1);
      if (!latest) return [];
      const ageDays = several === 'time_decay' ? Math.floor((contact.at - latest.at) / DAY_SECONDS) : 0;
      return [{ rule: name, decision, hitOn: dateOf(dayOf(latest.at)), ageDays, at: latest.at }];
    })
      .sort((a, b) => b.at - a.at || (a.decision < b.decision ? -1 : 1))
      .map(({ at: _at, ...cause }) => cause);
  });
}

interface Touch {
  readonly customer: number;
  readonly at: number;
}
const FROM = dayNumber('2026-03-01') * DAY_SECONDS;
const dayOf = (at: number): number => Math.floor(at / DAY_SECONDS);
const touch = { customer: fc.nat(3), at: fc.integer({ min: 0, max: 30 }).map((i) => FROM + i * 28_800) };
const inOrder = (a: Touch, b: Touch): number => a.customer - b.customer || a.at - b.at;

describe('who answers for contacts and hits', () => {
  it('is who the rulebook gives each to, however few like ones they are told apart by, and no weight is lost', () => {
    let [fine, fewer] = [0, 0];
    fc.assert(
      fc.property(
        fc.array(fc.record({ ...touch, cellNo: fc.nat(63) }), { maxLength: 60 }),
        fc.array(fc.record({ ...touch, decision: fc.nat(2) }), { maxLength: 12 }),
        (contacts, hits) => {
          contacts.sort(inOrder);
          hits.sort(inOrder);
          const columns = (of: readonly Touch[]) => ({
            customer: of.map(({ customer }) => customer),
            at: of.map(({ at }) => at),
            day: of.map(({ at }) => dayOf(at)),
          });
          const hitColumns = { ...columns(hits), decision: hits.map(({ decision }) => decision) };
          const cuts = touchCuts({ model, register });
          const like = new LikeTouches(hitRules(model), CODES, cuts);
          const ofContacts = { ...columns(contacts), cellNo: contacts.map(({ cellNo }) => cellNo) };
          const numbers = like.contacts(ofContacts, hitColumns);
          const hitNumbers = like.hits(hitColumns);

          // a weight of its own for every touch; what it is after all stands beside
          const weights = like.touches.map((_, number): [number, Fraction] => [number, Fraction.of(1, number + 1)]);
          const of = { posted: [], forecasts: [], weights: [new Map(weights)], touches: like.touches, kinds: KINDS };
          const coarse = coarseTouches(of, distinctionsOf(model, register), cuts);
          const each = weights.map(([number]) =>
            coarseTouches(
              { ...of, weights: [new Map([[number, Fraction.ONE]])] },
              distinctionsOf(model, register),
              cuts,
            ),
          );
          const placeOf = (number: number): number => [...each[number]!.weights[0]!.keys()][0]!;
          const sums = new Map<number, Fraction>();
          for (const [number, weight] of weights)
            sums.set(placeOf(number), (sums.get(placeOf(number)) ?? Fraction.ZERO).plus(weight));
          expect(coarse.weights).toEqual([sums]);
          [fine, fewer] = [fine + like.touches.length, fewer + coarse.touches.length];

          const owners = new ContactOwners(model, register);
          contacts.forEach((contact, i) => {
            const row = CELLS.get(contact.cellNo)!;
            const expected = owners.of({
              ...{ is: 'contact', dimensions: dimensionsOf(row), tag: row.decision_code },
              ...{ day: dateOf(dayOf(contact.at)), causes: causesOf(contact, hits) },
            });
            expect(owners.of(coarse.touches[placeOf(numbers[i]!)]!)).toEqual(expected);
          });
          hits.forEach((hit, i) => {
            const [day, decision] = [dateOf(dayOf(hit.at)), CODES[hit.decision]!];
            expect(owners.of(coarse.touches[placeOf(hitNumbers[i]!)]!)).toEqual(
              owners.of({ is: 'hit', decision, day }),
            );
          });
        },
      ),
    );
    expect(fewer).toBeLessThan(fine);
  });
});
