import type { Reconciliation } from '../../domain/statements/statement-set.ts';
import type { Board } from '../close-board.ts';
import { amount, decimals, grouped, isZero, minor, money, rounded, signed } from '../format.ts';
import { label, t } from '../language.ts';
import { Section, type View } from '../layout.tsx';
import { Table } from '../table.tsx';

const ROWS = [
  ['ledger', label('Ledger')],
  ['charged', label('Charged')],
  ['serviceVariances', label('Service variances')],
  ['unusedCapacity', label('Unused capacity')],
  ['unattributed', label('Not attributed')],
  ['withheld', label('Withheld')],
  ['parked', label('Parked')],
  ['conversion', label('Conversion')],
] as const satisfies readonly (readonly [keyof Reconciliation, string])[];
const READS: Readonly<Record<string, string>> = {
  rates: label('an earlier month was issued or reopened'),
  parkingRulings: label('a ruling on a parked unit'),
  adjustments: label('corrections and disputes'),
};
/** Lines that changed most; the run's own files hold each. */
const SHOWN = 8;

/** Two reconciliations side by side; what moved sums to what the ledger moved. */
export function ReconciliationDifference({
  before,
  after,
  heads,
}: {
  before: Reconciliation;
  after: Reconciliation;
  heads: readonly [string, string];
}) {
  const scale = decimals(after.ledger);
  return (
    <Table focusable>
      <thead>
        <tr>
          <th>{t('Where the cost stands')}</th>
          <th class="n">{heads[0]}</th>
          <th class="n">{heads[1]}</th>
          <th class="n">{t('Difference')}</th>
        </tr>
      </thead>
      <tbody>
        {ROWS.map(([key, name]) => (
          <tr key={key} class={key === 'ledger' ? 'total' : undefined}>
            <th scope="row">{t(name)}</th>
            <td class="n">{grouped(before[key])}</td>
            <td class="n">{grouped(after[key])}</td>
            <td class="n">{signed(amount(minor(after[key]) - minor(before[key]), scale))}</td>
          </tr>
        ))}
        <tr>
          <th scope="row">{t('Ledger − all that stands below it')}</th>
          <td class="n">{grouped(before.difference)}</td>
          <td class="n">
            {grouped(after.difference)} {isZero(after.difference) ? '✓' : ''}
          </td>
          <td></td>
        </tr>
      </tbody>
    </Table>
  );
}

/** What the standing run says otherwise than the one before it, and why it may. */
export function LastDifference({ view, board }: { view: View; board: Board }) {
  if (board.last === null || !board.document?.reconciliation) return null;
  const { comparison, before } = board.last;
  const now = board.document.reconciliation;
  const moved = minor(now.charged) - minor(before.charged);
  const change = amount(moved < 0n ? -moved : moved, decimals(now.charged));
  const runs = { run: comparison.after, before: comparison.before };
  return (
    <Section
      title={
        moved === 0n
          ? t('Run {run} charges what run {before} charged', runs)
          : moved > 0n
            ? t('Run {run} charges {change} more than run {before}', { ...runs, change: money(change, view.currency) })
            : t('Run {run} charges {change} less than run {before}', { ...runs, change: money(change, view.currency) })
      }
      sub={view.currency}
      links={
        comparison.why.model && (
          <a href={`/rules?version=${comparison.why.model.after}&from=${comparison.why.model.before}`}>
            {t('Changed rules')}
          </a>
        )
      }
    >
      <ReconciliationDifference
        before={before}
        after={now}
        heads={[t('Run {id}', { id: comparison.before }), t('Run {id}', { id: comparison.after })]}
      />
      <p class="note">{t('Why: {reasons}.', { reasons: reasonsOf(comparison.why).join('; ') })}</p>
      {comparison.lines.length > 0 && (
        <details>
          <summary>{t('{count} lines changed; the largest', { count: comparison.lines.length })}</summary>
          <Table focusable>
            <thead>
              <tr>
                <th>{t('Line ‖ statement')}</th>
                <th>{t('Reason')}</th>
                <th class="n">{t('Before')}</th>
                <th class="n">{t('After')}</th>
                <th class="n">{t('Contacts before')}</th>
                <th class="n">{t('Contacts after')}</th>
              </tr>
            </thead>
            <tbody>
              {comparison.lines.slice(0, SHOWN).map((line) => (
                <tr key={line.line}>
                  <td>
                    {[line.unit ?? t('service'), line.decision, line.kind].filter((part) => part !== null).join(', ')}
                  </td>
                  <td>{[line.reason, line.channel].filter((part) => part !== null).join(', ')}</td>
                  <td class="n">{grouped(line.before)}</td>
                  <td class="n">
                    {line.unit === null || isZero(line.after) ? (
                      grouped(line.after)
                    ) : (
                      <a href={`/explain/line/${line.line}`}>{grouped(line.after)}</a>
                    )}
                  </td>
                  <td class="n">{line.contacts === null ? '–' : grouped(rounded(line.contacts.before, 1))}</td>
                  <td class="n">{line.contacts === null ? '–' : grouped(rounded(line.contacts.after, 1))}</td>
                </tr>
              ))}
            </tbody>
          </Table>
        </details>
      )}
    </Section>
  );
}

function reasonsOf({ model, code, imports, reads }: NonNullable<Board['last']>['comparison']['why']): string[] {
  const reasons = [
    ...(model === null ? [] : [t('rules {after} instead of {before}', model)]),
    ...(code === null ? [] : [t('version {after} of the program instead of {before}', code)]),
    ...imports.map(({ kind, file }) => t('{file} ({kind}) was imported', { kind, file })),
    ...reads.map((read) => t(READS[read] ?? read)),
  ];
  return reasons.length === 0 ? [t('the same inputs')] : reasons;
}
