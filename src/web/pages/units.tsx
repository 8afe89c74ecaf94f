import type { PeerRate, UnitMonth } from '../../application/statements.service.ts';
import { may } from '../../domain/roles.ts';
import { InBar } from '../charts/in-bar.tsx';
import { MonthsChart } from '../charts/months-chart.tsx';
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
  rounded,
  signed,
} from '../format.ts';
import { chargedSentence, parkedSentence } from '../charged-sentence.ts';
import { t } from '../language.ts';
import { Page, Section, type View } from '../layout.tsx';
import { Table } from '../table.tsx';
import { contactsOf, grouping, type UnitStatement, parkedOf } from './statement-groups.ts';

/** Gross charge of a unit in the month of the page and in the one before; null: there is none before. */
export interface UnitStanding {
  readonly unit: UnitStatement;
  readonly before: string | null;
}

export function UnitsPage({ view, units }: { view: View; units: readonly UnitStanding[] }) {
  const most = units.reduce((top, { unit }) => (minor(unit.gross) > top ? minor(unit.gross) : top), 1n);
  const largest = [...units].sort((a, b) => (minor(b.unit.gross) > minor(a.unit.gross) ? 1 : -1))[0];
  return (
    <Page view={view} title={t('Units')}>
      <h1>
        {largest === undefined
          ? t('No unit is charged.')
          : t('{name} is charged most for {month}: {amount}.', {
              name: largest.unit.name,
              month: monthName(view.period!),
              amount: money(largest.unit.gross, view.currency),
            })}
      </h1>
      <p class="lead">{t('Each unit opens its months, its decisions, and what drives its charge.')}</p>
      <Section
        title={t('Units compared')}
        sub={t('{currency}, gross charge, {month}; one scale', {
          currency: view.currency,
          month: monthYear(view.period!),
        })}
      >
        <Table>
          <thead>
            <tr>
              <th>{t('Unit')}</th>
              <th class="n">{t('Contacts')}</th>
              <th class="n">{t('Charge')}</th>
              <td></td>
              <th class="n">{t('For a contact')}</th>
              <th class="n">{t('On the month before')}</th>
            </tr>
          </thead>
          <tbody>
            {units.map(({ unit, before }) => (
              <tr key={unit.unit}>
                <td>
                  <a href={`/units/${encodeURIComponent(unit.unit)}?period=${view.period}`}>{unit.name}</a>
                </td>
                <td class="n">{grouped(rounded(unit.contacts, 1))}</td>
                <td class="n">
                  <a href={`/statements/${view.period}/${encodeURIComponent(unit.unit)}`}>{grouped(unit.gross)}</a>
                </td>
                <td>
                  <InBar percent={length(minor(unit.gross), most)} />
                </td>
                <td class="n">{grouped(perContact(unit))}</td>
                <td class="n">{before === null ? '–' : signed(difference(unit.gross, before))}</td>
              </tr>
            ))}
          </tbody>
        </Table>
      </Section>
    </Page>
  );
}

