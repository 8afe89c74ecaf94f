import { Draw } from '../../src/generator/draw.ts';
import { exp, exponentialAt, ln, normalAt, normalQuantile, power } from '../../src/generator/numbers.ts';

describe('elementary functions from arithmetic alone', () => {
  it.each([-20, -3.7, -0.5, 0, 1e-9, 0.3466, 1, 2.5, 20])('exp(%p) and back', (x) => {
    expect(exp(x) / Math.exp(x)).toBeCloseTo(1, 13);
    expect(ln(exp(x))).toBeCloseTo(x, 12);
  });

  it('powers and normal quantiles', () => {
    expect(power(2, 0.5)).toBeCloseTo(Math.SQRT2, 13);
    expect(normalQuantile(0.5)).toBeCloseTo(0, 9);
    expect(normalQuantile(0.975)).toBeCloseTo(1.959963985, 8);
    expect(normalQuantile(0.001)).toBeCloseTo(-3.090232306, 8);
  });

  it('the tables have the moments of their laws', () => {
    let [sum, squares, waits] = [0, 0, 0];
    const steps = 1 << 18;
    for (let i = 0; i < steps; i++) {
      const word = (i + 0.5) * (0x100000000 / steps);
      const z = normalAt(word);
      sum += z;
      squares += z * z;
      waits += exponentialAt(word);
    }
    expect(sum / steps).toBeCloseTo(0, 6);
    expect(squares / steps).toBeCloseTo(1, 3);
    expect(waits / steps).toBeCloseTo(1, 6);
  });
});

describe('a stream of random numbers', () => {
  it('is decided by seed, purpose and number', () => {
    const first = (seed: number, purpose: number, number: number) => Draw.of(seed, purpose, number).bits();
    expect(first(1, 1, 7)).toBe(first(1, 1, 7));
    const others = [first(1, 1, 7), first(2, 1, 7), first(1, 2, 7), first(1, 1, 8), first(2 ** 40 + 1, 1, 7)];
    expect(new Set(others).size).toBe(5);
  });

  it('has no trend over neighbouring customers', () => {
    const firsts = Array.from({ length: 20_000 }, (_, number) => Draw.of(42, 1, number).unit());
    const mean = firsts.reduce((a, b) => a + b, 0) / firsts.length;
    const lag = firsts.slice(1).reduce((sum, value, i) => sum + (value - 0.5) * (firsts[i]! - 0.5), 0) / firsts.length;
    expect(Math.abs(mean - 0.5)).toBeLessThan(0.01);
    expect(Math.abs(lag * 12)).toBeLessThan(0.03);
  });
});
