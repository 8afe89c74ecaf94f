import fc from 'fast-check';
import { DAY_SECONDS, resolvedFlags, resolvedOfTopics } from '../../../src/domain/retention/repeat.ts';

const TOPICS = 3;

describe('resolved by what the customer does', () => {
  it('is the same of contacts by topic and of contacts by instant', () => {
    const contact = fc.record({
      customer: fc.integer({ min: -1, max: 3 }),
      topic: fc.nat(TOPICS - 1),
      startedAt: fc.nat(60).map((quarters) => (quarters * DAY_SECONDS) / 4),
    });
    fc.assert(
      fc.property(fc.array(contact, { maxLength: 60 }), fc.nat(20), (contacts, days) => {
        const byInstant = [...contacts].sort((a, b) => a.customer - b.customer || a.startedAt - b.startedAt);
        const order = [...byInstant.keys()].sort((i, j) => {
          const [a, b] = [byInstant[i]!, byInstant[j]!];
          return a.customer - b.customer || a.topic - b.topic || i - j;
        });
        const chainOf = (rows: typeof contacts) => ({
          customer: rows.map(({ customer }) => customer),
          topic: rows.map(({ topic }) => topic),
          startedAt: rows.map(({ startedAt }) => startedAt),
        });
        const flags = resolvedFlags(chainOf(order.map((i) => byInstant[i]!)), days * DAY_SECONDS);
        const expected = new Int8Array(flags.length);
        order.forEach((i, place) => (expected[i] = flags[place]!));
        expect(resolvedOfTopics(chainOf(byInstant), TOPICS, days * DAY_SECONDS)).toEqual(expected);
      }),
    );
  });
});