export function UnitPage({
  view,
  unit,
  before,
  months,
  decisions,
  reasons,
  peers,
  unnamed,
}: {
  view: View;
  unit: UnitStatement;
  before: string | null;
  /** of this unit, newest first */
  months: readonly UnitMonth[];
  decisions: ReadonlyMap<string, string>;
  reasons: ReadonlyMap<string, string>;
  /** all units of the month; null for who may not read them */
  peers: readonly UnitStatement[] | null;
  /** for who reads the own unit alone: what a contact costs each unit, without names; null where that would tell them */
  unnamed: readonly PeerRate[] | null;
}) {
  const scale = decimals(unit.gross);
  const bars = [...months].reverse().slice(-12);
  const change = before === null ? null : difference(unit.gross, before);
  const href = `/statements/${view.period}/${encodeURIComponent(unit.unit)}`;
  const held = parkedOf(unit);
  const parked = held === 0n ? null : money(amount(held, scale), view.currency);
  const groups = grouping(unit.lines, decisions);
  const most = groups.reduce((top, group) => (group.amount > top ? group.amount : top), 1n);
  return (
    <Page view={view} title={unit.name}>
      <p class="sub">
        <a href={`/units?period=${view.period}`}>{t('Units')}</a> › {unit.name}
      </p>
      <h1>
        {chargedSentence({
          who: unit.name,
          charged: money(unit.gross, view.currency),
          month: monthName(view.period!),
          change: change === null ? null : money(change.replace('-', ''), view.currency),
          less: change !== null && isNegative(change),
          parked: minor(unit.gross) === 0n ? parked : null,
        })}
      </h1>
      <p class="lead">
        {minor(unit.gross) !== 0n &&
          `${t('{contacts} contacts, {amount} {currency} each.', {
            contacts: grouped(rounded(unit.contacts, 1)),
            amount: grouped(perContact(unit)),
            currency: view.currency,
          })} `}
        {parkedSentence(parked)} {t('Gross charge, before adjustments and retention.')}{' '}
        <a href={href}>{t('The statement')}</a>
        {may(view.actor, 'dispute') && ` ${t('To disagree: each of its lines can be disputed once it is issued.')}`}
      </p>
      <div class="columns">
        <div class="w7">
          <Section
            title={t('{count} months of {name}', { count: bars.length, name: unit.name })}
            sub={t('{currency}, gross charge; hatched = preliminary', { currency: view.currency })}
          >
            <MonthsChart
              months={bars.map((month) => ({
                period: month.period,
                amount: amount(month.grossMinor, scale),
                preliminary: month.state !== 'closed',
                href: `/units/${encodeURIComponent(unit.unit)}?period=${month.period}`,
              }))}
              title={t('Gross charge of {name} by month, {currency}', { name: unit.name, currency: view.currency })}
            />
          </Section>
        </div>
        <div class="w5">
          <Section
            title={t('Its decisions')}
            sub={t('{currency}, gross charge, {month}', { currency: view.currency, month: monthYear(view.period!) })}
          >
            <Table>
              <tbody>
                {groups.map((group) => (
                  <tr key={group.key}>
                    <td>
                      <a href={group.decision ? `/decisions/${encodeURIComponent(group.decision)}` : href}>
                        {group.title}
                      </a>
                    </td>
                    <td class="n">{grouped(amount(group.amount, scale))}</td>
                    <td>
                      <InBar percent={length(group.amount, most)} />
                    </td>
                    <td class="n mute">{percent(group.amount, minor(unit.gross))}</td>
                  </tr>
                ))}
              </tbody>
            </Table>
          </Section>
          {peers !== null && <Peers view={view} unit={unit} peers={peers} />}
          {unnamed !== null && <UnnamedPeers view={view} rates={unnamed} />}
        </div>
      </div>
      <Drivers view={view} unit={unit} reasons={reasons} href={href} />
    </Page>
  );
}

