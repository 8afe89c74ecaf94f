import { decimal } from '../../../src/domain/decimal.ts';
import { valueIrritantMap } from '../../../src/domain/quality/value-irritant.ts';

describe('value–irritant map', () => {
  const reason = { owner: 'RETAIL', contacts: decimal('10'), cost: 500n, earned: 0n };

  it('puts every reason into exactly one quadrant, dearest first', () => {
    const map = valueIrritantMap([
      { ...reason, reason: 'where is my order', demand: 'failure' },
      { ...reason, reason: 'prove who you are', demand: 'failure', earned: 600n },
      { ...reason, reason: 'opening hours', demand: 'value' },
      { ...reason, reason: 'buy more', demand: 'value', cost: 900n, earned: 900n },
    ]);
    expect(map.map(({ reason: name, quadrant }) => [name, quadrant])).toEqual([
      ['buy more', 'leverage'],
      ['opening hours', 'automate'],
      ['prove who you are', 'simplify'],
      ['where is my order', 'eliminate'],
    ]);
  });

  it('takes a demand that nobody stated as failure, and says so', () => {
    expect(valueIrritantMap([{ ...reason, reason: 'other', demand: undefined }])).toMatchObject([
      { quadrant: 'eliminate', assumed: true },
    ]);
  });
});
