import type { PoolSection, Reconciliation, StatementSet } from '../../domain/statements/statement-set.ts';
import { FlowChart, type Flow } from '../charts/flow-chart.tsx';
import { amount, decimals, grouped, inPercent, isZero, minor, percent } from '../format.ts';
import { label, t } from '../language.ts';
import { Section, type View } from '../layout.tsx';
import { Table } from '../table.tsx';

const COLUMNS = [
  ['charged', label('= Charged')],
  ['serviceVariances', label('+ Variances')],
  ['unusedCapacity', label('+ Unused')],
  ['unattributed', label('+ Not attributed')],
  ['withheld', label('+ Withheld')],
  ['parked', label('+ Parked')],
] as const;

type Names = ReadonlyMap<string, string>;

/** A document of the whole period: who may read all of it. */
export type WholeSet = StatementSet & Required<Pick<StatementSet, 'reconciliation' | 'pools' | 'service' | 'coverage'>>;

/** From the ledger to where its cost stands, pool by pool, and back from the lines of the statements to the ledger. */
export function ReconciliationSection({
  view,
  document,
  pools: names,
}: {
  view: View;
  document: WholeSet;
  pools: Names;
}) {
  const { reconciliation: totals, pools } = document;
  const operating = pools.filter((pool) => pool.kind !== 'support');
  const between = remainder(document);
  return (
    <Section
      title={t(
        'Ledger = charged + variances + unused + not attributed + withheld + parked + conversion; difference {difference}',
        { difference: grouped(totals.difference) },
      )}
      sub={t('{currency}, per cost pool after support; plus is cost to service', { currency: view.currency })}
      links={<a href={`/periods/${view.period}/workbook.xlsx`}>XLSX</a>}
    >
      <Table focusable>
        <thead>
          <tr>
            <th>{t('Cost pool')}</th>
            <th class="n">{t('Cost')}</th>
            {COLUMNS.map(([key, head]) => (
              <th class="n" key={key}>
                {t(head)}
              </th>
            ))}
            <th class="n">{t('+ Conversion')}</th>
            <th class="n">{t('Difference')}</th>
          </tr>
        </thead>
        <tbody>
          {operating.map((pool) => (
            <tr key={pool.pool}>
              <td>{names.get(pool.pool) ?? pool.pool}</td>
              <td class="n">{grouped(pool.cost)}</td>
              {COLUMNS.map(([key]) => (
                <td class="n" key={key}>
                  {grouped(pool[key])}
                </td>
              ))}
              <td class="n mute">–</td>
              <td class="n">{grouped(differenceOf(pool))}</td>
            </tr>
          ))}
          {between !== null && (
            <tr>
              <td>{t('In no pool')}</td>
              <td class="n">{grouped(between.cost)}</td>
              {COLUMNS.map(([key]) => (
                <td class="n" key={key}>
                  {grouped(between[key])}
                </td>
              ))}
              <td class="n">{grouped(totals.conversion)}</td>
              <td class="n"></td>
            </tr>
          )}
          <tr class="total">
            <th scope="row">{t('Ledger')}</th>
            <td class="n">{grouped(totals.ledger)}</td>
            {COLUMNS.map(([key]) => (
              <td class="n" key={key}>
                {grouped(totals[key])}
              </td>
            ))}
            <td class="n">{grouped(totals.conversion)}</td>
            <td class={`n ${isZero(totals.difference) ? 'favour' : 'against'}`}>
              {isZero(totals.difference) ? '✓ ' : ''}
              {grouped(totals.difference)}
            </td>
          </tr>
          <tr>
            <td class="mute">{t('Share of the ledger')}</td>
            <td class="n mute">{isZero(totals.ledger) ? '–' : inPercent('100.0')}</td>
            {COLUMNS.map(([key]) => (
              <td class="n mute" key={key}>
                {percent(minor(totals[key]), minor(totals.ledger))}
              </td>
            ))}
            <td></td>
            <td></td>
          </tr>
        </tbody>
      </Table>
      <BackToLedger view={view} document={document} />
    </Section>
  );
}

/** The same from the other end: every line of statements and of service, added up. */
function BackToLedger({ view, document }: { view: View; document: WholeSet }) {
  const { reconciliation: totals } = document;
  const scale = decimals(totals.ledger);
  const rows = backwards(document);
  const sum = rows.reduce((all, { lines }) => all + lines, 0n);
  return (
    <details>
      <summary>
        {t('Back from the lines to the ledger: {sum} {currency}, difference {difference}', {
          ...{ sum: grouped(amount(sum, scale)), currency: view.currency },
          difference: grouped(amount(sum - minor(totals.ledger), scale)),
        })}
      </summary>
      <Table focusable>
        <thead>
          <tr>
            <th>{t('Added up from')}</th>
            <th class="n">{t('Lines')}</th>
            <th class="n">{t('Reconciliation')}</th>
            <th class="n">{t('Difference')}</th>
          </tr>
        </thead>
        <tbody>
          {rows.map(({ name, lines, total }) => (
            <tr key={name}>
              <td>{t(name)}</td>
              <td class="n">{grouped(amount(lines, scale))}</td>
              <td class="n">{grouped(total)}</td>
              <td class="n">{grouped(amount(lines - minor(total), scale))}</td>
            </tr>
          ))}
          <tr class="total">
            <th scope="row">{t('Ledger')}</th>
            <td class="n">{grouped(amount(sum, scale))}</td>
            <td class="n">{grouped(totals.ledger)}</td>
            <td class="n">
              {sum === minor(totals.ledger) ? '✓ ' : ''}
              {grouped(amount(sum - minor(totals.ledger), scale))}
            </td>
          </tr>
        </tbody>
      </Table>
    </details>
  );
}

