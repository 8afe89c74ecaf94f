import { BucketPace } from '../../../src/persistence/retention/bucket-pace.ts';

describe('pace of buckets', () => {
  it('begins with one, and goes on by what came', () => {
    const pace = new BucketPace(1000);
    expect(pace.atOnce).toBe(1);
    pace.came(1, 300);
    expect(pace.atOnce).toBe(3);
    pace.came(3, 100);
    expect(pace.atOnce).toBe(10);
  });

  it('is at least one and at most all', () => {
    const pace = new BucketPace(1000);
    pace.came(1, 0);
    expect(pace.atOnce).toBe(64);
    pace.came(1, 1_000_000);
    expect(pace.atOnce).toBe(1);
    expect(new BucketPace(Infinity).atOnce).toBe(64);
  });
});
