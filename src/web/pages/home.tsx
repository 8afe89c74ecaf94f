import { InBar } from '../charts/in-bar.tsx';
import { MonthsChart, type MonthBar } from '../charts/months-chart.tsx';
import {
  amount,
  decimals,
  grouped,
  isNegative,
  length,
  minor,
  money,
  monthName,
  monthYear,
  percent,
  signed,
} from '../format.ts';
import { Page, Section, type View } from '../layout.tsx';

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
}: {
  view: View;
  units: readonly UnitCharge[];
  months: readonly MonthBar[];
  waits: readonly { readonly text: string; readonly href: string; readonly deed: string }[];
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
  const most = units.reduce((top, unit) => (minor(unit.gross) > top ? minor(unit.gross) : top), 1n);
  const highest = months.length > 1 && months.every((month) => minor(month.amount) <= minor(months.at(-1)!.amount));
  return (
    <Page view={view} title="Home">
      <h1>
        {who} {units.length === 1 ? 'is' : 'are'} charged {money(amount(sum, scale), view.currency)} for{' '}
        {monthName(view.period!)}
        {change === null
          ? ''
          : `, ${money(change.replace('-', ''), view.currency)} ${isNegative(change) ? 'less' : 'more'} than the month before`}
        .
      </h1>
      <p class="lead">
        {view.state === 'closed' ? 'The month is issued.' : 'The figures are preliminary until finance issues them.'}{' '}
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
              label="Lines are open to question"
              value="Dispute"
              note="open a charge to see what stands behind it"
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
            sub={`${view.currency}, gross charge; outlined = preliminary`}
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
            <table>
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
            </table>
          </Section>
        </div>
      </div>
      <Section
        title="Where the charge goes"
        sub={`${view.currency}, gross charge in ${monthName(view.period!)}, one scale`}
        links={<a href={`/statements/${view.period}`}>All statements</a>}
      >
        <div class="scroll">
          <table>
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
                <th scope="row">{units.length === 1 ? 'Charge' : 'All units'}</th>
                <td class="n">{grouped(amount(sum, scale))}</td>
                <td></td>
                <td class="n">{sum === 0n ? '–' : '100.0%'}</td>
                <td class="n">{change === null ? '–' : signed(change)}</td>
              </tr>
            </tbody>
          </table>
        </div>
      </Section>
    </Page>
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
