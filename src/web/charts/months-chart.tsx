import { grouped, length, minor, monthYear, rounded, shortMonth } from '../format.ts';
import { t } from '../language.ts';
import { Table } from '../table.tsx';

export interface MonthBar {
  readonly period: string;
  readonly amount: string;
  readonly preliminary: boolean;
  readonly href: string;
}

const HEIGHT = 120;

/** Charge of each month from zero, preliminary ones hatched; the table stands one click away, below. */
export function MonthsChart({ months, title }: { months: readonly MonthBar[]; title: string }) {
  const most = months.reduce((top, month) => (minor(month.amount) > top ? minor(month.amount) : top), 1n);
  const slot = 100 / Math.max(1, months.length);
  return (
    <>
      <svg height={HEIGHT + 40} role="group" aria-label={title}>
        <title>{title}</title>
        <desc>{months.map((month) => `${monthYear(month.period)}: ${grouped(month.amount)}`).join('; ')}</desc>
        {months.map((month, i) => {
          const tall = Math.max(0, (length(minor(month.amount), most) / 100) * HEIGHT);
          const middle = `${(i + 0.5) * slot}%`;
          return (
            <a key={month.period} href={month.href} aria-label={`${monthYear(month.period)}: ${grouped(month.amount)}`}>
              <rect
                class={month.preliminary ? 's-preliminary' : 's-total'}
                x={`${(i + 0.16) * slot}%`}
                width={`${slot * 0.68}%`}
                y={20 + HEIGHT - tall}
                height={tall}
              />
              <text
                class={i === months.length - 1 ? 'strong' : ''}
                x={middle}
                y={14 + HEIGHT - tall}
                text-anchor="middle"
              >
                {grouped(rounded(month.amount, 0))}
              </text>
              <text x={middle} y={HEIGHT + 36} text-anchor="middle">
                {shortMonth(month.period)}
              </text>
            </a>
          );
        })}
        <line class="s-axis" x1="0" x2="100%" y1={20.5 + HEIGHT} y2={20.5 + HEIGHT} />
      </svg>
      <details>
        <summary>{t('Table')}</summary>
        <Table focusable>
          <thead>
            <tr>
              <th>{t('Month')}</th>
              <th class="n">{t('Charge')}</th>
            </tr>
          </thead>
          <tbody>
            {months.map((month) => (
              <tr key={month.period}>
                <td>
                  {monthYear(month.period)}
                  {month.preliminary ? `, ${t('preliminary')}` : ''}
                </td>
                <td class="n">{grouped(month.amount)}</td>
              </tr>
            ))}
          </tbody>
        </Table>
      </details>
    </>
  );
}
