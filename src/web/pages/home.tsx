import { InBar } from '../charts/in-bar.tsx';
import { MonthsChart, type MonthBar } from '../charts/months-chart.tsx';
import {
  amount,
  counted,
  decimals,
  grouped,
  isNegative,
  length,
  minor,
  money,
  monthName,
  monthYear,
  percent,
  rounded,
  signed,
} from '../format.ts';
import { Page, Section, type View } from '../layout.tsx';
import { Table } from '../table.tsx';
import { BridgeSection } from './bridge-section.tsx';
import { DecisionCharges } from './home-decisions.tsx';
import { grouping, type Group, type UnitStatement } from './statement-groups.ts';

export interface UnitCharge {
  readonly unit: string;
  readonly name: string;
  readonly gross: string;
  readonly last: string | null;
}

/** One sentence, three figures, what moved, who pays, and what waits. */
export function HomePage({
  view,
  units,
  months,
  waits,
  ledger,
  decisions,
  contacts,
  own,
}: {
  view: View;
  units: readonly UnitCharge[];
  months: readonly MonthBar[];
  waits: readonly { readonly text: string; readonly href: string; readonly deed: string }[];
  /** of all units shown, six decimals */
  contacts: string;
  /** of the one unit that somebody sees; null for who sees several */
  own: { readonly statement: UnitStatement; readonly decisions: ReadonlyMap<string, string> } | null;
  /** charge of all units by decision; null for a unit owner */
  decisions: readonly Group[] | null;
  /** of the whole; null for a unit owner */
  ledger: { readonly ledger: string; readonly unusedCapacity: string; readonly difference: string } | null;
}) {
  const scale = decimals(units[0]?.gross ?? '0.00');
  const sum = units.reduce((total, unit) => total + minor(unit.gross), 0n);
  const lastSum = units.some((unit) => unit.last !== null)
    ? units.reduce((total, unit) => total + minor(unit.last ?? amount(0n, scale)), 0n)
    : null;
  const change = lastSum === null ? null : amount(sum - lastSum, scale);
  const who = units.length === 1 ? units[0]!.name : 'The units';
  const highest = months.length > 1 && months.every((month) => minor(month.amount) <= minor(months.at(-1)!.amount));
  return (
    <Page view={view} title="Home">
      <h1>
        {ledger !== null && `${monthName(view.period!)}: ${money(ledger.ledger, view.currency)} of service cost. `}
        {who} {units.length === 1 ? 'is' : 'are'} charged {money(amount(sum, scale), view.currency)} for{' '}
        {monthName(view.period!)}
        {change === null
          ? ''
          : `, ${money(change.replace('-', ''), view.currency)} ${isNegative(change) ? 'less' : 'more'} than the month before`}
        .
      </h1>
      <p class="lead">
        {decisions !== null && decidedSentence(decisions, sum)}
        {view.state === 'closed'
          ? 'The month is issued.'
          : 'The figures are preliminary until finance issues them.'}{' '}
        Gross charge, before adjustments and retention.
      </p>
      <div class="columns">
        <div class="w4">
          <Figure label={`Gross charge, ${monthName(view.period!)}`} value={money(amount(sum, scale), view.currency)} />
        </div>
        <div class="w4">
          <Figure
            label="Change on the month before"
            value={
              change === null
                ? 'no month before'
                : `${isNegative(change) ? '▼ ' : '▲ '}${money(change.replace('-', ''), view.currency)}`
            }
            tone={change === null ? undefined : isNegative(change) ? 'favour' : 'against'}
            note={change === null || lastSum === null ? undefined : percent(sum - lastSum, lastSum)}
          />
        </div>
        <div class="w4">
          {ledger ? (
            <Figure
              label="Kept by service as unused capacity"
              value={money(ledger.unusedCapacity, view.currency)}
              note={`ledger ${grouped(ledger.ledger)}, difference ${grouped(ledger.difference)} ✓`}
            />
          ) : (
            <Figure
              label="Contacts charged"
              value={grouped(rounded(contacts, 1))}
              note="each charge on the statement opens its contacts"
            />
          )}
        </div>
      </div>
      <div class="columns">
        <div class="w8">
          <Section
            title={
              months.length === 0
                ? 'No month is in the books yet'
                : highest
                  ? `${monthName(view.period!)} is the highest of ${months.length} months`
                  : `${months.length} months, ${monthYear(months[0]!.period)} to ${monthYear(view.period!)}`
            }
            sub={`${view.currency}, gross charge; hatched = preliminary`}
          >
            <MonthsChart months={months} title={`Gross charge by month, ${view.currency}`} />
          </Section>
        </div>
        <div class="w4">
          <Section
            title={
              waits.length === 0
                ? 'Nothing waits for you'
                : `${waits.length} ${waits.length === 1 ? 'thing waits' : 'things wait'} for you`
            }
          >
            <Table>
              <tbody>
                {waits.map((wait) => (
                  <tr key={wait.text}>
                    <td>{wait.text}</td>
                    <td class="n">
                      <a href={wait.href}>{wait.deed}</a>
                    </td>
                  </tr>
                ))}
              </tbody>
            </Table>
          </Section>
        </div>
      </div>
      {own ? (
        <OwnCharge view={view} {...own} />
      ) : (
        <>
          <DecisionCharges view={view} groups={decisions ?? []} sum={sum} scale={scale} />
          <UnitCharges view={view} units={units} sum={sum} scale={scale} change={change} />
        </>
      )}
    </Page>
  );
}

