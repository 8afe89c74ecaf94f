import type { Dispute } from '../../application/disputes.service.ts';
import { InBar } from '../charts/in-bar.tsx';
import { Form } from '../form.tsx';
import {
  amount,
  counted,
  day,
  decimals,
  grouped,
  instant,
  length,
  minor,
  money,
  monthYear,
  percent,
  rounded,
} from '../format.ts';
import { Page, Section, TierMark, type View } from '../layout.tsx';
import { Table } from '../table.tsx';
import { BridgeSection } from './bridge-section.tsx';
import { grouping, KINDS, magnitude, type UnitStatement } from './statement-groups.ts';

/** What has become of an issued statement. */
export interface Standing {
  readonly version: number;
  readonly number: string;
  readonly issuedAt: Date;
  /** numbers of the versions before, newest first */
  readonly earlier: readonly string[];
  readonly accepted: { readonly by: string; readonly at: Date } | null;
  readonly mayAccept: boolean;
  readonly mayDispute: boolean;
  /** of its lines */
  readonly disputes: readonly Pick<Dispute, 'id' | 'line' | 'state'>[];
}

export function StatementPage({
  view,
  statement,
  inOnePersonMode,
  standing,
  decisions,
  reasons,
}: {
  view: View;
  statement: UnitStatement;
  inOnePersonMode: boolean;
  /** null until the statement is issued */
  standing: Standing | null;
  decisions: ReadonlyMap<string, string>;
  reasons: ReadonlyMap<string, string>;
}) {
  const currency = view.currency;
  const href = `/statements/${view.period}/${encodeURIComponent(statement.unit)}`;
  const scale = decimals(statement.gross);
  const preliminary = view.state !== 'closed';
  const gross = minor(statement.gross);
  const groups = grouping(statement.lines, decisions);
  const largest = statement.lines.reduce(
    (most, line) => (magnitude(line.amount) > most ? magnitude(line.amount) : most),
    1n,
  );
  const charged = statement.lines.filter((line) => line.treatment === 'charged');
  const disputes = new Map(standing?.disputes.map((dispute) => [dispute.line, dispute]));
  const total = charged.reduce((sum, line) => sum + minor(line.amount), 0n);
  return (
    <Page view={view} title={`${statement.name}, ${monthYear(view.period!)}`}>
      <p class="sub">
        <a href={`/statements/${view.period}`}>Statements</a> › {monthYear(view.period!)} › {statement.name}
      </p>
      <h1>
        {statement.name}, {monthYear(view.period!)}: {money(statement.gross, currency)} gross charge
      </h1>
      <p class="lead">
        {grouped(rounded(statement.contacts, 1))} contacts in {counted(charged.length, 'line', 'lines')}.{' '}
        {preliminary
          ? 'The figures are preliminary until finance issues them.'
          : 'The statement is issued and never changes.'}{' '}
        {standing === null
          ? 'A line can be disputed once it is issued.'
          : standing.accepted === null
            ? 'Each line can be disputed within twelve months, until the statement is accepted.'
            : `Accepted by ${standing.accepted.by} on ${day(standing.accepted.at.toISOString())}.`}
        {inOnePersonMode && ' One person may prepare, approve and issue (one-person mode).'}
      </p>
      <div class="columns">
        <div class="w7">
          {statement.bridge ? (
            <BridgeSection view={view} bridge={statement.bridge} />
          ) : (
            <Section title="No month before this one is in the books" sub="The bridge begins with the second month">
              <p class="note">There is nothing to compare with yet.</p>
            </Section>
          )}
        </div>
        <div class="w5">
          <Section title="Posted and managed" sub={`${currency}; retention is a management line and is not posted`}>
            <Table focusable>
              <tbody>
                <Row label="Gross charge" value={statement.gross} />
                <Row label="Adjustments" value={statement.adjustments} />
                <Row label="Retention credit" value={statement.retentionCredit} />
                <tr class="total">
                  <th scope="row">Net, management view</th>
                  <td class="n">{grouped(statement.net)}</td>
                </tr>
                <Row label="Shown, not charged (withheld)" value={statement.withheld} />
              </tbody>
            </Table>
          </Section>
        </div>
      </div>
      <Section
        title={`${counted(charged.length, 'line', 'lines')}, by decision`}
        sub={`${currency}; a share of a contact carries decimals; every charge opens its explanation`}
        links={
          <>
            <a href={`${href}/statement.xlsx`}>XLSX</a>
            <a href={`${href}/statement.pdf`}>PDF</a>
            <a href={`${href}/statement.csv`}>CSV</a>
            <a href={`${href}/statement.json`}>JSON</a>
          </>
        }
      >
        <Table>
          <thead>
            <tr>
              <th>Decision and reason</th>
              <th>Channel, pool</th>
              <th>Evidence</th>
              <th class="n">Contacts</th>
              <th class="n">Charge</th>
              <th aria-hidden="true"></th>
              <th class="n">Share</th>
              {standing !== null && <td></td>}
            </tr>
          </thead>
          {groups.map((group) => (
            <tbody key={group.key}>
              <tr class="group">
                <th scope="rowgroup" colSpan={3}>
                  {group.decision ? (
                    <a href={`/decisions/${encodeURIComponent(group.decision)}`}>{group.title}</a>
                  ) : (
                    group.title
                  )}
                </th>
                <th class="n">{grouped(rounded(group.contacts, 1))}</th>
                <th class="n">{grouped(amount(group.amount, scale))}</th>
                <td></td>
                <th class="n">{percent(group.amount, gross)}</th>
                {standing !== null && <td></td>}
              </tr>
              {group.lines.map((line) => (
                <tr class="part" key={line.id}>
                  <td>{line.reason ? (reasons.get(line.reason) ?? line.reason) : (KINDS[line.kind] ?? line.kind)}</td>
                  <td>
                    {line.channel === null || line.channel === line.pool ? line.pool : `${line.channel}, ${line.pool}`}
                  </td>
                  <td>
                    <TierMark tier={line.tier} />
                  </td>
                  <td class="n">{grouped(rounded(line.contacts, 1))}</td>
                  <td class="n">
                    <a href={`/explain/line/${line.id}`}>{grouped(line.amount)}</a>
                    {line.treatment === 'charged' ? '' : ` ${line.treatment}`}
                  </td>
                  <td>
                    <InBar percent={length(magnitude(line.amount), largest)} />
                  </td>
                  <td class="n mute">{percent(minor(line.amount), gross)}</td>
                  {standing !== null && (
                    <td class="n">
                      <DisputeLink
                        dispute={disputes.get(line.id)}
                        href={standing.mayDispute && line.treatment === 'charged' ? `${href}/lines/${line.id}` : null}
                      />
                    </td>
                  )}
                </tr>
              ))}
              {group.rest && (
                <tr class="part">
                  <td colSpan={3}>{group.rest.count} smaller lines; the files above hold each</td>
                  <td class="n">{grouped(rounded(group.rest.contacts, 1))}</td>
                  <td class="n">{grouped(amount(group.rest.amount, scale))}</td>
                  <td></td>
                  <td class="n mute">{percent(group.rest.amount, gross)}</td>
                  {standing !== null && <td></td>}
                </tr>
              )}
            </tbody>
          ))}
          <tfoot>
            <tr class="total">
              <th scope="row" colSpan={3}>
                Gross charge
              </th>
              <td class="n">{grouped(rounded(statement.contacts, 1))}</td>
              <td class="n">{grouped(statement.gross)}</td>
              <td></td>
              <td class="n">{gross === 0n ? '–' : '100.0%'}</td>
              {standing !== null && <td></td>}
            </tr>
          </tfoot>
        </Table>
      </Section>
      {standing !== null && <Acceptance view={view} href={href} standing={standing} lines={charged.length} />}
      <Section
        title={total === gross ? 'The lines are the charge, to the cent' : 'The lines do not sum to the charge'}
        sub={currency}
      >
        <Table focusable>
          <thead>
            <tr>
              <th>Check</th>
              <th class="n">Lines</th>
              <th class="n">Statement</th>
              <th class="n">Difference</th>
            </tr>
          </thead>
          <tbody>
            <tr>
              <td>Σ charged lines = gross charge</td>
              <td class="n">{grouped(amount(total, scale))}</td>
              <td class="n">{grouped(statement.gross)}</td>
              <td class="n">
                {grouped(amount(total - gross, scale))} {total === gross ? '✓' : ''}
              </td>
            </tr>
          </tbody>
        </Table>
        <p class="note hash">
          {preliminary ? 'PRELIMINARY · ' : `${standing?.number ?? ''} · `}sha256 {statement.sha256}
        </p>
      </Section>
    </Page>
  );
}

