import fc from 'fast-check';
import { ContactOwners, dateOf } from '../../src/application/contact-owners.ts';
import type { Cause } from '../../src/domain/attribution/causes.ts';
import { dayNumber } from '../../src/domain/retention/cohort.ts';
import { DAY_SECONDS } from '../../src/domain/retention/repeat.ts';
import type { CellRow } from '../../src/persistence/close-inputs.queries.ts';
import { inputsOf } from '../builders/company.ts';

const CODES = ['FEE', 'MOVE', 'PRICE'];
const RULES = [
  { name: 'fee', exposure: 'FEE', within_days: 3, background: 'keep', several: 'time_decay', half_life_days: 2 },
  { name: 'any', exposure: '*', within_days: 6, background: 'keep', several: 'equal' },
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
const cell = (number: number): CellRow => ({
  ...{ cell_no: number, channel: 'voice', reason_code: number === 1 ? 'billing' : 'other', queue: null, site: null },
  ...{ vendor: null, product: null, segment: null, language: null, decision_code: null, direction: null },
  ...{ escalated: false, transferred: false },
});
const CELLS = new Map([1, 2].map((number) => [number, cell(number)]));

/** Every hit within the rule's days, of each decision the latest, nearest first: as the method says it, contact by contact. */
function causesOf(contact: Touch, hits: readonly (Touch & { decision: number })[]): Cause[] {
  return RULES.flatMap(({ name, exposure, within_days: within, several }) => {
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
  it('is who the rulebook gives each to, by its own dimensions, day and hits', () => {
    fc.assert(
      fc.property(
        fc.array(fc.record({ ...touch, cellNo: fc.integer({ min: 1, max: 2 }) }), { maxLength: 30 }),
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
          const owners = new ContactOwners(model, register);
          const ofContacts = { ...columns(contacts), cellNo: contacts.map(({ cellNo }) => cellNo) };
          const cells = owners.contactCells(ofContacts, CELLS, hitColumns, CODES);
          const hitCells = owners.hitCells(hitColumns, CODES);
          contacts.forEach((contact, i) => {
            const expected = owners.takers(cell(contact.cellNo), dateOf(dayOf(contact.at)), causesOf(contact, hits));
            expect(owners.of(cells[i]!)).toEqual(expected);
          });
          hits.forEach((hit, i) => {
            const day = dateOf(dayOf(hit.at));
            const decision = CODES[hit.decision]!;
            const expected = register.ownersOf(decision, day).map(({ unit, share }) => ({ unit, decision, share }));
            expect(owners.of(hitCells[i]!)).toEqual(expected);
          });
        },
      ),
    );
  });
});