function backwards({ units, service, reconciliation: totals }: WholeSet) {
  const lines = units.flatMap((unit) => unit.lines);
  const treated = (treatment: string): bigint =>
    lines.filter((line) => line.treatment === treatment).reduce((sum, line) => sum + minor(line.amount), 0n);
  const items = (of: readonly { readonly amount: string }[]): bigint =>
    of.reduce((sum, item) => sum + minor(item.amount), 0n);
  return [
    { name: label('charged lines of the statements'), lines: treated('charged'), total: totals.charged },
    { name: label('service variances'), lines: items(service.variances), total: totals.serviceVariances },
    { name: label('unused capacity'), lines: items(service.unused), total: totals.unusedCapacity },
    { name: label('not attributed'), lines: items(service.unattributed.pools), total: totals.unattributed },
    { name: label('withheld lines'), lines: treated('withheld'), total: totals.withheld },
    {
      name: label('parked lines and entries'),
      lines: treated('parked') + minor(service.parked),
      total: totals.parked,
    },
    { name: label('conversion'), lines: minor(service.conversion), total: totals.conversion },
  ];
}

type Columns = (typeof COLUMNS)[number][0];

function differenceOf(pool: PoolSection): string {
  const parts = COLUMNS.reduce((sum, [key]) => sum + minor(pool[key]), 0n);
  return amount(minor(pool.cost) - parts, decimals(pool.cost));
}

/** What belongs to the ledger and to no pool that handles contacts; null where that is nothing. */
function remainder({ reconciliation: totals, pools }: WholeSet): ({ cost: string } & Record<Columns, string>) | null {
  const operating = pools.filter((pool) => pool.kind !== 'support');
  const scale = decimals(totals.ledger);
  const rest = (total: string, of: (pool: PoolSection) => string): bigint =>
    minor(total) - operating.reduce((sum, pool) => sum + minor(of(pool)), 0n);
  const columns = COLUMNS.map(([key]) => [key, rest(totals[key], (pool) => pool[key])] as const);
  const cost = rest(totals.ledger, (pool) => pool.cost);
  if (cost === 0n && columns.every(([, value]) => value === 0n)) return null;
  const texts = Object.fromEntries(columns.map(([key, value]) => [key, amount(value, scale)]));
  return { cost: amount(cost, scale), ...(texts as Record<Columns, string>) };
}

const STAYS = [
  ['serviceVariances', label('Variances')],
  ['unusedCapacity', label('Unused capacity')],
  ['unattributed', label('Not attributed')],
  ['withheld', label('Withheld')],
  ['parked', label('Parked')],
] as const;

/** Where the pools went, as widths. */
export function FlowSection({ view, document, pools }: { view: View; document: WholeSet; pools: Names }) {
  const flows = flowsOf(document).map((flow) => ({ ...flow, from: pools.get(flow.from) ?? flow.from }));
  if (flows.length === 0) return null;
  const scale = decimals((document.reconciliation satisfies Reconciliation).ledger);
  return (
    <Section
      title={t('Where the pools went')}
      sub={t('{currency}; widths to one scale; hatched = stays with service', { currency: view.currency })}
    >
      <FlowChart
        flows={flows}
        title={t('Flow of cost from pools to units, {currency}', { currency: view.currency })}
        show={(of) => amount(of, scale)}
      />
    </Section>
  );
}

/** From each pool to each unit that is charged from it, and to what stays with service. */
function flowsOf({ pools, units }: WholeSet): Flow[] {
  const charged = new Map<string, Flow>();
  for (const unit of units) {
    for (const line of unit.lines) {
      if (line.treatment !== 'charged') continue;
      const key = `${line.pool} ${unit.unit}`;
      const before = charged.get(key)?.amount ?? 0n;
      charged.set(key, { from: line.pool, to: unit.name, amount: before + minor(line.amount), stays: false });
    }
  }
  const kept = pools
    .filter((pool) => pool.kind !== 'support')
    .flatMap((pool) =>
      STAYS.map(([key, to]): Flow => ({ from: pool.pool, to: t(to), amount: minor(pool[key]), stays: true })),
    );
  return [...charged.values(), ...kept].filter((flow) => flow.amount !== 0n);
}
