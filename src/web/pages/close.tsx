import { FlowChart, type Flow } from '../charts/flow-chart.tsx';
import { amount, decimals, grouped, isZero, monthYear, rounded } from '../format.ts';
import { Page, Section, type View } from '../layout.tsx';
import { Table } from '../table.tsx';

export interface PoolTieOut {
  readonly pool: string;
  readonly kind: string;
  readonly cost: string;
  readonly charged: string;
  readonly serviceVariances: string;
  readonly unusedCapacity: string;
  readonly unattributed: string;
  readonly withheld: string;
  readonly parked: string;
}
export type Totals = Readonly<
  Record<
    | 'ledger'
    | 'charged'
    | 'serviceVariances'
    | 'unusedCapacity'
    | 'unattributed'
    | 'withheld'
    | 'parked'
    | 'conversion'
    | 'difference',
    string
  >
>;

export interface CloseFigures {
  readonly pools: readonly PoolTieOut[];
  readonly totals: Totals;
  /** from pool to unit, and to what stays with service */
  readonly flows: readonly Flow[];
  readonly contacts: string;
  readonly worklist: readonly { readonly reason: string; readonly channel: string; readonly contacts: string }[];
}

export interface Deed {
  readonly name: 'close' | 'submit' | 'approve' | 'issue';
  readonly label: string;
  readonly allowed: boolean;
  readonly why: string;
}

const STEPS = ['open', 'calculated', 'in_review', 'approved', 'closed'] as const;
const LABELS = ['Data in', 'Calculated', 'In review', 'Approved', 'Issued'] as const;
const COLUMNS = ['charged', 'serviceVariances', 'unusedCapacity', 'unattributed', 'withheld', 'parked'] as const;
const HEADS = ['= Charged', '+ Variances', '+ Unused', '+ Unattributed', '+ Withheld', '+ Parked'];

export function ClosePage({
  view,
  figures,
  deeds,
}: {
  view: View;
  figures: CloseFigures | null;
  deeds: readonly Deed[];
}) {
  const at = STEPS.indexOf((view.state ?? 'open') as (typeof STEPS)[number]);
  return (
    <Page view={view} title={`Close ${monthYear(view.period!)}`}>
      <h1>
        {figures
          ? isZero(figures.totals.difference)
            ? `${monthYear(view.period!)} ties out to the cent.`
            : `${monthYear(view.period!)} does not tie out.`
          : `${monthYear(view.period!)} has not been calculated.`}
      </h1>
      <p class="lead">
        {figures
          ? `${grouped(figures.totals.ledger)} ${view.currency} of service cost, ${grouped(rounded(figures.contacts, 0))} contacts.`
          : 'Calculate it to see what it would say; nothing is posted.'}
      </p>
      <ol class="steps">
        {LABELS.map((label, i) => (
          <li key={label} class={i < at ? 'done' : i === at ? 'now' : ''} aria-current={i === at ? 'step' : undefined}>
            <strong>
              {i < at ? '✓' : i === at ? '●' : '○'} {label}
            </strong>
          </li>
        ))}
      </ol>
      {figures && (
        <Section
          title={`Ledger = charged + variances + unused + unattributed + withheld + parked + conversion; difference ${grouped(figures.totals.difference)}`}
          sub={`${view.currency}, per cost pool after support; plus is cost to service`}
        >
          <Table focusable>
            <thead>
              <tr>
                <th>Cost pool</th>
                <th class="n">Cost</th>
                {HEADS.map((head) => (
                  <th class="n" key={head}>
                    {head}
                  </th>
                ))}
              </tr>
            </thead>
            <tbody>
              {figures.pools
                .filter((pool) => pool.kind !== 'support')
                .map((pool) => (
                  <tr key={pool.pool}>
                    <td>{pool.pool}</td>
                    <td class="n">{grouped(pool.cost)}</td>
                    {COLUMNS.map((column) => (
                      <td class="n" key={column}>
                        {grouped(pool[column])}
                      </td>
                    ))}
                  </tr>
                ))}
              <tr class="total">
                <th scope="row">Ledger</th>
                <td class="n">{grouped(figures.totals.ledger)}</td>
                {COLUMNS.map((column) => (
                  <td class="n" key={column}>
                    {grouped(figures.totals[column])}
                  </td>
                ))}
              </tr>
            </tbody>
          </Table>
          <p class="note">
            Conversion {grouped(figures.totals.conversion)}. Difference {grouped(figures.totals.difference)}{' '}
            {isZero(figures.totals.difference) ? '✓' : ''}
          </p>
        </Section>
      )}
      {figures && figures.flows.length > 0 && (
        <Section
          title="Where the pools went"
          sub={`${view.currency}; widths to one scale; hatched = stays with service`}
        >
          <FlowChart
            flows={figures.flows}
            title={`Flow of cost from pools to units, ${view.currency}`}
            show={(of) => amount(of, decimals(figures.totals.ledger))}
          />
        </Section>
      )}
      <div class="columns">
        <div class="w7">
          {figures && (
            <Section
              title={
                figures.worklist.length === 0 ? 'Every contact has an owner' : 'Largest reasons that nobody answers for'
              }
              sub="contacts without an owner stay with service until a rule takes them"
            >
              <Table focusable>
                <thead>
                  <tr>
                    <th>Reason</th>
                    <th>Channel</th>
                    <th class="n">Contacts</th>
                  </tr>
                </thead>
                <tbody>
                  {figures.worklist.slice(0, 10).map((item) => (
                    <tr key={`${item.reason} ${item.channel}`}>
                      <td>{item.reason}</td>
                      <td>{item.channel}</td>
                      <td class="n">{grouped(rounded(item.contacts, 1))}</td>
                    </tr>
                  ))}
                </tbody>
              </Table>
            </Section>
          )}
        </div>
        <div class="w5">
          <Section title="What comes next" sub="who prepared cannot approve">
            <div class="actions">
              {deeds.map((deed) => (
                <form key={deed.name} method="post" action={`/periods/${view.period}/${deed.name}`}>
                  <input type="hidden" name="csrf" value={view.csrf} />
                  <button
                    type="submit"
                    class={deed.allowed ? 'primary' : ''}
                    disabled={!deed.allowed}
                    aria-describedby={`why-${deed.name}`}
                  >
                    {deed.label}
                  </button>
                </form>
              ))}
            </div>
            {deeds.map((deed) => (
              <p class="note" id={`why-${deed.name}`} key={deed.name}>
                {deed.why}
              </p>
            ))}
          </Section>
        </div>
      </div>
    </Page>
  );
}
