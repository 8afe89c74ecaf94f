import fc from 'fast-check';
import { Fraction } from '../../src/domain/fraction.ts';
import { amountText, majorUnits, minorDigits, parseAmount, roundToMinor } from '../../src/domain/money.ts';
import { RUNS } from './arbitraries.ts';

describe('amounts', () => {
  it('read back what they print, up to 10^15 units', () => {
    const limit = 10n ** 17n;
    fc.assert(
      fc.property(fc.bigInt({ min: -limit, max: limit }), (minor) => {
        expect(parseAmount(amountText(minor, 2), 'EUR')).toEqual({ minor });
      }),
      RUNS,
    );
  });

  it.each([
    ['1234.5', 'EUR', { minor: 123450n }],
    ['-0.05', 'EUR', { minor: -5n }],
    ['-0', 'EUR', { minor: 0n }],
    ['7', 'JPY', { minor: 7n }],
    ['0.125', 'KWD', { minor: 125n }],
    ['1000000000000000', 'USD', { minor: 10n ** 17n }],
    ['1000000000000000.01', 'USD', { fault: 'too_large' }],
    ['-1000000000000000.01', 'USD', { fault: 'too_large' }],
    ['0.001', 'EUR', { fault: 'too_many_digits' }],
    ['1.0', 'JPY', { fault: 'too_many_digits' }],
    ['1,000.00', 'EUR', { fault: 'not_decimal' }],
    ['1e3', 'EUR', { fault: 'not_decimal' }],
    ['NaN', 'EUR', { fault: 'not_decimal' }],
    ['', 'EUR', { fault: 'not_decimal' }],
    ['1', 'EURO', { fault: 'unknown_currency' }],
    ['1', 'XAU', { fault: 'unknown_currency' }],
  ])('takes %s %s as it is or says why not', (text, currency, outcome) => {
    expect(parseAmount(text, currency)).toEqual(outcome);
  });

  it('know the digits of ISO 4217', () => {
    expect(['EUR', 'JPY', 'KWD', 'CLP', 'XCG', 'eur'].map(minorDigits)).toEqual([2, 0, 3, 0, 2, undefined]);
  });

  it('go to major units exactly and back with one rounding', () => {
    expect(majorUnits(-380050n, 2).toText()).toBe('-3800.5');
    expect(roundToMinor(Fraction.parse('1.005'), 2)).toBe(101n);
    expect(roundToMinor(Fraction.parse('-1.005'), 2)).toBe(-101n);
    expect(amountText(-380000n, 2)).toBe('-3800.00');
    expect(amountText(5n, 0)).toBe('5');
  });
});
