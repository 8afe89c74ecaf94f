import { InBar } from '../charts/in-bar.tsx';
import { amount, grouped, length, monthName, percent, rounded } from '../format.ts';
import { Section, type View } from '../layout.tsx';
import { Table } from '../table.tsx';
import { grouping, type Group, type UnitStatement } from './statement-groups.ts';

const SHOWN = 8;

/** Decisions behind the charge of all units, the largest first; each opens its reasons and contacts. */
export function DecisionCharges({
  view,
  groups,
  sum,
  scale,
}: {
  view: View;
  groups: readonly Group[];
  sum: bigint;
  scale: number;
}) {
  const decided = groups.filter((group) => group.decision !== null);
  const shown = decided.slice(0, SHOWN);
  const most = shown[0]?.amount ?? 1n;
  const [largest] = shown;
  return (
    <Section
      title={
        largest === undefined
          ? 'No decision is charged: the owners of the reasons answer'
          : `${largest.title} costs most of ${decided.length === 1 ? 'one decision' : `${decided.length} decisions`}`
      }
      sub={`${view.currency}, gross charge in ${monthName(view.period!)}, all units; one scale`}
      links={<a href="/decisions">All decisions</a>}
    >
      <Table>
        <thead>
          <tr>
            <th>Decision</th>
            <th class="n">Contacts</th>
            <th class="n">Charge</th>
            <td></td>
            <th class="n">Share</th>
          </tr>
        </thead>
        <tbody>
          {shown.map((group) => (
            <tr key={group.key}>
              <td>
                <a href={`/decisions/${encodeURIComponent(group.decision!)}`}>{group.title}</a>
              </td>
              <td class="n">{grouped(rounded(group.contacts, 1))}</td>
              <td class="n">{grouped(amount(group.amount, scale))}</td>
              <td>
                <InBar percent={length(group.amount, most)} />
              </td>
              <td class="n mute">{percent(group.amount, sum)}</td>
            </tr>
          ))}
        </tbody>
      </Table>
    </Section>
  );
}

/** Lines of all units by decision, the largest first. */
export function chargeByDecision(units: readonly UnitStatement[], titles: ReadonlyMap<string, string>): Group[] {
  return grouping(
    units.flatMap((unit) => unit.lines),
    titles,
  );
}
