import type { Upload } from '../../application/uploads.service.ts';
import type { ImportReport } from '../../intake/import-report.ts';
import { Form } from '../form.tsx';
import { counted, grouped, instant } from '../format.ts';
import { t } from '../language.ts';
import { Page, Section, type View } from '../layout.tsx';
import { Table } from '../table.tsx';
import { readingsOf } from '../typed-figure.ts';
import { FaultsTable, ImportSteps } from './import-steps.tsx';

const SHOWN = 100;

/** Step 3: what loading would do, to the row; and step 4, the deed. */
export function CheckPage({
  view,
  upload,
  report,
  control,
}: {
  view: View;
  upload: Upload;
  report: ImportReport;
  /** the figure of the source system, as typed */
  control: string;
}) {
  const totals = totalsOf(report);
  const match = control === '' ? null : (totals.find((total) => same(total.value, control)) ?? 'none');
  const changes = report.new + report.changed;
  return (
    <Page view={view} title={t('Check of {name}', { name: upload.name })}>
      <p class="sub">
        <a href="/imports">{t('Data')}</a> › <a href={`/imports/${upload.id}/columns`}>{upload.name}</a> › {t('Check')}
      </p>
      <h1>{sentence(report, changes)}</h1>
      <p class="lead">
        {t('Nothing is loaded yet.')}{' '}
        {report.periods.length > 0 && `${t('It changes {periods}.', { periods: report.periods.join(', ') })} `}
        {report.late > 0 &&
          counted(
            report.late,
            'row changes a closed month: the next close posts the difference as a correction.',
            'rows change a closed month: the next close posts the difference as a correction.',
          )}
      </p>
      <ImportSteps at={2} />
      <div class="columns">
        <div class="w6">
          <Section title={t('What loading would do')} sub={t('rows')}>
            <Table>
              <tbody>
                <Count label={t('New')} count={report.new} />
                <Count label={t('Changed: corrections of what is here')} count={report.changed} />
                <Count label={t('Same as here')} count={report.same} />
                <Count label={t('Refused')} count={report.refused} />
              </tbody>
            </Table>
            {report.warnings.map((warning) => (
              <p class="note" lang="en" key={warning}>
                {warning}
              </p>
            ))}
          </Section>
        </div>
        <div class="w6">
          <Section
            title={
              match === null
                ? t('Control totals of the file')
                : match === 'none'
                  ? t('✕ No total is {control}', { control })
                  : t('✓ {total} agrees with the source', { total: match.label })
            }
            sub={t('compare with the system that it comes from')}
          >
            <Table>
              <tbody>
                {totals.map((total) => (
                  <tr key={total.label}>
                    <td>{total.label}</td>
                    <td class="n">{grouped(total.value)}</td>
                  </tr>
                ))}
              </tbody>
            </Table>
            <form method="get" action={`/imports/${upload.id}/check`} class="filters">
              <div>
                <label for="control">{t('Figure of the source system')}</label>
                <input id="control" name="control" type="text" value={control} autocomplete="off" />
              </div>
              <button type="submit">{t('Compare')}</button>
            </form>
          </Section>
        </div>
      </div>
      {report.faultCount > 0 && (
        <Section
          title={counted(report.faultCount, 'value is refused', 'values are refused')}
          sub={
            report.faultCount > SHOWN
              ? t('the first {count}; the file holds every refused row', { count: SHOWN })
              : t('each with the way to mend it')
          }
          links={
            report.errorFile === undefined ? undefined : (
              <a href={`/imports/${upload.id}/refused.csv`}>{t('Refused rows as a file')}</a>
            )
          }
        >
          <FaultsTable faults={report.faults.slice(0, SHOWN)} />
        </Section>
      )}
      {report.corrections.length > 0 && (
        <Section
          title={counted(report.changed, 'row would change', 'rows would change')}
          sub={report.changed > SHOWN ? t('the first {count}', { count: SHOWN }) : t('before → after')}
        >
          <Table focusable>
            <thead>
              <tr>
                <th class="n">{t('Line')}</th>
                <th>{t('Row')}</th>
                <th>{t('What changes')}</th>
              </tr>
            </thead>
            <tbody>
              {report.corrections.slice(0, SHOWN).map((correction) => (
                <tr key={correction.line}>
                  <td class="n">{correction.line}</td>
                  <td>{correction.key}</td>
                  <td class="wrap">
                    {Object.entries(correction.changes)
                      .map(([column, { from, to }]) => `${column}: ${from ?? t('empty')} → ${to ?? t('empty')}`)
                      .join('; ')}
                  </td>
                </tr>
              ))}
            </tbody>
          </Table>
        </Section>
      )}
      <Section title={t('Load')} sub={t('in one piece: all of it or nothing')}>
        <Form view={view} action={`/imports/${upload.id}/load`}>
          {report.refused > 0 && (
            <label class="tick">
              <input type="checkbox" name="accept" />{' '}
              {t('Leave out the {rows} and load the others', {
                rows: counted(report.refused, 'refused row', 'refused rows'),
              })}
            </label>
          )}
          <div class="actions">
            <button class="primary" type="submit" disabled={changes === 0}>
              {t('Load {rows}', { rows: counted(changes, 'row', 'rows') })}
            </button>
            <a href={`/imports/${upload.id}/columns`}>{t('Back to the columns')}</a>
          </div>
        </Form>
      </Section>
    </Page>
  );
}

function sentence(report: ImportReport, changes: number): string {
  if (report.already !== undefined)
    return t('{file} is loaded already, {at} UTC by {by}: 0 changes.', {
      file: report.file,
      at: instant(report.already.at),
      by: report.already.by,
    });
  if (report.refused > 0)
    return t('{refused}; {count} would be loaded.', {
      refused: counted(report.refused, 'row is refused', 'rows are refused'),
      count: grouped(String(changes)),
    });
  return changes === 0
    ? t('Everything in the file is here already.')
    : counted(changes, 'row can be loaded.', 'rows can be loaded.');
}

function totalsOf({ totals }: ImportReport): { label: string; value: string }[] {
  const amounts = Object.entries(totals.amounts).flatMap(([column, sums]) =>
    Object.entries(sums).map(([currency, value]) => ({
      label: t('Sum of {column}, {currency}', { column, currency }),
      value,
    })),
  );
  const seconds = totals.seconds === null ? [] : [{ label: t('Sum of seconds'), value: totals.seconds }];
  return [{ label: t('Rows'), value: String(totals.rows) }, ...amounts, ...seconds];
}

/**
 * The same number, however it is grouped and whatever zeros stand behind the point. A figure that can be read in two ways
 * is compared in both: nothing is posted from it.
 */
function same(value: string, figure: string): boolean {
  const short = (text: string) => text.replace(/(\.\d*?)0+$/, '$1').replace(/\.$/, '');
  return readingsOf(figure).some((reading) => short(reading) === short(value));
}

function Count({ label, count }: { label: string; count: number }) {
  return (
    <tr>
      <td>{label}</td>
      <td class="n">{grouped(String(count))}</td>
    </tr>
  );
}