function decidedSentence(groups: readonly Group[], sum: bigint): string {
  const decided = groups.filter((group) => group.decision !== null);
  const part = decided.reduce((total, group) => total + group.amount, 0n);
  return decided.length === 0
    ? ''
    : `${percent(part, sum)} of the charge comes from ${counted(decided.length, 'decision', 'decisions')}. `;
}

function UnitCharges({
  view,
  units,
  sum,
  scale,
  change,
}: {
  view: View;
  units: readonly UnitCharge[];
  sum: bigint;
  scale: number;
  change: string | null;
}) {
  const most = units.reduce((top, unit) => (minor(unit.gross) > top ? minor(unit.gross) : top), 1n);
  return (
    <Section
      title="Where the charge goes"
      sub={`${view.currency}, gross charge in ${monthName(view.period!)}, one scale`}
      links={<a href={`/statements/${view.period}`}>All statements</a>}
    >
      <Table>
        <thead>
          <tr>
            <th>Unit</th>
            <th class="n">Gross charge</th>
            <th aria-hidden="true"></th>
            <th class="n">Share</th>
            <th class="n">On the month before</th>
          </tr>
        </thead>
        <tbody>
          {units.map((unit) => (
            <tr key={unit.unit}>
              <td>
                <a href={`/statements/${view.period}/${encodeURIComponent(unit.unit)}`}>{unit.name}</a>
              </td>
              <td class="n">{grouped(unit.gross)}</td>
              <td>
                <InBar percent={length(minor(unit.gross), most)} />
              </td>
              <td class="n mute">{percent(minor(unit.gross), sum)}</td>
              <td class="n">
                {unit.last === null ? '–' : signed(amount(minor(unit.gross) - minor(unit.last), scale))}
              </td>
            </tr>
          ))}
          <tr class="total">
            <th scope="row">All units</th>
            <td class="n">{grouped(amount(sum, scale))}</td>
            <td></td>
            <td class="n">{sum === 0n ? '–' : '100.0%'}</td>
            <td class="n">{change === null ? '–' : signed(change)}</td>
          </tr>
        </tbody>
      </Table>
    </Section>
  );
}

/** Why the own charge moved and what makes it. */
function OwnCharge({
  view,
  statement,
  decisions,
}: {
  view: View;
  statement: UnitStatement;
  decisions: ReadonlyMap<string, string>;
}) {
  const scale = decimals(statement.gross);
  const groups = grouping(statement.lines, decisions);
  const most = groups.reduce((top, group) => (group.amount > top ? group.amount : top), 1n);
  const href = `/statements/${view.period}/${encodeURIComponent(statement.unit)}`;
  return (
    <>
      {statement.bridge && <BridgeSection view={view} bridge={statement.bridge} />}
      <Section
        title="Where the charge comes from"
        sub={`${view.currency}, gross charge in ${monthName(view.period!)}, one scale`}
        links={<a href={href}>Statement</a>}
      >
        <Table>
          <thead>
            <tr>
              <th>Decision</th>
              <th class="n">Contacts</th>
              <th class="n">Charge</th>
              <th aria-hidden="true"></th>
              <th class="n">Share</th>
            </tr>
          </thead>
          <tbody>
            {groups.map((group) => (
              <tr key={group.key}>
                <td>
                  <a href={group.decision ? `/decisions/${encodeURIComponent(group.decision)}` : href}>{group.title}</a>
                </td>
                <td class="n">{grouped(rounded(group.contacts, 1))}</td>
                <td class="n">{grouped(amount(group.amount, scale))}</td>
                <td>
                  <InBar percent={length(group.amount, most)} />
                </td>
                <td class="n mute">{percent(group.amount, minor(statement.gross))}</td>
              </tr>
            ))}
            <tr class="total">
              <th scope="row">Gross charge</th>
              <td class="n">{grouped(rounded(statement.contacts, 1))}</td>
              <td class="n">{grouped(statement.gross)}</td>
              <td></td>
              <td class="n">{minor(statement.gross) === 0n ? '–' : '100.0%'}</td>
            </tr>
          </tbody>
        </Table>
      </Section>
    </>
  );
}

function Figure({
  label,
  value,
  note,
  tone,
}: {
  label: string;
  value: string;
  note?: string | undefined;
  tone?: string | undefined;
}) {
  return (
    <section>
      <div class="mute">{label}</div>
      <div class={`figure ${tone ?? ''}`}>{value}</div>
      {note && <div class="note">{note}</div>}
    </section>
  );
}
