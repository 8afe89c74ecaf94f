import { InBar } from '../charts/in-bar.tsx';
import { amount, counted, grouped, length, monthName, percent, rounded } from '../format.ts';
import { t } from '../language.ts';
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
          ? t('No decision is charged: the owners of the reasons answer')
          : t('{decision} costs most of {decisions}', {
              decision: largest.title,
              decisions: counted(decided.length, 'decision', 'decisions'),
            })
      }
      sub={t('{currency}, gross charge in {month}, all units; one scale', {
        currency: view.currency,
        month: monthName(view.period!),
      })}
      links={<a href="/decisions">{t('All decisions')}</a>}
    >
      <Table>
        <thead>
          <tr>
            <th>{t('Decision')}</th>
            <th class="n">{t('Contacts')}</th>
            <th class="n">{t('Charge')}</th>
            <td></td>
            <th class="n">{t('Share')}</th>
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
