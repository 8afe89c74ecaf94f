import type { Upload } from '../../application/uploads.service.ts';
import { faultText, type InputFault } from '../../domain/errors.ts';
import type { Kind } from '../../intake/kinds/kind.ts';
import type { ImportRow } from '../../persistence/imports.queries.ts';
import { may } from '../../domain/roles.ts';
import { Fault, Form } from '../form.tsx';
import { counted, grouped, instant } from '../format.ts';
import { Page, Section, type View } from '../layout.tsx';
import { Table } from '../table.tsx';
import { ImportSteps } from './import-steps.tsx';

/** Step 1 of the wizard, what is under way, and what was imported. */
export function ImportsPage({
  view,
  history,
  uploads,
  kinds,
  loaded,
  faults,
  most,
}: {
  view: View;
  history: readonly ImportRow[];
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
    <Page view={view} title="Data">
      <h1>
        {done !== undefined
          ? `${done.fileName} is loaded: ${counted(done.rowsNew, 'new row', 'new rows')}, ${grouped(String(done.rowsChanged))} changed.`
          : loaded === 'nothing'
            ? 'The file changes nothing: everything in it was here already.'
            : history.length === 0
              ? 'Nothing was imported yet.'
              : `${counted(history.length, 'import', 'imports')}${history.length === most ? ' and more' : ''}, the newest ${instant(history[0]!.at)} UTC.`}
      </h1>
      <p class="lead">
        A file is first checked without being kept; what is refused comes back as a file to mend. Loading the same file
        again changes nothing, and an import can be undone while its months are open.
      </p>
      {uploads !== null && (
        <Section
          title="Load a file"
          sub="CSV (also gzipped) or XLSX, up to 100 MB; larger ones with `answerable import`"
        >
          <ImportSteps at={0} />
          <Fault
            of={faults[0] === undefined ? null : { ...faults[0], message: faultText(faults[0]).replace(/^[:\s]+/, '') }}
          />
          <form method="post" action="/imports" encType="multipart/form-data">
            <input type="hidden" name="csrf" value={view.csrf} />
            <label for="file">File</label>
            <input id="file" name="file" type="file" accept=".csv,.gz,.xlsx,.txt" required />
            <div class="actions">
              <button class="primary" type="submit">
                Upload and look at the columns
              </button>
            </div>
          </form>
          {uploads.length > 0 && (
            <>
              <h3>Under way</h3>
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
                      <td>{upload.report === null ? 'columns to be checked' : 'checked, not loaded'}</td>
                      <td class="n">
                        <Form view={view} action={`/imports/${upload.id}/drop`}>
                          <button class="link" type="submit" aria-label={`Drop ${upload.name}`}>
                            Drop
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
            <summary>Templates: what each file holds, with an example row; XLSX with a legend</summary>
            <Table>
              <thead>
                <tr>
                  <th>Template</th>
                  <th>One row is</th>
                  <th>Must be there</th>
                </tr>
              </thead>
              <tbody>
                {kinds.map((kind) => (
                  <tr key={kind.name}>
                    <td>
                      <a href={`/imports/templates/${kind.name}.csv`}>{kind.file}</a>{' '}
                      <a
                        href={`/imports/templates/${kind.name}.xlsx`}
                        aria-label={`${kind.name} as XLSX with a legend`}
                      >
                        XLSX
                      </a>
                    </td>
                    <td>{kind.meaning}</td>
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
      <Section
        title="History"
        sub={`newest first, times in UTC${history.length === most ? `; the newest ${most}, all are in \`answerable import --history\`` : ''}`}
      >
        <Table focusable>
          <thead>
            <tr>
              <th>File</th>
              <th>Kind</th>
              <th>At, by</th>
              <th class="n">New</th>
              <th class="n">Changed</th>
              <th class="n">Same</th>
              <th class="n">Refused</th>
              <th>Months</th>
              <td></td>
            </tr>
          </thead>
          <tbody>
            {history.map((row) => (
              <tr key={row.importId}>
                <td>{row.fileName}</td>
                <td>{row.kind}</td>
                <td>
                  {instant(row.at)}, {row.by ?? 'system'}
                </td>
                <td class="n">{grouped(String(row.rowsNew))}</td>
                <td class="n">{grouped(String(row.rowsChanged))}</td>
                <td class="n">{grouped(String(row.rowsSame))}</td>
                <td class="n">{grouped(String(row.rowsRefused))}</td>
                <td>{months(row.totals.periods)}</td>
                <td class="n">
                  {row.undoes !== null ? (
                    `undoes ${row.undoes}`
                  ) : row.undoneBy !== null ? (
                    'undone'
                  ) : mayUndo ? (
                    <Form view={view} action={`/imports/history/${row.importId}/undo`}>
                      <button class="link" type="submit" aria-label={`Undo import ${row.importId}, ${row.fileName}`}>
                        Undo
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
  return sorted.length < 2 ? (sorted[0] ?? '') : `${sorted[0]} to ${sorted.at(-1)}`;
}
