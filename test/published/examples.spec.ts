import { METHODS, methodNamed } from '../../src/application/evaluate/methods.ts';

/** What `evaluate --help METHOD` prints must run as it stands. */
describe('the example of every retention and quality method', () => {
  it.each([
    'kaplan_meier',
    'sbg',
    'bgnbd',
    'gamma_gamma',
    'ipw',
    'aipw',
    'g_formula',
    'proportions',
    'nps',
    'contact_rate',
  ])('%s', async (name) => {
    expect(Object.keys(METHODS)).toContain(name);
    const method = await methodNamed(name);
    const result = method.run(method.example, '.');
    expect(method.name).toBe(name);
    const numbers = Object.values(result).filter((value) => typeof value === 'number');
    expect(numbers.length).toBeGreaterThan(2);
    expect(numbers.every((value) => Number.isFinite(value))).toBe(true);
  });
});
