import type { DecisionReport } from '../../application/decisions.service.ts';
import type { DecisionRecord } from '../../domain/attribution/register.ts';
import { counted, day, grouped, isNegative, minor, money, monthYear } from '../format.ts';
import { rich, t } from '../language.ts';
import { Page, Section, type View } from '../layout.tsx';
import { Why } from '../refused.tsx';
import { Table } from '../table.tsx';
import { decisionKind } from '../words.ts';
import { BreakEvenSection, IncrementalSection, ReasonsSection } from './decision-charts.tsx';
import { verdictOf } from './decision-map.tsx';
import { DecisionRetentionSection, MonthsSection, ProfitSection } from './decision-money.tsx';
import { NotesSection, type DecisionNotes } from './decision-notes.tsx';
import type { StatementLine } from './statement-groups.ts';
import { WordsSection } from './words-section.tsx';

export function DecisionsPage({ view, decisions }: { view: View; decisions: readonly DecisionRecord[] }) {
  return (
    <Page view={view} title={t('Decisions')}>
      <h1>
        {decisions.length === 0
          ? t('No decision is registered.')
          : counted(decisions.length, 'decision answers for its contacts.', 'decisions answer for their contacts.')}
      </h1>
      <p class="lead">{t('Each opens what it earned, what its contacts cost, and since when.')}</p>
      <Section
        title={t('Register')}
        sub={t('newest first')}
        links={<a href="/decisions/map">{t('Which of them pay')}</a>}
      >
        <Table>
          <thead>
            <tr>
              <th>{t('Decision')}</th>
              <th>{t('Kind')}</th>
              <th>{t('Since')}</th>
              <th>{t('Until')}</th>
              <th class="n">{t('Expected contacts a month')}</th>
            </tr>
          </thead>
          <tbody>
            {[...decisions]
              .sort((a, b) => (a.effectiveFrom < b.effectiveFrom ? 1 : -1))
              .map((decision) => (
                <tr key={decision.decision}>
                  <td>
                    <a href={`/decisions/${encodeURIComponent(decision.decision)}`}>{decision.title}</a>
                  </td>
                  <td>{decisionKind(decision.kind)}</td>
                  <td>{day(decision.effectiveFrom)}</td>
                  <td>{decision.effectiveTo === null ? '' : day(decision.effectiveTo)}</td>
                  <td class="n">
                    {decision.expectedContactsPerMonth === null ? '–' : grouped(decision.expectedContactsPerMonth)}
                  </td>
                </tr>
              ))}
          </tbody>
        </Table>
      </Section>
    </Page>
  );
}

export function WaitingDecisionPage({
  view,
  title,
  units,
  notes,
}: {
  view: View;
  title: string;
  /** names by code */
  units: ReadonlyMap<string, string>;
  notes: DecisionNotes;
}) {
  return (
    <Page view={view} title={title}>
      <p class="sub">
        <a href="/decisions">{t('Decisions')}</a> › {title}
      </p>
      <h1>{t('{title}: no figures yet', { title })}</h1>
      <p class="lead">
        {t('No month since it was announced has been calculated. Its figures appear here once one is.')}
      </p>
      <NotesSection view={view} of={notes} units={units} />
    </Page>
  );
}

export function DecisionPage({
  view,
  report,
  lines,
  reasons,
  units,
  notes,
}: {
  view: View;
  report: DecisionReport;
  /** of the month of the page, of the units that the viewer may read */
  lines: readonly StatementLine[];
  /** names by code */
  reasons: ReadonlyMap<string, string>;
  units: ReadonlyMap<string, string>;
  notes: DecisionNotes;
}) {
  const largest = lines.reduce<StatementLine | undefined>(
    (top, line) => (top === undefined || minor(line.amount) > minor(top.amount) ? line : top),
    undefined,
  );
  const loses = isNegative(report.net);
  const said = { title: report.title, net: money(report.net.replace('-', ''), report.currency) };
  return (
    <Page view={view} title={report.title}>
      <p class="sub">
        <a href="/decisions">{t('Decisions')}</a> › {report.title}
      </p>
      <h1>{loses ? t('{title}: costs {net} more than it earned', said) : t('{title}: earns {net} net', said)}</h1>
      <p class="lead">
        {t('{verdict}. {from} to {to}.', {
          verdict: verdictOf(report),
          from: monthYear(report.from),
          to: monthYear(report.to),
        })}{' '}
        {report.alarms.length === 0
          ? t('No alarm.')
          : rich('Alarm: {alarms}.', { alarms: <Why of={report.alarms.join('; ')} /> })}
      </p>
      <div class="columns">
        <div class="w7">
          <BreakEvenSection report={report} />
          <IncrementalSection report={report} />
          <DecisionRetentionSection report={report} />
        </div>
        <div class="w5">
          <ProfitSection report={report} />
          <ReasonsSection view={view} lines={lines} reasons={reasons} />
          <Section title={t('Break-even')} sub={t('contacts for an exposure')}>
            <Table>
              <tbody>
                <tr>
                  <td>{t('k*, at which it earns nothing')}</td>
                  <td class="n">
                    {report.breakEvenContactRate === null
                      ? t('no revenue of its own')
                      : grouped(report.breakEvenContactRate)}
                  </td>
                </tr>
                <tr>
                  <td>
                    {report.contactRateBasis === 'incremental'
                      ? t('Contact rate (incremental)')
                      : t('Contact rate (attributed)')}
                  </td>
                  <td class="n">{report.contactRate === null ? '–' : grouped(report.contactRate)}</td>
                </tr>
              </tbody>
            </Table>
          </Section>
          <Section title={t('Owners')}>
            <Table>
              <tbody>
                {report.owners.map((owner) => (
                  <tr key={`${owner.unit} ${owner.from}`}>
                    <td>
                      <a href={`/units/${encodeURIComponent(owner.unit)}`}>{units.get(owner.unit) ?? owner.unit}</a>
                    </td>
                    <td class="n">{owner.share}</td>
                    <td>
                      {owner.to === null
                        ? t('from {day}', { day: day(owner.from) })
                        : t('from {day} to {last}', { day: day(owner.from), last: day(owner.to) })}
                    </td>
                  </tr>
                ))}
              </tbody>
            </Table>
          </Section>
          <NotesSection view={view} of={notes} units={units} />
          {largest !== undefined && (
            <WordsSection view={view} action={`/explain/line/${encodeURIComponent(largest.id)}/words`} words={null} />
          )}
        </div>
      </div>
      <MonthsSection report={report} />
    </Page>
  );
}
