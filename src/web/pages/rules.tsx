import type { ModelTrial } from '../../application/models.service.ts';
import { faultText, type InputFault } from '../../domain/errors.ts';
import type { ModelListing, ModelVersion } from '../../persistence/models.queries.ts';
import { Form } from '../form.tsx';
import { amount, counted, decimals, grouped, instant, minor, money, monthYear, rounded, signed } from '../format.ts';
import { t } from '../language.ts';
import { Page, Section, type View } from '../layout.tsx';
import { Table } from '../table.tsx';

export interface ModelDifference {
  readonly path: string;
  readonly before: string | null;
  readonly after: string | null;
}

/** The rule book: the version in force, every version before, what differs, and what a period would say under another. */
export function RulesPage({
  view,
  model,
  versions,
  inForce,
  difference,
  mayApply,
}: {
  view: View;
  model: ModelVersion;
  versions: readonly ModelListing[];
  /** true when the shown version is the one that the period of the page is closed with */
  inForce: boolean;
  /** what differs from another version; null: none was asked for */
  difference: { readonly from: number; readonly changes: readonly ModelDifference[] } | null;
  mayApply: boolean;
}) {
  return (
    <Page view={view} title={t('Rules')}>
      <h1>
        {inForce
          ? t('{month} goes by version {version} of the rules.', {
              month: monthYear(view.period!),
              version: model.model_id,
            })
          : t('Version {version} of the rules', { version: model.model_id })}
      </h1>
      <p class="lead">
        {model.from_period === '1900-01'
          ? t('It holds from the beginning, until a later version does.')
          : t('It holds from {month}, until a later version does.', { month: monthYear(model.from_period) })}{' '}
        <span class="hash">sha256 {model.hash}</span>
      </p>
      <div class="columns">
        <div class="w7">
          {difference !== null && <Differences difference={difference} to={model.model_id} />}
          <Section title="model.yaml" sub={t('as it was applied; every version stays readable')}>
            <pre class="hash scroll" tabIndex={0}>
              {model.yaml}
            </pre>
          </Section>
        </div>
        <div class="w5">
          <Section title={counted(versions.length, 'version', 'versions')} sub={t('newest first, times in UTC')}>
            <Table>
              <thead>
                <tr>
                  <th>{t('Version')}</th>
                  <th>{t('Holds from')}</th>
                  <th>{t('Applied')}</th>
                  <td></td>
                </tr>
              </thead>
              <tbody>
                {versions.map((version) => (
                  <tr key={version.model_id}>
                    <td>
                      <a
                        href={`/rules?version=${version.model_id}`}
                        aria-current={version.model_id === model.model_id ? 'true' : undefined}
                      >
                        {t('Version {version}', { version: version.model_id })}
                      </a>
                    </td>
                    <td>{version.from_period === '1900-01' ? t('the beginning') : version.from_period}</td>
                    <td>
                      {instant(version.applied_at)}
                      {version.applied_by === null ? '' : `, ${version.applied_by}`}
                    </td>
                    <td class="n">
                      {version.model_id !== model.model_id && (
                        <a href={`/rules?version=${model.model_id}&from=${version.model_id}`}>{t('Compare')}</a>
                      )}
                    </td>
                  </tr>
                ))}
              </tbody>
            </Table>
          </Section>
          <Section
            title={t('Try other rules on a month')}
            sub={t('computes what the month would say; nothing is stored')}
            links={<a href="/rules/try">{t('Try')}</a>}
          >
            <p class="note">
              {mayApply ? t('What you have tried you can apply from a month on.') : t('Finance applies a new version.')}
            </p>
          </Section>
        </div>
      </div>
    </Page>
  );
}

function Differences({
  difference: { from, changes },
  to,
}: {
  difference: { readonly from: number; readonly changes: readonly ModelDifference[] };
  to: number;
}) {
  return (
    <Section
      title={changes.length === 0 ? t('Nothing differs') : counted(changes.length, 'key differs', 'keys differ')}
      sub={t('version {from} → version {to}', { from, to })}
    >
      {changes.length > 0 && (
        <Table focusable>
          <thead>
            <tr>
              <th>{t('Key')}</th>
              <th>{t('Version {version}', { version: from })}</th>
              <th>{t('Version {version}', { version: to })}</th>
            </tr>
          </thead>
          <tbody>
            {changes.map((change) => (
              <tr key={change.path}>
                <td class="wrap">{change.path}</td>
                <td class="wrap">{change.before ?? '–'}</td>
                <td class="wrap">{change.after ?? '–'}</td>
              </tr>
            ))}
          </tbody>
        </Table>
      )}
    </Section>
  );
}

