import { InBar } from '../charts/in-bar.tsx';
import { amount, counted, decimals, grouped, length, minor, money, monthYear, percent, rounded } from '../format.ts';
import { Page, Section, TierMark, type View } from '../layout.tsx';
import { Table } from '../table.tsx';
import { BridgeSection } from './bridge-section.tsx';
import { grouping, KINDS, magnitude, type UnitStatement } from './statement-groups.ts';

export function StatementPage({
  view,
  statement,
  decisions,
  reasons,
}: {
  view: View;
  statement: UnitStatement;
  decisions: ReadonlyMap<string, string>;
  reasons: ReadonlyMap<string, string>;
}) {
  const currency = view.currency;
  const scale = decimals(statement.gross);
  const preliminary = view.state !== 'closed';
  const gross = minor(statement.gross);
  const groups = grouping(statement.lines, decisions);
  const largest = statement.lines.reduce(
    (most, line) => (magnitude(line.amount) > most ? magnitude(line.amount) : most),
    1n,
  );
  const charged = statement.lines.filter((line) => line.treatment === 'charged');
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
          : 'The statement is issued and never changes.'}
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
            <Table>
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
            <a href={`/statements/${view.period}/${encodeURIComponent(statement.unit)}/statement.json`}>JSON</a>
            <a href={`/statements/${view.period}/${encodeURIComponent(statement.unit)}/statement.csv`}>CSV</a>
            <a href={`/statements/${view.period}/${encodeURIComponent(statement.unit)}/statement.xlsx`}>XLSX</a>
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
                </tr>
              ))}
              {group.rest && (
                <tr class="part">
                  <td colSpan={3}>{group.rest.count} smaller lines; the files above hold each</td>
                  <td class="n">{grouped(rounded(group.rest.contacts, 1))}</td>
                  <td class="n">{grouped(amount(group.rest.amount, scale))}</td>
                  <td></td>
                  <td class="n mute">{percent(group.rest.amount, gross)}</td>
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
            </tr>
          </tfoot>
        </Table>
      </Section>
      <Section
        title={total === gross ? 'The lines are the charge, to the cent' : 'The lines do not sum to the charge'}
        sub={currency}
      >
        <Table>
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
          {preliminary ? 'PRELIMINARY · ' : ''}sha256 {statement.sha256}
        </p>
      </Section>
    </Page>
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
