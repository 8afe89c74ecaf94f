import type { Board } from '../close-board.ts';
import { InBar } from '../charts/in-bar.tsx';
import { amount, counted, decimals, grouped, length, minor, monthYear } from '../format.ts';
import { t } from '../language.ts';
import { Section, type View } from '../layout.tsx';
import { Table } from '../table.tsx';

interface UnitState {
  readonly unit: string;
  readonly name: string;
  /** charged and parked, minor units */
  readonly gross: bigint;
  readonly parked: bigint;
}

/** Each unit's charge on one scale, and whether its owner has accepted, disputes, or is parked. */
export function CloseUnits({ view, board }: { view: View; board: Board }) {
  const { document } = board;
  if (document === null) return null;
  const scale = decimals(document.reconciliation!.charged);
  const units = document.units
    .map((unit): UnitState => {
      const parked = unit.lines
        .filter(({ treatment }) => treatment === 'parked')
        .reduce((sum, line) => sum + minor(line.amount), 0n);
      return { unit: unit.unit, name: unit.name, gross: minor(unit.gross), parked };
    })
    .sort((a, b) => (a.gross + a.parked > b.gross + b.parked ? -1 : 1));
  const most = units.reduce((top, { gross, parked }) => (gross + parked > top ? gross + parked : top), 1n);
  const held = units.filter(({ parked }) => parked !== 0n).length;
  const charged = t('charged {charged} + parked {parked}', {
    charged: grouped(document.reconciliation!.charged),
    parked: grouped(
      amount(
        units.reduce((sum, { parked }) => sum + parked, 0n),
        scale,
      ),
    ),
  });
  const half = Math.ceil(units.length / 2);
  const disputed = new Set(
    board.disputes.filter(({ chargePeriod }) => chargePeriod === board.period.period).map(({ unit }) => unit),
  );
  return (
    <Section
      title={
        board.period.state === 'closed'
          ? t('{accepted} of {units} have accepted', {
              accepted: `${board.accepted.size}`,
              units: counted(units.length, 'unit', 'units'),
            })
          : t('{units} are charged, {held} parked', {
              units: counted(units.length - held, 'unit', 'units'),
              held: `${held}`,
            })
      }
      sub={t('{currency}, gross charge in {month}, one scale; {charged}', {
        ...{ currency: view.currency, month: monthYear(view.period!), charged },
      })}
      links={<a href={`/statements/${view.period}`}>{t('All statements')}</a>}
    >
      <div class="columns">
        {[units.slice(0, half), units.slice(half)].map(
          (part) =>
            part.length > 0 && (
              <div class="w6" key={part[0]!.unit}>
                <Table>
                  <thead>
                    <tr>
                      <th>{t('Unit')}</th>
                      <th class="n">{t('Gross charge')}</th>
                      <th aria-hidden="true"></th>
                      <th>{t('State')}</th>
                    </tr>
                  </thead>
                  <tbody>
                    {part.map(({ unit, name, gross, parked }) => (
                      <tr key={unit}>
                        <td>
                          <a href={`/statements/${view.period}/${encodeURIComponent(unit)}`}>{name}</a>
                        </td>
                        <td class="n">{grouped(amount(gross + parked, scale))}</td>
                        <td>
                          <InBar percent={length(gross + parked, most)} held={parked !== 0n} />
                        </td>
                        <td class={parked === 0n ? undefined : 'against'}>
                          {parked === 0n ? stateOf(board, unit, disputed) : `■ ${t('Parked')}`}
                        </td>
                      </tr>
                    ))}
                  </tbody>
                </Table>
              </div>
            ),
        )}
      </div>
    </Section>
  );
}

function stateOf(board: Board, unit: string, disputed: ReadonlySet<string>): string {
  if (board.period.state !== 'closed') return `○ ${t('Preliminary')}`;
  if (disputed.has(unit)) return `◆ ${t('Disputed')}`;
  return board.accepted.has(unit) ? `✓ ${t('Accepted')}` : `○ ${t('Open ‖ statement')}`;
}
