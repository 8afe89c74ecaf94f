import type { ComponentChildren } from 'preact';
import type { Upload } from '../../application/uploads.service.ts';
import { faultText, type InputFault } from '../../domain/errors.ts';
import type { Kind } from '../../intake/kinds/kind.ts';
import type { ImportRow } from '../../persistence/imports.queries.ts';
import { may } from '../../domain/roles.ts';
import { Fault, Form } from '../form.tsx';
import { counted, grouped, instant } from '../format.ts';
import { t } from '../language.ts';
import { Page, Section, type View } from '../layout.tsx';
import { Table } from '../table.tsx';
import { ImportSteps } from './import-steps.tsx';

/** Step 1 of the wizard, what is under way, and what was imported. */
export function ImportsPage({
  view,
  history,
  sources,
  uploads,
  kinds,
  loaded,
  faults,
  most,
}: {
  view: View;
  history: readonly ImportRow[];
  /** how fresh each kind is, and what nobody takes */
  sources: ComponentChildren;
  /** of the viewer; null for who imports nothing */
  uploads: readonly Upload[] | null;
  kinds: readonly Kind[];
  /** number of the import that was just made, or `nothing` */
  loaded: string | null;
  faults: readonly InputFault[];
  most: number;
}) {
  const mayUndo = may(view.actor, 'import');
  const done = history.find((row) => row.importId === loaded);
  return (
    <Page view={view} title={t('Data')}>
      <h1>
        {done !== undefined
          ? t('{file} is loaded: {rows}, {changed} changed.', {
              file: done.fileName,
              rows: counted(done.rowsNew, 'new row', 'new rows'),
              changed: grouped(String(done.rowsChanged)),
            })
          : loaded === 'nothing'
            ? t('The file changes nothing: everything in it was here already.')
            : history.length === 0
              ? t('Nothing was imported yet.')
              : t('{imports}, the newest {at} UTC.', {
                  imports: `${counted(history.length, 'import', 'imports')}${history.length === most ? ` ${t('and more')}` : ''}`,
                  at: instant(history[0]!.at),
                })}
      </h1>
      <p class="lead">
        {t(
          'A file is first checked without being kept; what is refused comes back as a file to mend. Loading the same file again changes nothing, and an import can be undone while its months are open.',
        )}
      </p>
      {uploads !== null && (
        <Section
          title={t('Load a file')}
          sub={t('CSV (also gzipped) or XLSX, up to 100 MB; larger ones with `answerable import`')}
        >
          <ImportSteps at={0} />
          <Fault
            of={faults[0] === undefined ? null : { ...faults[0], message: faultText(faults[0]).replace(/^[:\s]+/, '') }}
          />
          <form method="post" action="/imports" encType="multipart/form-data">
            <input type="hidden" name="csrf" value={view.csrf} />
            <label for="file">{t('File')}</label>
            <input id="file" name="file" type="file" accept=".csv,.gz,.xlsx,.txt" required />
            <div class="actions">
              <button class="primary" type="submit">
                {t('Upload and look at the columns')}
              </button>
            </div>
          </form>
          {uploads.length > 0 && (
            <>
              <h3>{t('Under way')}</h3>
              <Table>
                <tbody>
                  {uploads.map((upload) => (
                    <tr key={upload.id}>
                      <td>
                        <a href={`/imports/${upload.id}/${upload.report === null ? 'columns' : 'check'}`}>
                          {upload.name}
                        </a>
                      </td>
                      <td>{upload.kind}</td>
                      <td>{upload.report === null ? t('columns to be checked') : t('checked, not loaded')}</td>
                      <td class="n">
                        <Form view={view} action={`/imports/${upload.id}/drop`}>
                          <button class="link" type="submit" aria-label={t('Drop {name}', { name: upload.name })}>
                            {t('Drop')}
                          </button>
                        </Form>
                      </td>
                    </tr>
                  ))}
                </tbody>
              </Table>
            </>
          )}
          <details>
            <summary>{t('Templates: what each file holds, with an example row; XLSX with a legend')}</summary>
            <Table>
              <thead>
                <tr>
                  <th>{t('Template')}</th>
                  <th>{t('One row is')}</th>
                  <th>{t('Must be there')}</th>
                </tr>
              </thead>
              <tbody>
                {kinds.map((kind) => (
                  <tr key={kind.name}>
                    <td>
                      <a href={`/imports/templates/${kind.name}.csv`}>{kind.file}</a>{' '}
                      <a
                        href={`/imports/templates/${kind.name}.xlsx`}
                        aria-label={t('{name} as XLSX with a legend', { name: kind.name })}
                      >
                        XLSX
                      </a>
                    </td>
                    <td lang="en">{kind.meaning}</td>
                    <td class="wrap">
                      {kind.columns
                        .filter((column) => column.required)
                        .map((column) => column.name)
                        .join(', ')}
                    </td>
                  </tr>
                ))}
              </tbody>
            </Table>
          </details>
        </Section>
      )}
      {sources}
      <Section
        title={t('History')}
        sub={
          history.length === most
            ? t('newest first, times in UTC; the newest {most}, all are in `answerable import --history`', { most })
            : t('newest first, times in UTC')
        }
      >
        <Table focusable>
          <thead>
            <tr>
              <th>{t('File')}</th>
              <th>{t('Kind')}</th>
              <th>{t('At, by')}</th>
              <th class="n">{t('New')}</th>
              <th class="n">{t('Changed')}</th>
              <th class="n">{t('Same')}</th>
              <th class="n">{t('Refused')}</th>
              <th>{t('Months')}</th>
              <td></td>
            </tr>
          </thead>
          <tbody>
            {history.map((row) => (
              <tr key={row.importId}>
                <td>{row.fileName}</td>
                <td>{row.kind}</td>
                <td>
                  {instant(row.at)}, {row.by ?? t('system')}
                </td>
                <td class="n">{grouped(String(row.rowsNew))}</td>
                <td class="n">{grouped(String(row.rowsChanged))}</td>
                <td class="n">{grouped(String(row.rowsSame))}</td>
                <td class="n">{grouped(String(row.rowsRefused))}</td>
                <td>{months(row.totals.periods)}</td>
                <td class="n">
                  {row.undoes !== null ? (
                    t('undoes {id}', { id: row.undoes })
                  ) : row.undoneBy !== null ? (
                    t('undone')
                  ) : mayUndo ? (
                    <Form view={view} action={`/imports/history/${row.importId}/undo`}>
                      <button
                        class="link"
                        type="submit"
                        aria-label={t('Undo import {id}, {file}', { id: row.importId, file: row.fileName })}
                      >
                        {t('Undo')}
                      </button>
                    </Form>
                  ) : null}
                </td>
              </tr>
            ))}
          </tbody>
        </Table>
      </Section>
    </Page>
  );
}

function months(periods: readonly string[]): string {
  const sorted = [...periods].sort();
  return sorted.length < 2 ? (sorted[0] ?? '') : t('{first} to {last}', { first: sorted[0]!, last: sorted.at(-1)! });
}
