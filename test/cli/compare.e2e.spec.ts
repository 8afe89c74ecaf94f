import { existsSync, mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import type { Comparison } from '../../src/cli/compare-benchmark.ts';
import { answerable } from './answerable.ts';

jest.setTimeout(240_000);

describe('bench --compare duckdb', () => {
  let home: string;
  beforeAll(() => {
    home = mkdtempSync(join(tmpdir(), 'answerable-compare-'));
  });
  afterAll(() => rmSync(home, { recursive: true, force: true }));

  it('compares what both sides found, and says of each step what it cost on which side', async () => {
    const asked = ['--contacts', '3000', '--months', '20', '--rounds', '1', '--json'];
    const env = { ANSWERABLE_HOME: home };
    const { exitCode, stdout, stderr } = await answerable(['bench', '--compare', 'duckdb', ...asked], { env });
    expect([exitCode, stderr]).toEqual([0, expect.not.stringContaining('Error')]);
    const { steps, compared } = (JSON.parse(stdout) as { comparison: Comparison }).comparison;
    expect(compared.cells).toBeGreaterThan(2000);
    expect(compared.causes).toBeGreaterThan(20);
    expect(compared.strata).toBeGreaterThan(20);
    const named = Object.fromEntries(steps.map(({ step, ...sides }) => [step, sides]));
    const [rolled, exposures] = [named['roll-up']!, named['exposures']!];
    for (const side of ['ours', 'duckDb'] as const) {
      expect(exposures[side]!.cpuSeconds).toBeGreaterThan(0);
      expect(exposures[side]!.cpuSeconds).toBeLessThan(rolled[side]!.cpuSeconds);
      expect(rolled[side]!.peakBytes).toBeGreaterThan(20_000_000);
    }
    expect(named['statements']).toMatchObject({ duckDb: null, ours: { peakBytes: expect.any(Number) as number } });
    for (const left of ['company', 'aside', 'duck.db']) expect(existsSync(join(home, 'bench', left))).toBe(false);
  });
});
