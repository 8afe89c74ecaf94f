import fc from 'fast-check';
import { grouped } from '../../src/web/format.ts';
import { LANGUAGES, speaking, type Language } from '../../src/web/language.ts';
import { figureTyped } from '../../src/web/typed-figure.ts';

const inLanguage = <Result>(language: Language, deed: () => Result): Result =>
  speaking({ language, address: '/' }, deed);

describe('a figure that somebody types', () => {
  it.each([
    ['de', '1.234,56', '1234.56'],
    ['de', '1 234,56', '1234.56'],
    ['de', '1.234.567,8', '1234567.8'],
    ['de', '1.234.567', '1234567'],
    ['de', '1234,5', '1234.5'],
    ['de', '1234.56', '1234.56'],
    ['de', '1,234', '1.234'],
    ['de', '−12,00', '-12.00'],
    ['de', '0.125', '0.125'],
    ['en', '1,234.56', '1234.56'],
    ['en', '1.234', '1.234'],
    ['en', '1.234,56', '1234.56'],
    ['en', '1234', '1234'],
  ] as const)('is read in %s: %s is %s', (language, text, plain) => {
    expect(inLanguage(language, () => figureTyped(text))).toBe(plain);
  });

  it.each([
    ['de', '1.234', '1234 or 1.234'],
    ['de', '-12.500', '-12500 or -12.500'],
    ['en', '1,234', '1234 or 1.234'],
  ] as const)('is refused in %s where it can be read in two ways: %s', (language, text, ways) => {
    expect(() => inLanguage(language, () => figureTyped(text))).toThrow(ways);
  });

  it.each(['1.23.4', '1,2,3', '12,34.56,7', '1.23,456.7', 'ten', '1.234,5,6', '1 2', '12 34', '١٢', '1e3'])(
    'is left to the engine where it is no figure: %s',
    (text) => {
      for (const language of LANGUAGES) expect(inLanguage(language, () => figureTyped(text))).toBe(text);
    },
  );

  it('is what was shown, in either language, for every amount with decimals', () => {
    const cents = fc.bigInt({ min: -(10n ** 15n), max: 10n ** 15n });
    fc.assert(
      fc.property(cents, fc.constantFrom(...LANGUAGES), (amount, language) => {
        const digits = (amount < 0n ? -amount : amount).toString().padStart(3, '0');
        const plain = `${amount < 0n ? '-' : ''}${digits.slice(0, -2)}.${digits.slice(-2)}`;
        expect(inLanguage(language, () => figureTyped(grouped(plain)))).toBe(plain);
      }),
    );
  });
});
