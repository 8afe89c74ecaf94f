import type { DecisionReport } from '../../application/decisions.service.ts';
import { BreakEvenChart } from '../charts/break-even-chart.tsx';
import { CurveChart } from '../charts/curve-chart.tsx';
import { IncrementalChart } from '../charts/incremental-chart.tsx';
import { amount, counted, day, decimals, grouped, minor, monthYear, rounded } from '../format.ts';
import { t } from '../language.ts';
import { Section, type View } from '../layout.tsx';
import { Why } from '../refused.tsx';
import { Table } from '../table.tsx';
import { contactsOf, type StatementLine } from './statement-groups.ts';

const SHOWN_DAYS = 120;

/** Has it earned more than its contacts cost, and since when not? */
export function BreakEvenSection({ report }: { report: DecisionReport }) {
  const earns = report.daily.some((point) => /[1-9]/.test(point.collectedCum));
  return (
    <Section
      title={
        report.underWaterSince !== null
          ? t('Under water since {day}: its contacts cost more than it keeps', { day: day(report.underWaterSince) })
          : earns
            ? t('Above water: it keeps more than its contacts cost')
            : t('It collects nothing; its contacts cost')
      }
      sub={t('{currency}, cumulated, on the day of the exposure; dotted = younger than its days', {
        currency: report.currency,
      })}
    >
      <BreakEvenChart
        points={report.daily}
        underWaterSince={report.underWaterSince}
        title={t('Collected and contact cost of {title}, cumulated, {currency}', {
          title: report.title,
          currency: report.currency,
        })}
      />
      <p class="note">{t('Balance, at a scale of its own:')}</p>
      <CurveChart
        points={report.daily.map((point) => ({ date: point.date, net: point.netCum, mature: point.mature }))}
        underWaterSince={report.underWaterSince}
        title={t('Cumulated net of {title}, {currency}', { title: report.title, currency: report.currency })}
      />
      <details>
        <summary>{t('Table')}</summary>
        <Table focusable>
          <thead>
            <tr>
              <th>{t('Day')}</th>
              <th class="n">{t('Contacts')}</th>
              <th class="n">{t('Collected, cumulated')}</th>
              <th class="n">{t('Contact cost, cumulated')}</th>
              <th class="n">{t('Net, cumulated')}</th>
            </tr>
          </thead>
          <tbody>
            {report.daily.slice(-SHOWN_DAYS).map((point) => (
              <tr key={point.date}>
                <td>{point.date}</td>
                <td class="n">{grouped(rounded(point.contacts, 1))}</td>
                <td class="n">{grouped(point.collectedCum)}</td>
                <td class="n">{grouped(point.costCum)}</td>
                <td class="n">{grouped(point.netCum)}</td>
              </tr>
            ))}
          </tbody>
        </Table>
        {report.daily.length > SHOWN_DAYS && (
          <p class="note">
            {t('The last {shown} of {count} days; all are in `answerable decision {decision} --json`.', {
              shown: SHOWN_DAYS,
              count: grouped(String(report.daily.length)),
              decision: report.decision,
            })}
          </p>
        )}
      </details>
    </Section>
  );
}

/** How many contacts would not have come without it, with the interval, or why nobody can say. */
export function IncrementalSection({ report }: { report: DecisionReport }) {
  const { incremental } = report.contacts;
  const days = report.daily.flatMap(({ date, observed, expected }) =>
    observed === null || expected === null ? [] : [{ date, observed, expected }],
  );
  const whole = (text: string): string => grouped(rounded(text, 0));
  if (incremental.estimate === null || incremental.low === null || incremental.high === null)
    return (
      <Section title={t('Additional contacts: not estimable')} sub={<Why of={incremental.why} />}>
        <p class="note">{t('What its contacts cost is charged by rules alone.')}</p>
      </Section>
    );
  return (
    <Section
      title={
        incremental.chargeable
          ? t('It brings {contacts} additional contacts', { contacts: whole(incremental.estimate) })
          : t('It brings {contacts} additional contacts, not proven', { contacts: whole(incremental.estimate) })
      }
      sub={t('contacts a week of its reasons; estimate with 90% interval, {method}', {
        method: incremental.method ?? '',
      })}
    >
      <IncrementalChart
        days={days}
        from={report.effectiveFrom}
        estimate={{ point: incremental.estimate, low: incremental.low, high: incremental.high }}
        title={t('Additional contacts of {title}', { title: report.title })}
      />
      <p class="note">
        <Why of={incremental.why} />
      </p>
      {incremental.placebos !== null && (
        <p class="note">{t('Rank {rank} of {count}: the same design at earlier dates.', incremental.placebos)}</p>
      )}
      <details>
        <summary>{t('Table')}</summary>
        <Table focusable>
          <thead>
            <tr>
              <th>{t('Day')}</th>
              <th class="n">{t('Observed')}</th>
              <th class="n">{t('Expected without it')}</th>
            </tr>
          </thead>
          <tbody>
            {days.slice(-SHOWN_DAYS).map((one) => (
              <tr key={one.date}>
                <td>{one.date}</td>
                <td class="n">{grouped(rounded(one.observed, 1))}</td>
                <td class="n">{grouped(rounded(one.expected, 1))}</td>
              </tr>
            ))}
          </tbody>
        </Table>
      </details>
    </Section>
  );
}

/** Reasons through which it is charged in the month; each amount opens the contacts of its largest line. */
export function ReasonsSection({
  view,
  lines,
  reasons,
}: {
  view: View;
  lines: readonly StatementLine[];
  reasons: ReadonlyMap<string, string>;
}) {
  const groups = new Map<string, StatementLine[]>();
  for (const line of lines) groups.set(line.reason ?? '', [...(groups.get(line.reason ?? '') ?? []), line]);
  const rows = [...groups]
    .map(([reason, own]) => ({
      reason,
      contacts: contactsOf(own),
      sum: own.filter((line) => line.treatment === 'charged').reduce((sum, line) => sum + minor(line.amount), 0n),
      largest: [...own].sort((a, b) => (minor(b.amount) > minor(a.amount) ? 1 : -1))[0]!,
    }))
    .sort((a, b) => (b.sum > a.sum ? 1 : b.sum < a.sum ? -1 : 0));
  return (
    <Section
      title={
        rows.length === 0
          ? t('Not charged in {month}', { month: monthYear(view.period!) })
          : t('Charged through {reasons} in {month}', {
              reasons: counted(rows.length, 'reason', 'reasons'),
              month: monthYear(view.period!),
            })
      }
      sub={t('{currency}; an amount opens the contacts of its largest line', { currency: view.currency })}
    >
      {rows.length > 0 && (
        <Table>
          <thead>
            <tr>
              <th>{t('Reason')}</th>
              <th class="n">{t('Contacts')}</th>
              <th class="n">{t('Charge')}</th>
            </tr>
          </thead>
          <tbody>
            {rows.map((row) => (
              <tr key={row.reason}>
                <td>{row.reason === '' ? t('No reason') : (reasons.get(row.reason) ?? row.reason)}</td>
                <td class="n">{grouped(rounded(row.contacts, 1))}</td>
                <td class="n">
                  <a href={`/explain/line/${row.largest.id}`}>
                    {grouped(amount(row.sum, decimals(row.largest.amount)))}
                  </a>
                </td>
              </tr>
            ))}
          </tbody>
        </Table>
      )}
    </Section>
  );
}
