import type { CoverageSection } from '../../domain/statements/statement-set.ts';
import type { ImportRow } from '../../persistence/imports.queries.ts';
import { counted, grouped, instant, monthYear, rounded } from '../format.ts';
import { t } from '../language.ts';
import { Section, type View } from '../layout.tsx';
import { Table } from '../table.tsx';

/** Values that nobody takes, the largest. */
const MOST = 8;

interface Source {
  readonly newest: ImportRow;
  readonly imports: number;
  /** newest month that any of its imports touches; null for records without months */
  readonly month: string | null;
}

/** How fresh each kind of data is, and which of its values nobody takes yet. */
export function SourcesSection({
  view,
  history,
  coverage,
  reasons,
}: {
  view: View;
  history: readonly ImportRow[];
  /** of the newest month that is calculated */
  coverage: CoverageSection | null;
  reasons: ReadonlyMap<string, string>;
}) {
  const sources = sourcesOf(history);
  if (sources.length === 0) return null;
  const behind = sources.filter(({ month }) => view.period !== null && month !== null && month < view.period);
  return (
    <div class="columns">
      <div class="w7">
        <Section
          title={
            behind.length === 0
              ? t('Every source has reached the newest month')
              : counted(behind.length, 'source ends before the newest month', 'sources end before the newest month')
          }
          sub={t('by kind; newest import and newest month, times in UTC')}
        >
          <Table focusable>
            <thead>
              <tr>
                <th>{t('Kind')}</th>
                <th>{t('Newest import')}</th>
                <th>{t('Newest month')}</th>
                <th class="n">{t('Imports')}</th>
              </tr>
            </thead>
            <tbody>
              {sources.map(({ newest, imports, month }) => (
                <tr key={newest.kind}>
                  <td>{newest.kind}</td>
                  <td class="date">{instant(newest.at)}</td>
                  <td class={month !== null && view.period !== null && month < view.period ? 'against' : undefined}>
                    {month === null ? t('of no month') : monthYear(month)}
                  </td>
                  <td class="n">{grouped(`${imports}`)}</td>
                </tr>
              ))}
            </tbody>
          </Table>
        </Section>
      </div>
      <div class="w5">{coverage !== null && <Unmapped view={view} coverage={coverage} reasons={reasons} />}</div>
    </div>
  );
}

function Unmapped({
  view,
  coverage,
  reasons,
}: {
  view: View;
  coverage: CoverageSection;
  reasons: ReadonlyMap<string, string>;
}) {
  const channels = coverage.unservedChannels ?? [];
  const values = [
    ...channels.map(({ channel, contacts }) => ({ what: t('Channel “{channel}”, no pool', { channel }), contacts })),
    ...coverage.worklist.map(({ reason, channel, contacts }) => ({
      what: t('{reason}, {channel}: no owner', { reason: reasons.get(reason) ?? reason, channel }),
      contacts,
    })),
  ];
  return (
    <Section
      title={
        values.length === 0
          ? t('Every value is mapped')
          : counted(values.length, 'value that nobody takes', 'values that nobody takes')
      }
      sub={t('contacts in {month}', { month: monthYear(view.period!) })}
      links={<a href={`/periods/${view.period}`}>{t('Close board')}</a>}
    >
      {values.length > 0 && (
        <Table focusable>
          <tbody>
            {values.slice(0, MOST).map(({ what, contacts }) => (
              <tr key={what}>
                <td>{what}</td>
                <td class="n">{grouped(rounded(contacts, 1))}</td>
              </tr>
            ))}
          </tbody>
        </Table>
      )}
    </Section>
  );
}

function sourcesOf(history: readonly ImportRow[]): Source[] {
  const sources = new Map<string, Source>();
  for (const row of history.filter(({ undoes, undoneBy }) => undoes === null && undoneBy === null)) {
    const own = sources.get(row.kind);
    const month = [...row.totals.periods, ...(own?.month ? [own.month] : [])].sort().at(-1) ?? null;
    sources.set(row.kind, { newest: own?.newest ?? row, imports: (own?.imports ?? 0) + 1, month });
  }
  return [...sources.values()].sort((a, b) => (a.newest.kind < b.newest.kind ? -1 : 1));
}