/** Reasons by charge: what drives it. */
function Drivers({
  view,
  unit,
  reasons,
  href,
}: {
  view: View;
  unit: UnitStatement;
  reasons: ReadonlyMap<string, string>;
  href: string;
}) {
  const scale = decimals(unit.gross);
  const sums = new Map<string, typeof unit.lines>();
  for (const line of unit.lines)
    if (line.reason !== null && line.treatment === 'charged')
      sums.set(line.reason, [...(sums.get(line.reason) ?? []), line]);
  const drivers = [...sums]
    .map(([reason, lines]) => ({
      reason,
      sum: lines.reduce((total, line) => total + minor(line.amount), 0n),
      contacts: contactsOf(lines),
      first: [...lines].sort((a, b) => (minor(b.amount) > minor(a.amount) ? 1 : -1))[0]!.id,
    }))
    .sort((a, b) => (b.sum > a.sum ? 1 : b.sum < a.sum ? -1 : a.reason < b.reason ? -1 : 1))
    .slice(0, 15);
  const most = drivers[0]?.sum ?? 1n;
  return (
    <Section
      title={
        drivers[0] === undefined
          ? t('No reason drives it')
          : t('{reason} drives it most', { reason: reasons.get(drivers[0].reason) ?? drivers[0].reason })
      }
      sub={t('{currency}, charge by reason, the largest {count}; the amount opens the contacts of its largest line', {
        currency: view.currency,
        count: drivers.length,
      })}
      links={<a href={href}>{t('All lines')}</a>}
    >
      <Table>
        <thead>
          <tr>
            <th>{t('Reason')}</th>
            <th class="n">{t('Contacts')}</th>
            <th class="n">{t('Charge')}</th>
            <td></td>
            <th class="n">{t('Share')}</th>
          </tr>
        </thead>
        <tbody>
          {drivers.map((driver) => (
            <tr key={driver.reason}>
              <td>{reasons.get(driver.reason) ?? driver.reason}</td>
              <td class="n">{grouped(rounded(driver.contacts, 1))}</td>
              <td class="n">
                <a href={`/explain/line/${driver.first}`}>{grouped(amount(driver.sum, scale))}</a>
              </td>
              <td>
                <InBar percent={length(driver.sum, most)} />
              </td>
              <td class="n mute">{percent(driver.sum, minor(unit.gross))}</td>
            </tr>
          ))}
        </tbody>
      </Table>
    </Section>
  );
}

function Peers({ view, unit, peers }: { view: View; unit: UnitStatement; peers: readonly UnitStatement[] }) {
  const ranked = peers
    .filter((peer) => Number(peer.contacts) > 0)
    .sort((a, b) => Number(perContact(b)) - Number(perContact(a)));
  const at = ranked.findIndex((peer) => peer.unit === unit.unit) + 1;
  return (
    <Section
      title={
        at === 0
          ? t('Units by cost of a contact')
          : t('Rank {at} of {count} by cost of a contact', { at, count: ranked.length })
      }
      sub={t('{currency} for a contact, gross charge over contacts', { currency: view.currency })}
    >
      <Table>
        <tbody>
          {ranked.map((peer) => (
            <tr key={peer.unit} class={peer.unit === unit.unit ? 'total' : undefined}>
              <td>
                <a href={`/units/${encodeURIComponent(peer.unit)}?period=${view.period}`}>{peer.name}</a>
              </td>
              <td class="n">{grouped(perContact(peer))}</td>
            </tr>
          ))}
        </tbody>
      </Table>
    </Section>
  );
}

/** Where the own unit stands among the others, who stay without names. */
function UnnamedPeers({ view, rates }: { view: View; rates: readonly PeerRate[] }) {
  const at = rates.findIndex(({ own }) => own) + 1;
  return (
    <Section
      title={
        at === 0
          ? t('Units by cost of a contact')
          : t('Rank {at} of {count} by cost of a contact', { at, count: rates.length })
      }
      sub={t('{currency} for a contact, gross charge over contacts; the others without their names', {
        currency: view.currency,
      })}
    >
      <Table focusable>
        <tbody>
          {rates.map(({ perContact: cost, own }, i) => (
            <tr key={i} class={own ? 'total' : undefined}>
              <td>{own ? t('Your unit') : t('Another unit')}</td>
              <td class="n">{grouped(rounded(cost, 2))}</td>
            </tr>
          ))}
        </tbody>
      </Table>
    </Section>
  );
}

/** Charge over contacts, two decimals. */
function perContact(unit: Pick<UnitStatement, 'gross' | 'contacts'>): string {
  const contacts = minor(rounded(unit.contacts, 6));
  if (contacts === 0n) return '–';
  const millionths = (minor(unit.gross) * 10n ** 12n) / 10n ** BigInt(decimals(unit.gross)) / contacts;
  return rounded(amount(millionths, 6), 2);
}

export function difference(now: string, before: string): string {
  return amount(minor(now) - minor(before), decimals(now));
}
