import type { DecisionReport } from '../../application/decisions.service.ts';
import { RetentionChart, windowName } from '../charts/retention-chart.tsx';
import { amount, decimals, grouped, isNegative, isZero, minor, monthYear, rounded, signed } from '../format.ts';
import { label, t } from '../language.ts';
import { Section } from '../layout.tsx';
import { Table } from '../table.tsx';

/** What it earned and cost, line by line to the net, and how each line is made. */
export function ProfitSection({ report }: { report: DecisionReport }) {
  const scale = decimals(report.net);
  const effect = amount(minor(report.net) - minor(report.netWithoutRetention), scale);
  return (
    <Section title={t('Profit and loss')} sub={report.currency} links={<a href="#made">{t('Explain')}</a>}>
      <Table focusable>
        <tbody>
          <Line
            label={t('Billed, {exposures} exposures', { exposures: grouped(report.exposures) })}
            value={report.billed}
          />
          <Line label={t('Waived')} value={negated(report.waived)} />
          <Line label={t('Refunded')} value={negated(report.refunded)} />
          <Line
            label={t('Contact cost, {contacts} contacts', {
              contacts: grouped(rounded(report.contacts.attributed, 1)),
            })}
            value={negated(report.cost.full)}
          />
          <tr class="total">
            <th scope="row">{t('Net before retention')}</th>
            <td class="n">{grouped(report.netWithoutRetention)}</td>
          </tr>
          <tr>
            <td>
              {t('Retention effect')} {!isZero(effect) && <a href="#retention">{t('see below')}</a>}
            </td>
            <td class="n">{signed(effect)}</td>
          </tr>
          <tr class="total">
            <th scope="row">{t('Net')}</th>
            <td class={`n ${isNegative(report.net) ? 'against' : 'favour'}`}>{grouped(report.net)}</td>
          </tr>
          <Line label={t('Marginal cost of the contacts (memo)')} value={report.cost.marginal} />
          <Line label={t('Of the cost, charged to its owners (memo)')} value={report.cost.charged} />
        </tbody>
      </Table>
      <details id="made">
        <summary>{t('How each figure is made')}</summary>
        <dl>
          {MADE.map(([name, how]) => (
            <div key={name}>
              <dt>{t(name)}</dt>
              <dd class="note">{t(how)}</dd>
            </div>
          ))}
        </dl>
      </details>
    </Section>
  );
}

const MADE = [
  [label('Billed'), label('the amounts of its exposures, each on its day; waived and refunded are taken off')],
  [
    label('Contact cost'),
    label('the lines of the standing runs that name it, charged or withheld: contacts × standard quantity × rate'),
  ],
  [
    label('Retention effect'),
    label('of each month’s customers the longest window that is over, where its evidence lets it be netted; else 0.00'),
  ],
  [label('Net'), label('billed − waived − refunded − contact cost + retention effect')],
  [
    label('k*, at which it earns nothing'),
    label('what an exposure keeps, with its retention effect, ÷ what a contact costs'),
  ],
] as const;

/** What it did to customers after one, six and eighteen months. */
export function DecisionRetentionSection({ report }: { report: DecisionReport }) {
  if (report.retention.length === 0)
    return (
      <Section
        title={t('Its effect on retention is not known yet')}
        sub={t('no month’s customers have been watched for a whole window, or the rules ask for none')}
      >
        <p class="note">{t('Nothing is netted until a window is over.')}</p>
      </Section>
    );
  const last = report.retention.at(-1)!;
  const after = windowName(last.horizonDays);
  const each = grouped(last.perCustomer.replace('-', ''));
  return (
    <div id="retention">
      <Section
        title={
          isNegative(last.perCustomer)
            ? t('A customer hit is worth {each} {currency} less after {after}', {
                ...{ each, currency: report.currency, after },
              })
            : t('A customer hit is worth {each} {currency} more after {after}', {
                ...{ each, currency: report.currency, after },
              })
        }
        sub={t('{currency} for a customer hit, cumulated; against customers not hit; 90% interval', {
          currency: report.currency,
        })}
      >
        <RetentionChart
          points={report.retention.map((reading) => ({
            days: reading.horizonDays,
            cohort: t('{customers} customers', { customers: grouped(`${reading.matured}`) }),
            point: reading.perCustomer,
            low: perCustomer(reading.low, reading.matured),
            high: perCustomer(reading.high, reading.matured),
            ripe: reading.matured > 0,
          }))}
          title={t('Effect of {title} on customers, {currency}', { title: report.title, currency: report.currency })}
        />
        <details>
          <summary>{t('Table')}</summary>
          <Table focusable>
            <thead>
              <tr>
                <th>{t('After')}</th>
                <th class="n">{t('Customers')}</th>
                <th class="n">{t('Not that old yet')}</th>
                <th class="n">{t('For a customer')}</th>
                <th class="n">{t('In all')}</th>
                <th class="n">{t('From')}</th>
                <th class="n">{t('To')}</th>
              </tr>
            </thead>
            <tbody>
              {report.retention.map((reading) => (
                <tr key={reading.horizonDays}>
                  <td>{windowName(reading.horizonDays)}</td>
                  <td class="n">{grouped(`${reading.matured}`)}</td>
                  <td class="n">{grouped(`${reading.provisional}`)}</td>
                  <td class="n">{signed(reading.perCustomer)}</td>
                  <td class="n">{signed(reading.total)}</td>
                  <td class="n">{signed(reading.low)}</td>
                  <td class="n">{signed(reading.high)}</td>
                </tr>
              ))}
            </tbody>
          </Table>
        </details>
      </Section>
    </div>
  );
}

