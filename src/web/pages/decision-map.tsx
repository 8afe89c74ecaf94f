import type { DecisionReport } from '../../application/decisions.service.ts';
import { QuadrantChart, type DecisionPoint } from '../charts/quadrant-chart.tsx';
import { amount, counted, decimals, grouped, isNegative, minor, rounded, signed } from '../format.ts';
import { t } from '../language.ts';
import { Page, Section, type View } from '../layout.tsx';
import { Table } from '../table.tsx';

/** Stop, explain or keep, from what the report says; ■ ◆ ●, so that it does not hang on colour. */
export function verdictOf(report: Pick<DecisionReport, 'underWaterSince' | 'alarms' | 'net'>): string {
  if (report.underWaterSince !== null) return t('■ Stop');
  return report.alarms.length > 0 || isNegative(report.net) ? t('◆ Explain') : t('● Keep');
}

/** Which decisions pay: a map, and the table of the same figures. */
export function DecisionMapPage({
  view,
  reports,
  waiting,
}: {
  view: View;
  reports: readonly DecisionReport[];
  /** registered, but without figures or beyond the number that the map shows */
  waiting: number;
}) {
  const scale = decimals(reports[0]?.net ?? '0.00');
  const kept = (report: DecisionReport): bigint => minor(report.billed) - minor(report.waived) - minor(report.refunded);
  const points = reports.map((report): DecisionPoint => ({
    code: report.decision,
    title: report.title,
    cost: minor(report.cost.full),
    kept: kept(report),
    contacts: report.contacts.attributed,
    verdict: verdictOf(report),
  }));
  const losing = reports.filter((report) => isNegative(report.net)).length;
  return (
    <Page view={view} title={t('Which decisions pay')}>
      <p class="sub">
        <a href="/decisions">{t('Decisions')}</a> › {t('Which pay')}
      </p>
      <h1>
        {reports.length === 0
          ? t('No decision has figures yet.')
          : t('{losing}, of {count}.', {
              losing: counted(losing, 'decision costs more than it keeps', 'decisions cost more than they keep'),
              count: reports.length,
            })}
      </h1>
      <p class="lead">
        {t('Since each began. Below the line the contacts cost more than the decision keeps.')}{' '}
        {waiting > 0 && counted(waiting, 'decision is not on the map.', 'decisions are not on the map.')}
      </p>
      {reports.length > 0 && (
        <Section
          title={t('What they keep against what their contacts cost')}
          sub={t('{currency}, since each began; area = contacts; dashed outline = below the line', {
            currency: view.currency,
          })}
        >
          <QuadrantChart
            points={points}
            title={t('Decisions by cost and keep, {currency}', { currency: view.currency })}
            show={(of) => amount(of, scale)}
          />
          <Table>
            <thead>
              <tr>
                <th>{t('Decision')}</th>
                <th class="n">{t('Contacts')}</th>
                <th class="n">{t('Kept')}</th>
                <th class="n">{t('Contact cost')}</th>
                <th class="n">{t('Retention effect')}</th>
                <th class="n">{t('Net')}</th>
                <th>{t('Verdict')}</th>
              </tr>
            </thead>
            <tbody>
              {reports.map((report) => (
                <tr key={report.decision}>
                  <td>
                    <a href={`/decisions/${encodeURIComponent(report.decision)}`}>{report.title}</a>
                  </td>
                  <td class="n">{grouped(rounded(report.contacts.attributed, 1))}</td>
                  <td class="n">{grouped(amount(kept(report), scale))}</td>
                  <td class="n">{grouped(report.cost.full)}</td>
                  <td class="n">{signed(amount(minor(report.net) - minor(report.netWithoutRetention), scale))}</td>
                  <td class={`n ${isNegative(report.net) ? 'against' : 'favour'}`}>{signed(report.net)}</td>
                  <td>{verdictOf(report)}</td>
                </tr>
              ))}
            </tbody>
          </Table>
        </Section>
      )}
    </Page>
  );
}
