import type { DecisionReport } from '../../application/decisions.service.ts';
import type { DecisionRecord } from '../../domain/attribution/register.ts';
import { day, grouped, isNegative, money, monthYear, rounded } from '../format.ts';
import { Page, Section, type View } from '../layout.tsx';
import { Table } from '../table.tsx';
import { BreakEvenSection, IncrementalSection, ReasonsSection } from './decision-charts.tsx';
import { verdictOf } from './decision-map.tsx';
import type { StatementLine } from './statement-groups.ts';

export function DecisionsPage({ view, decisions }: { view: View; decisions: readonly DecisionRecord[] }) {
  return (
    <Page view={view} title="Decisions">
      <h1>
        {decisions.length === 0
          ? 'No decision is registered.'
          : `${decisions.length} decisions answer for their contacts.`}
      </h1>
      <p class="lead">Each opens what it earned, what its contacts cost, and since when.</p>
      <Section title="Register" sub="newest first" links={<a href="/decisions/map">Which of them pay</a>}>
        <Table>
          <thead>
            <tr>
              <th>Decision</th>
              <th>Kind</th>
              <th>Since</th>
              <th>Until</th>
              <th class="n">Expected contacts a month</th>
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
                  <td>{decision.kind}</td>
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

export function WaitingDecisionPage({ view, title }: { view: View; title: string }) {
  return (
    <Page view={view} title={title}>
      <p class="sub">
        <a href="/decisions">Decisions</a> › {title}
      </p>
      <h1>{title}: no figures yet</h1>
      <p class="lead">No month since it was announced has been calculated. Its figures appear here once one is.</p>
    </Page>
  );
}

export function DecisionPage({
  view,
  report,
  lines,
  reasons,
}: {
  view: View;
  report: DecisionReport;
  /** of the month of the page, of the units that the viewer may read */
  lines: readonly StatementLine[];
  reasons: ReadonlyMap<string, string>;
}) {
  const loses = isNegative(report.net);
  return (
    <Page view={view} title={report.title}>
      <p class="sub">
        <a href="/decisions">Decisions</a> › {report.title}
      </p>
      <h1>
        {report.title}: {loses ? 'costs' : 'earns'} {money(report.net.replace('-', ''), report.currency)}{' '}
        {loses ? 'more than it earned' : 'net'}
      </h1>
      <p class="lead">
        {verdictOf(report)}. {monthYear(report.from)} to {monthYear(report.to)}.{' '}
        {report.alarms.length === 0 ? 'No alarm.' : `Alarm: ${report.alarms.join('; ')}.`}
      </p>
      <div class="columns">
        <div class="w7">
          <BreakEvenSection report={report} />
          <IncrementalSection report={report} />
        </div>
        <div class="w5">
          <Section title="Profit and loss" sub={report.currency}>
            <Table>
              <tbody>
                <Line label={`Billed, ${grouped(report.exposures)} exposures`} value={report.billed} />
                <Line label="Waived" value={negated(report.waived)} />
                <Line label="Refunded" value={negated(report.refunded)} />
                <Line
                  label={`Contact cost, ${grouped(rounded(report.contacts.attributed, 1))} contacts`}
                  value={negated(report.cost.full)}
                />
                <tr class="total">
                  <th scope="row">Net</th>
                  <td class="n">{grouped(report.net)}</td>
                </tr>
                <Line label="Marginal cost of the contacts (memo)" value={report.cost.marginal} />
                <Line label="Of the cost, charged to its owners (memo)" value={report.cost.charged} />
              </tbody>
            </Table>
          </Section>
          <ReasonsSection view={view} lines={lines} reasons={reasons} />
          <Section title="Break-even" sub="contacts for an exposure">
            <Table>
              <tbody>
                <tr>
                  <td>k*, at which it earns nothing</td>
                  <td class="n">{report.breakEvenContactRate ?? 'no revenue of its own'}</td>
                </tr>
                <tr>
                  <td>Contact rate ({report.contactRateBasis})</td>
                  <td class="n">{report.contactRate ?? '–'}</td>
                </tr>
              </tbody>
            </Table>
          </Section>
          <Section title="Owners">
            <Table>
              <tbody>
                {report.owners.map((owner) => (
                  <tr key={`${owner.unit} ${owner.from}`}>
                    <td>{owner.unit}</td>
                    <td class="n">{owner.share}</td>
                    <td>
                      from {day(owner.from)}
                      {owner.to === null ? '' : ` to ${day(owner.to)}`}
                    </td>
                  </tr>
                ))}
              </tbody>
            </Table>
          </Section>
        </div>
      </div>
    </Page>
  );
}

function negated(text: string): string {
  return isNegative(text) ? text.slice(1) : /[1-9]/.test(text) ? `-${text}` : text;
}

function Line({ label, value }: { label: string; value: string }) {
  return (
    <tr>
      <td>{label}</td>
      <td class="n">{grouped(value)}</td>
    </tr>
  );
}
