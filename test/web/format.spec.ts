import { counted, day, grouped, instant, money, monthYear, percent, signed } from '../../src/web/format.ts';
import { isSaid, rich, speaking, t } from '../../src/web/language.ts';

const german = <Result>(deed: () => Result): Result => speaking({ language: 'de', address: '/' }, deed);

describe('figures for people', () => {
  it('stand in English unless somebody asks otherwise', () => {
    expect(grouped('-1234567.50')).toBe('−1,234,567.50');
    expect(money('1234.56', 'EUR')).toBe('1,234.56\u00a0€');
    expect(percent(1n, 8n)).toBe('12.5%');
    expect(signed('1234.5')).toBe('+1,234.5');
    expect(day('2026-11-05')).toBe('5 Nov 2026');
    expect(monthYear('2026-05')).toBe('May 2026');
    expect(instant(new Date('2026-11-05T17:00:00Z'))).toBe('5 Nov 2026, 17:00');
    expect(counted(1, 'line', 'lines')).toBe('1 line');
  });

  it('stand in German for who reads German, from the same decimal text', () => {
    expect(german(() => grouped('-1234567.50'))).toBe('−1.234.567,50');
    expect(german(() => grouped('123456789012345678901234567890.12'))).toBe(
      '123.456.789.012.345.678.901.234.567.890,12',
    );
    expect(german(() => money('1234.56', 'EUR'))).toBe('1.234,56\u00a0€');
    expect(german(() => percent(1n, 8n))).toBe('12,5\u00a0%');
    expect(german(() => signed('0.00'))).toBe('0,00');
    expect(german(() => day('2026-11-05'))).toBe('5. Nov. 2026');
    expect(german(() => day('2026-05-05'))).toBe('5. Mai 2026');
    expect(german(() => monthYear('2026-03'))).toBe('März 2026');
    expect(german(() => instant(new Date('2026-11-05T17:00:00Z')))).toBe('5. Nov. 2026, 17:00');
    expect(german(() => counted(1, 'line', 'lines'))).toBe('1 Position');
    expect(german(() => counted(1200, 'line', 'lines'))).toBe('1.200 Positionen');
  });
});

describe('texts', () => {
  it('show no context, and values never become texts', () => {
    expect(t('Close ‖ rail')).toBe('Close');
    expect(german(() => t('Close ‖ rail'))).toBe('Abschluss');
    expect(
      german(() => t('{name}, {month}: {amount} gross charge', { name: 'Home {month}', month: 'Mai', amount: '1' })),
    ).toBe('Home {month}, Mai: 1 Bruttobelastung');
  });

  it('take elements in their places, in the order of the language', () => {
    expect(german(() => rich('Next: {deed}', { deed: 'x' })).filter((part) => part !== '')).toEqual([
      'Als Nächstes: ',
      'x',
    ]);
  });

  it('stay English where a language lacks them', () => {
    expect(german(() => t('Somebody forgot this'))).toBe('Somebody forgot this');
    expect(german(() => [isSaid('Home'), isSaid('Somebody forgot this')])).toEqual([true, false]);
  });
});