/** Other rules on a month: typed, tried, and by finance applied. */
export function TryRulesPage({
  view,
  yaml,
  trial,
  faults,
  mayApply,
  from,
}: {
  view: View;
  yaml: string;
  trial: ModelTrial | null;
  faults: readonly InputFault[];
  mayApply: boolean;
  from: string;
}) {
  return (
    <Page view={view} title={t('Try rules')}>
      <p class="sub">
        <a href="/rules">{t('Rules')}</a> › {t('Try')}
      </p>
      <h1>
        {trial === null
          ? t('What would a month say under other rules?')
          : t('{month} under these rules', { month: monthYear(trial.period) })}
      </h1>
      <p class="lead">{t('The whole month is computed and nothing is stored.')}</p>
      {faults.length > 0 && (
        <div class="refusal" role="alert" id="fault" tabIndex={-1} autofocus>
          {faults.slice(0, 10).map((fault) => (
            <p key={faultText(fault)}>{faultText(fault)}</p>
          ))}
        </div>
      )}
      {trial !== null && <Trial view={view} trial={trial} />}
      <Section title="model.yaml" sub={t('`answerable model --help` has every key')}>
        <Form view={view} action="/rules/try">
          <label for="yaml">{t('Rules')}</label>
          <textarea
            id="yaml"
            name="yaml"
            class="code"
            rows={28}
            spellcheck={false}
            aria-describedby={faults.length > 0 ? 'fault' : undefined}
          >
            {yaml}
          </textarea>
          <div class="filters">
            <div>
              <label for="period">{t('Month to try them on')}</label>
              <select id="period" name="period">
                {[...view.periods].reverse().map((period) => (
                  <option key={period} value={period} selected={period === view.period}>
                    {monthYear(period)}
                  </option>
                ))}
              </select>
            </div>
            <button class="primary" type="submit" name="step" value="try">
              {t('Try')}
            </button>
          </div>
          {mayApply && (
            <div class="filters">
              <div>
                <label for="from">{t('Apply from month (YYYY-MM)')}</label>
                <input id="from" name="from" type="text" value={from} autocomplete="off" />
              </div>
              <button type="submit" name="step" value="apply">
                {t('Apply as a new version')}
              </button>
            </div>
          )}
        </Form>
      </Section>
    </Page>
  );
}

function Trial({ view, trial }: { view: View; trial: ModelTrial }) {
  const scale = decimals(trial.units[0]?.tried ?? '0.00');
  const difference = (unit: ModelTrial['units'][number]) => minor(unit.tried) - minor(unit.now ?? amount(0n, scale));
  const sum = trial.units.reduce((total, unit) => total + difference(unit), 0n);
  const coverage = trial.coverage as { contacts?: string };
  return (
    <Section
      title={
        sum === 0n && trial.units.every((unit) => difference(unit) === 0n)
          ? t('No unit would be charged otherwise')
          : t('The units would be charged {amount}', { amount: money(signed(amount(sum, scale)), view.currency) })
      }
      sub={t('{currency}, gross charge; {contacts} contacts; difference to the ledger {difference}', {
        currency: view.currency,
        contacts: grouped(rounded(coverage.contacts ?? '0', 0)),
        difference: grouped(trial.reconciliation['difference'] as string),
      })}
    >
      <Table focusable>
        <thead>
          <tr>
            <th>{t('Unit')}</th>
            <th class="n">{t('Now')}</th>
            <th class="n">{t('Tried')}</th>
            <th class="n">{t('Difference')}</th>
          </tr>
        </thead>
        <tbody>
          {trial.units.map((unit) => (
            <tr key={unit.unit}>
              <td>{unit.unit}</td>
              <td class="n">{unit.now === null ? '–' : grouped(unit.now)}</td>
              <td class="n">{grouped(unit.tried)}</td>
              <td class="n">{signed(amount(difference(unit), scale))}</td>
            </tr>
          ))}
        </tbody>
      </Table>
      {trial.unusedRules.length > 0 && (
        <p class="note">
          {t('Rules that took nothing of this month: {rules}.', { rules: trial.unusedRules.join(', ') })}
        </p>
      )}
    </Section>
  );
}
