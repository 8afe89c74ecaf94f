import type { PreviewPosting } from '../../application/disputes.service.ts';
import { amount, decimals, grouped, minor, monthYear, signed } from '../format.ts';
import { t } from '../language.ts';
import { Table } from '../table.tsx';

/** Who is credited and who would bear it: the sum stands below and is zero. */
export function PostingsTable({
  postings,
  units,
}: {
  postings: readonly PreviewPosting[];
  units: ReadonlyMap<string, string>;
}) {
  const scale = decimals(postings[0]?.amount ?? '0.00');
  const sum = amount(
    postings.reduce((total, posting) => total + minor(posting.amount), 0n),
    scale,
  );
  return (
    <Table focusable>
      <thead>
        <tr>
          <th>{t('Posted to')}</th>
          <th>{t('Of ‖ month')}</th>
          <th class="n">{t('Amount')}</th>
        </tr>
      </thead>
      <tbody>
        {postings.map((posting) => (
          <tr key={`${posting.unit} ${posting.amount}`}>
            <td>{posting.unit === 'service' ? t('Service') : (units.get(posting.unit) ?? posting.unit)}</td>
            <td>{monthYear(posting.chargePeriod)}</td>
            <td class="n">
              {signed(posting.amount)} {posting.amount.startsWith('-') ? t('credit') : t('charge')}
            </td>
          </tr>
        ))}
        <tr class="total">
          <th scope="row">{t('Sum')}</th>
          <td></td>
          <td class="n">
            {grouped(sum)} {/^-?[0.]+$/.test(sum) ? '✓' : ''}
          </td>
        </tr>
      </tbody>
    </Table>
  );
}