/** Cut to the minor unit: for a mark on the chart, whose figures stand in the table. */
function perCustomer(total: string, customers: number): string {
  return customers === 0 ? total : amount(minor(total) / BigInt(customers), decimals(total));
}

interface MonthOfDecision {
  readonly month: string;
  /** millionths */
  readonly contacts: bigint;
  readonly collected: bigint;
  readonly cost: bigint;
  readonly mature: boolean;
}

/** By month, before retention: what it collected and what its contacts cost. */
export function MonthsSection({ report }: { report: DecisionReport }) {
  const months = monthsOf(report);
  const scale = decimals(report.net);
  const losing = months.filter(({ collected, cost }) => collected < cost);
  const sum = (of: (month: MonthOfDecision) => bigint): bigint => months.reduce((all, month) => all + of(month), 0n);
  return (
    <Section
      title={
        losing.length === 0
          ? t('No month cost more than it collected')
          : t('{losing} of {months} months cost more than they collected', {
              losing: losing.length,
              months: months.length,
            })
      }
      sub={t('{currency}, by month of the exposure, before retention', { currency: report.currency })}
    >
      <Table focusable>
        <thead>
          <tr>
            <th>{t('Month')}</th>
            <th class="n">{t('Contacts')}</th>
            <th class="n">{t('Collected')}</th>
            <th class="n">{t('Contact cost')}</th>
            <th class="n">{t('Net before retention')}</th>
          </tr>
        </thead>
        <tbody>
          {months.map(({ month, contacts, collected, cost, mature }) => (
            <tr key={month}>
              <td>
                {monthYear(month)} {!mature && <span class="mute">{t('immature')}</span>}
              </td>
              <td class="n">{grouped(rounded(amount(contacts, 6), 1))}</td>
              <td class="n">{grouped(amount(collected, scale))}</td>
              <td class="n">{grouped(amount(-cost, scale))}</td>
              <td class={`n ${collected < cost ? 'against' : ''}`}>{signed(amount(collected - cost, scale))}</td>
            </tr>
          ))}
          <tr class="total">
            <th scope="row">{t('All months')}</th>
            <td class="n">
              {grouped(
                rounded(
                  amount(
                    sum(({ contacts }) => contacts),
                    6,
                  ),
                  1,
                ),
              )}
            </td>
            <td class="n">
              {grouped(
                amount(
                  sum(({ collected }) => collected),
                  scale,
                ),
              )}
            </td>
            <td class="n">{grouped(amount(-sum(({ cost }) => cost), scale))}</td>
            <td class="n">
              {signed(
                amount(
                  sum(({ collected, cost }) => collected - cost),
                  scale,
                ),
              )}
            </td>
          </tr>
        </tbody>
      </Table>
    </Section>
  );
}

function monthsOf({ daily }: DecisionReport): MonthOfDecision[] {
  const months = new Map<string, MonthOfDecision>();
  let before = { collected: 0n, cost: 0n };
  for (const point of daily) {
    const now = { collected: minor(point.collectedCum), cost: minor(point.costCum) };
    const month = point.date.slice(0, 7);
    const own = months.get(month) ?? { month, contacts: 0n, collected: 0n, cost: 0n, mature: true };
    months.set(month, {
      month,
      contacts: own.contacts + minor(rounded(point.contacts, 6)),
      collected: own.collected + now.collected - before.collected,
      cost: own.cost + now.cost - before.cost,
      mature: own.mature && point.mature,
    });
    before = now;
  }
  return [...months.values()];
}

function negated(text: string): string {
  return isNegative(text) ? text.slice(1) : /[1-9]/.test(text) ? `-${text}` : text;
}

function Line({ label: name, value }: { label: string; value: string }) {
  return (
    <tr>
      <td>{name}</td>
      <td class="n">{grouped(value)}</td>
    </tr>
  );
}
