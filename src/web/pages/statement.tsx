import type { Dispute } from '../../application/disputes.service.ts';
import { InBar } from '../charts/in-bar.tsx';
import { Form } from '../form.tsx';
import {
  amount,
  counted,
  day,
  decimals,
  grouped,
  inPercent,
  instant,
  length,
  minor,
  money,
  monthYear,
  percent,
  rounded,
} from '../format.ts';
import { label, t } from '../language.ts';
import { Page, Section, TierMark, type View } from '../layout.tsx';
import { Table } from '../table.tsx';
import { treatmentName } from '../words.ts';
import { BridgeSection } from './bridge-section.tsx';
import { grouping, kindName, magnitude, parkedOf, type UnitStatement } from './statement-groups.ts';

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
  const parked = parkedOf(statement);
  const disputes = new Map(standing?.disputes.map((dispute) => [dispute.line, dispute]));
  const total = charged.reduce((sum, line) => sum + minor(line.amount), 0n);
  return (
    <Page view={view} title={`${statement.name}, ${monthYear(view.period!)}`}>
      <p class="sub">
        <a href={`/statements/${view.period}`}>{t('Statements')}</a> › {monthYear(view.period!)} › {statement.name}
      </p>
      <h1>
        {t('{name}, {month}: {amount} gross charge', {
          name: statement.name,
          month: monthYear(view.period!),
          amount: money(statement.gross, currency),
        })}
      </h1>
      <p class="lead">
        {t('{contacts} contacts in {lines}.', {
          contacts: grouped(rounded(statement.contacts, 1)),
          lines: counted(charged.length, 'line', 'lines'),
        })}{' '}
        {preliminary
          ? t('The figures are preliminary until finance issues them.')
          : t('The statement is issued and never changes.')}{' '}
        {standing === null
          ? t('A line can be disputed once it is issued.')
          : standing.accepted === null
            ? t('Each line can be disputed within twelve months, until the statement is accepted.')
            : t('Accepted by {by} on {day}.', {
                by: standing.accepted.by,
                day: day(standing.accepted.at.toISOString()),
              })}
        {inOnePersonMode && ` ${t('One person may prepare, approve and issue (one-person mode).')}`}
      </p>
      {parked !== 0n && (
        <p class="refusal" role="note">
          {t(
            '{amount} is parked: it waits for a ruling, or for the figures behind it to be mended, and is no part of the gross charge.',
            {
              amount: money(amount(parked, scale), currency),
            },
          )}
        </p>
      )}
      <div class="columns">
        <div class="w7">
          {statement.bridge ? (
            <BridgeSection view={view} bridge={statement.bridge} />
          ) : (
            <Section
              title={t('No month before this one is in the books')}
              sub={t('The bridge begins with the second month')}
            >
              <p class="note">{t('There is nothing to compare with yet.')}</p>
            </Section>
          )}
        </div>
        <div class="w5">
          <Section
            title={t('Posted and managed')}
            sub={t('{currency}; retention is a management line and is not posted', { currency })}
          >
            <Table focusable>
              <tbody>
                <Row label={t('Gross charge')} value={statement.gross} />
                <Row label={t('Adjustments')} value={statement.adjustments} />
                <Row label={t('Retention credit')} value={statement.retentionCredit} />
                <tr class="total">
                  <th scope="row">{t('Net, management view')}</th>
                  <td class="n">{grouped(statement.net)}</td>
                </tr>
                <Row label={t('Shown, not charged (withheld)')} value={statement.withheld} />
                {parked !== 0n && <Row label={t('Parked, not charged yet')} value={amount(parked, scale)} />}
              </tbody>
            </Table>
          </Section>
        </div>
      </div>
      <Section
        title={t('{lines}, by decision', { lines: counted(charged.length, 'line', 'lines') })}
        sub={t('{currency}; a share of a contact carries decimals; every charge opens its explanation', { currency })}
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
              <th>{t('Decision and reason')}</th>
              <th>{t('Channel, pool')}</th>
              <th>{t('Evidence, rule')}</th>
              <th class="n">{t('Contacts')}</th>
              <th class="n">{t('Charge')}</th>
              <th aria-hidden="true"></th>
              <th class="n">{t('Share')}</th>
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
                  <td>{line.reason ? (reasons.get(line.reason) ?? line.reason) : kindName(line.kind)}</td>
                  <td>
                    {line.channel === null || line.channel === line.pool ? line.pool : `${line.channel}, ${line.pool}`}
                  </td>
                  <td>
                    <TierMark tier={line.tier} />
                    {line.decision !== null && line.rule !== null && <span class="mute">, {line.rule}</span>}
                  </td>
                  <td class="n">{grouped(rounded(line.contacts, 1))}</td>
                  <td class="n">
                    <a href={`/explain/line/${line.id}`}>{grouped(line.amount)}</a>
                    {line.treatment === 'charged' ? '' : ` ${treatmentName(line.treatment)}`}
                  </td>
                  <td>
                    <InBar percent={length(magnitude(line.amount), largest)} held={line.treatment === 'parked'} />
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
                  <td colSpan={3}>
                    {t('{count} smaller lines; the files above hold each', { count: group.rest.count })}
                  </td>
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
                {t('Gross charge')}
              </th>
              <td class="n">{grouped(rounded(statement.contacts, 1))}</td>
              <td class="n">{grouped(statement.gross)}</td>
              <td></td>
              <td class="n">{gross === 0n ? '–' : inPercent('100.0')}</td>
              {standing !== null && <td></td>}
            </tr>
          </tfoot>
        </Table>
      </Section>
      {standing !== null && <Acceptance view={view} href={href} standing={standing} lines={charged.length} />}
      <Section
        title={total === gross ? t('The lines are the charge, to the cent') : t('The lines do not sum to the charge')}
        sub={currency}
      >
        <Table focusable>
          <thead>
            <tr>
              <th>{t('Check')}</th>
              <th class="n">{t('Lines')}</th>
              <th class="n">{t('Statement')}</th>
              <th class="n">{t('Difference')}</th>
            </tr>
          </thead>
          <tbody>
            <tr>
              <td>{t('Σ charged lines = gross charge')}</td>
              <td class="n">{grouped(amount(total, scale))}</td>
              <td class="n">{grouped(statement.gross)}</td>
              <td class="n">
                {grouped(amount(total - gross, scale))} {total === gross ? '✓' : ''}
              </td>
            </tr>
          </tbody>
        </Table>
        <p class="note hash">
          {preliminary ? t('PRELIMINARY') : standing?.number} · sha256 {statement.sha256}
        </p>
      </Section>
    </Page>
  );
}

