import { chargedSentence, parkedSentence } from '../../src/web/charged-sentence.ts';
import { speaking } from '../../src/web/language.ts';

const said = { who: 'Fibre', charged: '0.00 €', month: 'October', change: '2.00 €', less: true } as const;

describe('the sentence of what is charged', () => {
  it('tells of less than before', () => {
    expect(chargedSentence(said)).toBe('Fibre is charged 0.00 € for October, 2.00 € less than the month before.');
  });

  it('calls no parked charge a saving', () => {
    expect(chargedSentence({ ...said, parked: '9.00 €' })).toBe(
      'Fibre: 9.00 € for October is parked, nothing is charged yet.',
    );
    expect(speaking({ language: 'de', address: '/' }, () => chargedSentence({ ...said, parked: '9,00 €' }))).toBe(
      'Fibre: 9,00 € für October sind geparkt, belastet ist noch nichts.',
    );
    expect([parkedSentence(null), parkedSentence('9.00 €')]).toEqual(['', expect.stringMatching(/^9\.00 € is parked/)]);
  });
});
