import { chargedSentence, parkedSentence } from '../charged-sentence.ts';
import { InBar } from '../charts/in-bar.tsx';
import { MonthsChart, type MonthBar } from '../charts/months-chart.tsx';
import {
  amount,
  counted,
  decimals,
  grouped,
  inPercent,
  isNegative,
  isZero,
  length,
  minor,
  money,
  monthName,
  monthYear,
  percent,
  rounded,
  signed,
} from '../format.ts';
import { t } from '../language.ts';
import { Page, Section, type View } from '../layout.tsx';
import { Table } from '../table.tsx';
import { BridgeSection } from './bridge-section.tsx';
import { DecisionCharges } from './home-decisions.tsx';
import { grouping, type Group, type UnitStatement } from './statement-groups.ts';

export interface UnitCharge {
  readonly unit: string;
  readonly name: string;
  readonly gross: string;
  /** held back for a ruling, beside the gross charge */
  readonly parked: string;
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
  const held = units.reduce((total, unit) => total + minor(unit.parked), 0n);
  const parked = held === 0n ? null : money(amount(held, scale), view.currency);
  const month = monthName(view.period!);
  const highest = months.length > 1 && months.every((month) => minor(month.amount) <= minor(months.at(-1)!.amount));
  return (
    <Page view={view} title={t('Home')}>
      <h1>
        {ledger !== null &&
          `${t('{month}: {amount} of service cost.', { month, amount: money(ledger.ledger, view.currency) })} `}
        {chargedSentence({
          who: units.length === 1 ? units[0]!.name : null,
          charged: money(amount(sum, scale), view.currency),
          month,
          change: change === null ? null : money(change.replace('-', ''), view.currency),
          less: change !== null && isNegative(change),
          parked: sum === 0n ? parked : null,
        })}
      </h1>
      <p class="lead">
        {decisions !== null && decidedSentence(decisions, sum)}
        {view.state === 'closed'
          ? t('The month is issued.')
          : t('The figures are preliminary until finance issues them.')}{' '}
        {t('Gross charge, before adjustments and retention.')} {parkedSentence(parked)}
      </p>
      <div class="columns">
        <div class="w4">
          <Figure label={t('Gross charge, {month}', { month })} value={money(amount(sum, scale), view.currency)} />
        </div>
        <div class="w4">
          <Figure
            label={t('Change on the month before')}
            value={
              change === null
                ? t('no month before')
                : `${isNegative(change) ? '▼ ' : '▲ '}${money(change.replace('-', ''), view.currency)}`
            }
            tone={change === null ? undefined : isNegative(change) ? 'favour' : 'against'}
            note={change === null || lastSum === null ? undefined : percent(sum - lastSum, lastSum)}
          />
        </div>
        <div class="w4">
          {ledger ? (
            <Figure
              label={t('Kept by service as unused capacity')}
              value={money(ledger.unusedCapacity, view.currency)}
              note={t('ledger {ledger}, difference {difference} ✓', {
                ledger: grouped(ledger.ledger),
                difference: grouped(ledger.difference),
              })}
            />
          ) : (
            <Figure
              label={t('Contacts charged')}
              value={grouped(rounded(contacts, 1))}
              note={t('each charge on the statement opens its contacts')}
            />
          )}
        </div>
      </div>
      <div class="columns">
        <div class="w8">
          <Section
            title={
              months.length === 0
                ? t('No month is in the books yet')
                : highest
                  ? t('{month} is the highest of {count} months', { month, count: months.length })
                  : t('{count} months, {first} to {last}', {
                      count: months.length,
                      first: monthYear(months[0]!.period),
                      last: monthYear(view.period!),
                    })
            }
            sub={t('{currency}, gross charge; hatched = preliminary', { currency: view.currency })}
          >
            <MonthsChart months={months} title={t('Gross charge by month, {currency}', { currency: view.currency })} />
          </Section>
        </div>
        <div class="w4">
          <Section
            title={
              waits.length === 0
                ? t('Nothing waits for you')
                : counted(waits.length, 'thing waits for you', 'things wait for you')
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
    : `${t('{share} of the charge comes from {decisions}.', {
        share: percent(part, sum),
        decisions: counted(decided.length, 'decision', 'decisions'),
      })} `;
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
      title={t('Where the charge goes')}
      sub={t('{currency}, gross charge in {month}, one scale', {
        currency: view.currency,
        month: monthName(view.period!),
      })}
      links={<a href={`/statements/${view.period}`}>{t('All statements')}</a>}
    >
      <Table>
        <thead>
          <tr>
            <th>{t('Unit')}</th>
            <th class="n">{t('Gross charge')}</th>
            <th aria-hidden="true"></th>
            <th class="n">{t('Share')}</th>
            <th class="n">{t('On the month before')}</th>
          </tr>
        </thead>
        <tbody>
          {units.map((unit) => (
            <tr key={unit.unit}>
              <td>
                <a href={`/statements/${view.period}/${encodeURIComponent(unit.unit)}`}>{unit.name}</a>
                {!isZero(unit.parked) && (
                  <span class="against"> ■ {t('{amount} parked', { amount: grouped(unit.parked) })}</span>
                )}
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
            <th scope="row">{t('All units')}</th>
            <td class="n">{grouped(amount(sum, scale))}</td>
            <td></td>
            <td class="n">{sum === 0n ? '–' : inPercent('100.0')}</td>
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
        title={t('Where the charge comes from')}
        sub={t('{currency}, gross charge in {month}, one scale', {
          currency: view.currency,
          month: monthName(view.period!),
        })}
        links={<a href={href}>{t('Statement')}</a>}
      >
        <Table>
          <thead>
            <tr>
              <th>{t('Decision')}</th>
              <th class="n">{t('Contacts')}</th>
              <th class="n">{t('Charge')}</th>
              <th aria-hidden="true"></th>
              <th class="n">{t('Share')}</th>
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
              <th scope="row">{t('Gross charge')}</th>
              <td class="n">{grouped(rounded(statement.contacts, 1))}</td>
              <td class="n">{grouped(statement.gross)}</td>
              <td></td>
              <td class="n">{minor(statement.gross) === 0n ? '–' : inPercent('100.0')}</td>
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
