import type { ModelTrial } from '../../application/models.service.ts';
import { faultText, type InputFault } from '../../domain/errors.ts';
import type { ModelListing, ModelVersion } from '../../persistence/models.queries.ts';
import { Form } from '../form.tsx';
import { amount, counted, decimals, grouped, instant, minor, money, monthYear, rounded, signed } from '../format.ts';
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
    <Page view={view} title="Rules">
      <h1>
        {inForce
          ? `${monthYear(view.period!)} is closed with version ${model.model_id} of the rules.`
          : `Version ${model.model_id} of the rules`}
      </h1>
      <p class="lead">
        It holds from {model.from_period === '1900-01' ? 'the beginning' : monthYear(model.from_period)}, until a later
        version does. <span class="hash">sha256 {model.hash}</span>
      </p>
      <div class="columns">
        <div class="w7">
          {difference !== null && <Differences difference={difference} to={model.model_id} />}
          <Section title="model.yaml" sub="as it was applied; every version stays readable">
            <pre class="hash scroll" tabIndex={0}>
              {model.yaml}
            </pre>
          </Section>
        </div>
        <div class="w5">
          <Section title={counted(versions.length, 'version', 'versions')} sub="newest first, times in UTC">
            <Table>
              <thead>
                <tr>
                  <th>Version</th>
                  <th>Holds from</th>
                  <th>Applied</th>
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
                        Version {version.model_id}
                      </a>
                    </td>
                    <td>{version.from_period === '1900-01' ? 'the beginning' : version.from_period}</td>
                    <td>
                      {instant(version.applied_at)}
                      {version.applied_by === null ? '' : `, ${version.applied_by}`}
                    </td>
                    <td class="n">
                      {version.model_id !== model.model_id && (
                        <a href={`/rules?version=${model.model_id}&from=${version.model_id}`}>Compare</a>
                      )}
                    </td>
                  </tr>
                ))}
              </tbody>
            </Table>
          </Section>
          <Section
            title="Try other rules on a month"
            sub="computes what the month would say; nothing is stored"
            links={<a href="/rules/try">Try</a>}
          >
            <p class="note">
              {mayApply ? 'What you have tried you can apply from a month on.' : 'Finance applies a new version.'}
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
      title={changes.length === 0 ? 'Nothing differs' : counted(changes.length, 'key differs', 'keys differ')}
      sub={`version ${from} → version ${to}`}
    >
      {changes.length > 0 && (
        <Table focusable>
          <thead>
            <tr>
              <th>Key</th>
              <th>Version {from}</th>
              <th>Version {to}</th>
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
    <Page view={view} title="Try rules">
      <p class="sub">
        <a href="/rules">Rules</a> › Try
      </p>
      <h1>
        {trial === null ? 'What would a month say under other rules?' : `${monthYear(trial.period)} under these rules`}
      </h1>
      <p class="lead">The whole month is computed and nothing is stored.</p>
      {faults.length > 0 && (
        <div class="refusal" role="alert" id="fault" tabIndex={-1} autofocus>
          {faults.slice(0, 10).map((fault) => (
            <p key={faultText(fault)}>{faultText(fault)}</p>
          ))}
        </div>
      )}
      {trial !== null && <Trial view={view} trial={trial} />}
      <Section title="model.yaml" sub="`answerable model --help` has every key">
        <Form view={view} action="/rules/try">
          <label for="yaml">Rules</label>
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
              <label for="period">Month to try them on</label>
              <select id="period" name="period">
                {[...view.periods].reverse().map((period) => (
                  <option key={period} value={period} selected={period === view.period}>
                    {monthYear(period)}
                  </option>
                ))}
              </select>
            </div>
            <button class="primary" type="submit" name="step" value="try">
              Try
            </button>
          </div>
          {mayApply && (
            <div class="filters">
              <div>
                <label for="from">Apply from month (YYYY-MM)</label>
                <input id="from" name="from" type="text" value={from} autocomplete="off" />
              </div>
              <button type="submit" name="step" value="apply">
                Apply as a new version
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
          ? 'No unit would be charged otherwise'
          : `The units would be charged ${money(signed(amount(sum, scale)), view.currency)}`
      }
      sub={`${view.currency}, gross charge; ${grouped(rounded(coverage.contacts ?? '0', 0))} contacts; difference to the ledger ${trial.reconciliation['difference'] as string}`}
    >
      <Table focusable>
        <thead>
          <tr>
            <th>Unit</th>
            <th class="n">Now</th>
            <th class="n">Tried</th>
            <th class="n">Difference</th>
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
        <p class="note">Rules that took nothing of this month: {trial.unusedRules.join(', ')}.</p>
      )}
    </Section>
  );
}
