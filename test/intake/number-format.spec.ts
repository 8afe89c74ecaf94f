import fc from 'fast-check';
import { numberReader } from '../../src/intake/number-format.ts';

describe('number formats', () => {
  it.each([
    [{}, '1234.50', '1234.50'],
    [{}, '-0.50', '-0.50'],
    [{}, '-0.00', '0.00'],
    [{}, '.5', '0.5'],
    [{}, '007', '7'],
    [{}, '+12', '12'],
    [{}, '12.50-', '-12.50'],
    [{}, '(12.50)', '-12.50'],
    [{}, '\u221212', '-12'],
    [{ thousands: ',' }, '1,234,567.89', '1234567.89'],
    [{ decimal: ',', thousands: '.' }, '1.234.567,89-', '-1234567.89'],
    [{ decimal: ',', thousands: ' ' }, '1\u00a0234,5', '1234.5'],
    [{ decimal: ',' }, '48000,00', '48000.00'],
    [{ thousands: "'" }, "1'234.50", '1234.50'],
  ])('%j reads %s', (format, text, expected) => {
    expect(numberReader(format)(text)).toEqual({ text: expected });
  });

  it.each([
    [{}, '1,234.50'],
    [{ thousands: ',' }, '1,23'],
    [{ thousands: ',' }, '12,3456'],
    [{ decimal: ',', thousands: '.' }, '1234.50'],
    [{}, '--5'],
    [{}, '-5-'],
    [{}, '1.23E+05'],
    [{}, '£5'],
    [{}, '.'],
    [{}, '5.'],
    [{}, '0x10'],
    [{}, 'NaN'],
  ])('%j refuses %s', (format, text) => {
    expect(numberReader(format)(text)).toHaveProperty('fault');
  });

  it('says when a spreadsheet has lost digits', () => {
    expect(numberReader({})('1.23E+05')).toMatchObject({ fault: expect.stringContaining('digits are lost') as string });
  });

  it('gives back every number as it was, whatever the format', () => {
    const formats = [{ decimal: '.', thousands: ',' }, { decimal: ',', thousands: '.' }, { decimal: ',' }];
    fc.assert(
      fc.property(
        fc.bigInt(-(10n ** 17n), 10n ** 17n),
        fc.integer({ min: 0, max: 99 }),
        fc.constantFrom(...formats),
        (units, cents, format) => {
          const plain = `${units}.${String(cents).padStart(2, '0')}`;
          const groups = 'thousands' in format ? format.thousands : '';
          const written = `${String(units).replace(/\B(?=(\d{3})+$)/g, groups)}${format.decimal}${String(cents).padStart(2, '0')}`;
          expect(numberReader(format)(written)).toEqual({ text: plain });
        },
      ),
    );
  });
});
