import type { Upload } from '../../application/uploads.service.ts';
import type { InputFault } from '../../domain/errors.ts';
import type { Kind } from '../../intake/kinds/kind.ts';
import { Form } from '../form.tsx';
import { t } from '../language.ts';
import { Page, Section, type View } from '../layout.tsx';
import { FaultsTable, ImportSteps } from './import-steps.tsx';

/** Step 2: which of their columns is which of ours, with the first rows as they are read. */
export function ColumnsPage({
  view,
  upload,
  kinds,
  faults,
}: {
  view: View;
  upload: Upload;
  kinds: readonly Kind[];
  faults: readonly InputFault[];
}) {
  const lines = upload.mapping.trimEnd().split('\n');
  const rules = lines.filter((line) => !line.startsWith('#'));
  const rows = lines.filter((line) => /^# {3}line /.test(line)).map((line) => line.replace(/^# +/, ''));
  const notes = lines.filter((line) => /^# \S/.test(line)).map((line) => line.slice(2));
  return (
    <Page view={view} title={t('Columns of {name}', { name: upload.name })}>
      <p class="sub">
        <a href="/imports">{t('Data')}</a> › {upload.name}
      </p>
      <h1>{t('{name} looks like {kind}', { name: upload.name, kind: upload.kind.replaceAll('_', ' ') })}</h1>
      <p class="lead">
        {t(
          'Guessed from its header, its values and from last time. Look whether the first rows are read as you mean them; mend the mapping where they are not. Nothing is kept yet.',
        )}
      </p>
      <ImportSteps at={1} />
      {faults.length > 0 && (
        <div class="refusal" role="alert" tabIndex={-1} autofocus>
          <p>{t('The file cannot be read so:')}</p>
          <FaultsTable faults={faults.slice(0, 20)} />
        </div>
      )}
      <div class="columns">
        <div class="w6">
          <Section
            title={
              rows.length === 0 ? t('No row was read') : t('The first {count} rows, as read', { count: rows.length })
            }
            sub={notes.at(-1) ?? ''}
          >
            <ol class="plain rows">
              {rows.map((row) => (
                <li key={row}>
                  <strong>{row.slice(0, row.indexOf(':'))}</strong>
                  <dl>
                    {row
                      .slice(row.indexOf(':') + 1)
                      .split('; ')
                      .map((field) => (
                        <div key={field}>
                          <dt>{field.slice(0, field.indexOf('=')).trim()}</dt>
                          <dd>{field.slice(field.indexOf('=') + 1)}</dd>
                        </div>
                      ))}
                  </dl>
                </li>
              ))}
            </ol>
            {notes.slice(0, -1).map((note) => (
              <p class="note" key={note}>
                {note}
              </p>
            ))}
          </Section>
        </div>
        <div class="w6">
          <Section title={t('Kind of file')}>
            <Form view={view} action={`/imports/${upload.id}/columns`}>
              <label for="kind">{t('It holds')}</label>
              <select id="kind" name="kind">
                {kinds.map((kind) => (
                  <option key={kind.name} value={kind.name} selected={kind.name === upload.kind}>
                    {kind.name.replaceAll('_', ' ')}: {kind.meaning}
                  </option>
                ))}
              </select>
              <div class="actions">
                <button type="submit" name="step" value="kind">
                  {t('Guess again as this kind')}
                </button>
              </div>
            </Form>
          </Section>
          <Section
            title={t('Mapping')}
            sub={t('our column, then theirs; `answerable import --help mapping` has every key')}
          >
            <Form view={view} action={`/imports/${upload.id}/columns`}>
              <label for="mapping">{t('Mapping file')}</label>
              <textarea id="mapping" name="mapping" rows={22} class="code" spellcheck={false}>
                {rules.join('\n')}
              </textarea>
              <label class="tick">
                <input type="checkbox" name="reasons" checked={upload.createReasons} />{' '}
                {t('Make unknown reasons of contacts, without an owner')}
              </label>
              <div class="actions">
                <button class="primary" type="submit" name="step" value="check">
                  {t('Check without loading')}
                </button>
              </div>
            </Form>
          </Section>
        </div>
      </div>
    </Page>
  );
}
