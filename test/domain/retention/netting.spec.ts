import fc from 'fast-check';
import type { RetentionEntitlement } from '../../../src/domain/retention/netting.ts';
import { netAmount, nettingLine } from '../../../src/domain/retention/netting.ts';

function entitled(netted: bigint, tier: RetentionEntitlement['tier'] = 'A'): RetentionEntitlement {
  return { unit: 'RETAIL', decision: 'FEE', chargePeriod: '2026-01', tier, netted };
}

describe('netting policy', () => {
  it('caps a gain at the gross charge and shows the rest', () => {
    const line = nettingLine(entitled(900n), { posted: 0n, credited: 0n, grossCharge: 600n }, ['A', 'B']);
    expect(line).toMatchObject({ credit: 600n, aboveCap: 300n });
    expect(netAmount(600n, line.credit, 0n)).toBe(0n);
  });

  it('does not cap a loss', () => {
    const line = nettingLine(entitled(-900n), { posted: 0n, credited: 0n, grossCharge: 600n }, ['A']);
    expect(line).toMatchObject({ credit: -900n, aboveCap: 0n });
    expect(netAmount(600n, line.credit, 0n)).toBe(1500n);
  });

  it('shows, and does not credit, a tier that the policy does not name', () => {
    const line = nettingLine(entitled(100n, 'D'), { posted: 0n, credited: 0n, grossCharge: 600n }, ['A', 'B']);
    expect(line).toMatchObject({ credit: 0n, notCredited: 100n });
  });

  it('credits by the sums alone: any order of bands and true-ups ends the same, and never above the cap', () => {
    const steps = fc.array(fc.bigInt(-500n, 500n), { minLength: 1, maxLength: 8 });
    fc.assert(
      fc.property(steps, fc.bigInt(0n, 800n), (postings, grossCharge) => {
        let posted = 0n;
        let credited = 0n;
        for (const netted of postings) {
          credited += nettingLine(entitled(netted), { posted, credited, grossCharge }, ['A']).credit;
          posted += netted;
          expect(credited <= grossCharge).toBe(true);
        }
        expect(credited).toBe(posted > grossCharge ? grossCharge : posted);
      }),
    );
  });
});