const DISPUTED: Readonly<Record<Dispute['state'], string>> = {
  open: label('◆ Disputed'),
  escalated: label('◆ Disputed'),
  accepted: label('✓ Taken back'),
  rejected: label('Dispute rejected'),
};

function DisputeLink({ dispute, href }: { dispute: Pick<Dispute, 'id' | 'state'> | undefined; href: string | null }) {
  if (dispute !== undefined) return <a href={`/disputes/${dispute.id}`}>{t(DISPUTED[dispute.state])}</a>;
  return href === null ? null : <a href={`${href}/dispute`}>{t('Dispute ‖ deed')}</a>;
}

function Acceptance({ view, href, standing, lines }: { view: View; href: string; standing: Standing; lines: number }) {
  const open = standing.disputes.filter(({ state }) => state === 'open' || state === 'escalated').length;
  return (
    <Section
      title={standing.accepted === null ? t('Accept, or dispute line by line') : t('The statement is accepted')}
      sub={
        standing.accepted === null
          ? t('accepting ends disputing; disputes that are open go on')
          : t('by {by}, {at} UTC', { by: standing.accepted.by, at: instant(standing.accepted.at) })
      }
    >
      <p class="note">
        {t('Version {version}, issued {at} UTC.', { version: standing.version, at: instant(standing.issuedAt) })}{' '}
        {standing.earlier.length > 0 && `${t('It supersedes {versions}.', { versions: standing.earlier.join(', ') })} `}
        {open === 0 ? t('No dispute is open.') : counted(open, 'dispute is open.', 'disputes are open.')}
      </p>
      {standing.accepted === null && standing.mayAccept && (
        <Form view={view} action={`${href}/accept`}>
          <div class="actions">
            <button class="primary" type="submit">
              {t('Accept {lines}', { lines: counted(lines - open, 'line', 'lines') })}
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
