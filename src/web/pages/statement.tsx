import { BridgeChart } from '../charts/bridge-chart.tsx';
import { InBar } from '../charts/in-bar.tsx';
import {
  amount,
  decimals,
  grouped,
  isZero,
  length,
  minor,
  money,
  monthName,
  monthYear,
  percent,
  rounded,
} from '../format.ts';
import { Page, Section, TierMark, type View } from '../layout.tsx';

/** The parts of `statements --format json` that the page shows. */
export interface UnitStatement {
  readonly unit: string;
  readonly name: string;
  readonly contacts: string;
  readonly gross: string;
  readonly withheld: string;
  readonly retentionCredit: string;
  readonly adjustments: string;
  readonly net: string;
  readonly sha256: string;
  readonly bridge: Readonly<Record<string, string>> | null;
  readonly lines: readonly StatementLine[];
}
export interface StatementLine {
  readonly id: string;
  readonly kind: string;
  readonly decision: string | null;
  readonly reason: string | null;
  readonly channel: string | null;
  readonly pool: string;
  readonly contacts: string;
  readonly amount: string;
  readonly tier: string | null;
  readonly treatment: string;
}

export const STEP_NAMES: Readonly<Record<string, string>> = {
  volume: 'Volume of contacts',
  mix: 'Mix of reasons',
  handle_time: 'Standard handle time',
  rate: 'Rates and other cost',
  decisions: 'Decisions begun or ended',
  corrections: 'Corrections, disputes',
  restated: 'Restated',
};

const KINDS: Readonly<Record<string, string>> = {
  direct: 'Direct cost',
  reserved: 'Reserved capacity',
  unused_share: 'Share of unused capacity',
};
const SHOWN = 400;

export function bridgeSteps(bridge: Readonly<Record<string, string>>): { label: string; amount: string }[] {
  return Object.entries(STEP_NAMES)
    .map(([key, label]) => ({ label, amount: bridge[key] ?? '0' }))
    .filter((step) => !isZero(step.amount));
}

/** What moved most, in words from the figures. */
export function bridgeMessage(bridge: Readonly<Record<string, string>>, before: string): string {
  const steps = bridgeSteps(bridge).sort((a, b) => Number(magnitude(b.amount) - magnitude(a.amount)));
  const largest = steps[0];
  if (!largest) return `Nothing moved since ${before}`;
  const word = largest.amount.startsWith('-') ? 'lowers' : 'raises';
  return `${largest.label} ${word} the charge most, by ${grouped(largest.amount.replace('-', ''))}`;
}

const magnitude = (text: string): bigint => {
  const value = minor(text);
  return value < 0n ? -value : value;
};

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
        {grouped(rounded(statement.contacts, 1))} contacts in {charged.length} lines.{' '}
        {preliminary
          ? 'The figures are preliminary until finance issues them.'
          : 'The statement is issued and never changes.'}
      </p>
      <div class="columns">
        <div class="w7">
          {statement.bridge ? (
            <Section
              title={bridgeMessage(statement.bridge, monthName(view.period!))}
              sub={`${currency}, gross charge; Das Gupta decomposition, sums exactly`}
            >
              <BridgeChart
                opening={{ label: 'Last month', amount: statement.bridge['opening']! }}
                closing={{
                  label: `${monthName(view.period!)}${preliminary ? ', preliminary' : ', issued'}`,
                  amount: statement.bridge['closing']!,
                }}
                steps={bridgeSteps(statement.bridge)}
                preliminary={preliminary}
              />
            </Section>
          ) : (
            <Section title="No month before this one is in the books" sub="The bridge begins with the second month">
              <p class="note">There is nothing to compare with yet.</p>
            </Section>
          )}
        </div>
        <div class="w5">
          <Section title="Posted and managed" sub={`${currency}; retention is a management line and is not posted`}>
            <table>
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
            </table>
          </Section>
        </div>
      </div>
      <Section
        title={`${charged.length} lines, by decision`}
        sub={`${currency}; a share of a contact carries decimals; every charge opens its explanation`}
        links={
          <>
            <a href={`/statements/${view.period}/${encodeURIComponent(statement.unit)}/statement.json`}>JSON</a>
            <a href={`/statements/${view.period}/${encodeURIComponent(statement.unit)}/statement.csv`}>CSV</a>
            <a href={`/statements/${view.period}/${encodeURIComponent(statement.unit)}/statement.xlsx`}>XLSX</a>
          </>
        }
      >
        <div class="scroll">
          <table>
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
                  <th></th>
                  <th class="n">{percent(group.amount, gross)}</th>
                </tr>
                {group.lines.slice(0, SHOWN).map((line) => (
                  <tr class="part" key={line.id}>
                    <td>{line.reason ? (reasons.get(line.reason) ?? line.reason) : (KINDS[line.kind] ?? line.kind)}</td>
                    <td>
                      {line.channel === null || line.channel === line.pool
                        ? line.pool
                        : `${line.channel}, ${line.pool}`}
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
          </table>
        </div>
      </Section>
      <Section
        title={total === gross ? 'The lines are the charge, to the cent' : 'The lines do not sum to the charge'}
        sub={currency}
      >
        <table>
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
        </table>
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

interface Group {
  readonly key: string;
  readonly decision: string | null;
  readonly title: string;
  readonly lines: readonly StatementLine[];
  readonly amount: bigint;
  readonly contacts: string;
}

/** Lines by decision, the largest first; what no decision caused stands last. */
function grouping(lines: readonly StatementLine[], decisions: ReadonlyMap<string, string>): Group[] {
  const groups = new Map<string, StatementLine[]>();
  for (const line of lines) groups.set(line.decision ?? '', [...(groups.get(line.decision ?? '') ?? []), line]);
  return [...groups]
    .map(([decision, own]): Group => ({
      key: decision,
      decision: decision === '' ? null : decision,
      title: decision === '' ? 'No decision (owner of the reason)' : (decisions.get(decision) ?? decision),
      lines: [...own].sort((a, b) => Number(magnitude(b.amount) - magnitude(a.amount)) || (a.id < b.id ? -1 : 1)),
      amount: own.filter((line) => line.treatment === 'charged').reduce((sum, line) => sum + minor(line.amount), 0n),
      contacts: amount(
        own.reduce((sum, line) => sum + micro(line.contacts), 0n),
        6,
      ),
    }))
    .sort((a, b) => Number(a.key === '') - Number(b.key === '') || (a.amount > b.amount ? -1 : 1));
}

function micro(contacts: string): bigint {
  const [whole, rest = ''] = contacts.split('.') as [string, string?];
  return BigInt(whole + rest.padEnd(6, '0'));
}