const DISPUTED: Readonly<Record<Dispute['state'], string>> = {
  open: '◆ Disputed',
  escalated: '◆ Disputed',
  accepted: '✓ Taken back',
  rejected: 'Dispute rejected',
};

function DisputeLink({ dispute, href }: { dispute: Pick<Dispute, 'id' | 'state'> | undefined; href: string | null }) {
  if (dispute !== undefined) return <a href={`/disputes/${dispute.id}`}>{DISPUTED[dispute.state]}</a>;
  return href === null ? null : <a href={`${href}/dispute`}>Dispute</a>;
}

function Acceptance({ view, href, standing, lines }: { view: View; href: string; standing: Standing; lines: number }) {
  const open = standing.disputes.filter(({ state }) => state === 'open' || state === 'escalated').length;
  return (
    <Section
      title={standing.accepted === null ? 'Accept, or dispute line by line' : 'The statement is accepted'}
      sub={
        standing.accepted === null
          ? 'accepting ends disputing; disputes that are open go on'
          : `by ${standing.accepted.by}, ${instant(standing.accepted.at)} UTC`
      }
    >
      <p class="note">
        Version {standing.version}, issued {instant(standing.issuedAt)} UTC.{' '}
        {standing.earlier.length === 0 ? '' : `It supersedes ${standing.earlier.join(', ')}. `}
        {open === 0 ? 'No dispute is open.' : `${counted(open, 'dispute is', 'disputes are')} open.`}
      </p>
      {standing.accepted === null && standing.mayAccept && (
        <Form view={view} action={`${href}/accept`}>
          <div class="actions">
            <button class="primary" type="submit">
              Accept {counted(lines - open, 'line', 'lines')}
            </button>
          </div>
        </Form>
      )}
    </Section>
  );
}

function Row({ label, value }: { label: string; value: string }) {
  return (
    <tr>
      <td>{label}</td>
      <td class="n">{grouped(value)}</td>
    </tr>
  );
}
