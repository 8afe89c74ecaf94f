import type {
  CreditSection,
  EffectSection,
  ForecastSection,
  IntervalSection,
  ValueSection,
} from '../../domain/statements/value-document.ts';
import { RetentionChart, windowName, type RetentionPoint } from '../charts/retention-chart.tsx';
import { counted, grouped, isNegative, isZero, money, monthYear, rounded, signed } from '../format.ts';
import { t } from '../language.ts';
import { Page, Section, type View } from '../layout.tsx';
import { Why } from '../refused.tsx';
import { Table } from '../table.tsx';

type Titles = ReadonlyMap<string, string>;

/** What service earns: its own value statement, the effects behind it at one, six and eighteen months, and who is credited. */
export function ValuePage({
  view,
  value,
  titles,
  units,
}: {
  view: View;
  value: ValueSection;
  titles: Titles;
  units: Titles;
}) {
  const { service } = value;
  const currency = view.currency;
  const name = (of: Pick<EffectSection, 'effect' | 'decision'>): string =>
    of.effect === 'service' || of.decision === null ? t('Service') : (titles.get(of.decision) ?? of.decision);
  const curves = curvesOf(value, name);
  return (
    <Page view={view} title={t('Value, {month}', { month: monthYear(view.period!) })}>
      <h1>{valueSentence(service, currency)}</h1>
      <p class="lead">
        {t(
          '{month}. Value stands beside the charge, is never posted to the ledger, and is netted only where its window is over and the policy says so.',
          { month: monthYear(view.period!) },
        )}{' '}
        <a href={`/value/scores?period=${view.period}`}>{t('Scores')}</a>
      </p>
      <div class="columns">
        <div class="w5">
          <Section title={t('The service’s own value statement')} sub={t('{currency}; management view', { currency })}>
            <Table focusable>
              <tbody>
                <Row label={t('Recovered from the units')} value={grouped(service.recovered)} />
                <Row label={t('Retention, netted service effect')} value={signed(service.retentionCredit)} />
                <Row label={t('Cost of service, ledger')} value={grouped(`-${service.cost}`)} />
                <tr class="total">
                  <th scope="row">{t('Net')}</th>
                  <td class="n">{signed(service.net)}</td>
                </tr>
              </tbody>
            </Table>
          </Section>
        </div>
        <div class="w7">
          <Section title={t('What holds')} sub={t('the policy of the rules in force')}>
            <Table focusable>
              <tbody>
                <Row label={t('Windows')} value={value.policy.windowsDays.map(windowName).join(', ')} />
                <Row
                  label={t('Discount rate a year')}
                  value={value.policy.discountRate === null ? t('none stated') : grouped(value.policy.discountRate)}
                />
                <Row
                  label={t('Windows that are not over')}
                  value={value.policy.netProvisional ? t('netted') : t('shown, not netted')}
                />
                <Row label={t('Evidence that takes credits')} value={value.policy.creditTiers.join(', ')} />
              </tbody>
            </Table>
          </Section>
        </div>
      </div>
      {curves.length === 0 ? (
        <Section
          title={t('No curve can be drawn for this month')}
          sub={t('a curve needs a cohort whose window is over and customers enough')}
        >
          <p class="note">{t('The table below says why, effect by effect.')}</p>
        </Section>
      ) : (
        <div class="columns">
          {curves.map((curve) => (
            <div class="w6" key={curve.name}>
              <Section
                title={curveMessage(curve)}
                sub={t('{currency} for a customer, cumulated; each window by the cohort that is just old enough', {
                  currency,
                })}
              >
                <RetentionChart
                  points={curve.points}
                  title={t('Effect of {name} on customers, {currency}', { name: curve.name, currency })}
                />
                <p class="note">{t('The table below holds the same figures.')}</p>
              </Section>
            </div>
          ))}
        </div>
      )}
      <Effects effects={value.effects} forecasts={value.forecasts} name={name} currency={currency} />
      <Credits credits={value.credits} titles={titles} units={units} currency={currency} />
      <Section title={t('What was estimated is what was apportioned, to the cent')} sub={currency}>
        <Table focusable>
          <thead>
            <tr>
              <th>{t('Effect')}</th>
              <th class="n">{t('Estimated')}</th>
              <th class="n">{t('Apportioned')}</th>
              <th class="n">{t('Of it without an owner')}</th>
              <th class="n">{t('Difference')}</th>
            </tr>
          </thead>
          <tbody>
            {value.conservation.map((row) => (
              <tr key={row.effect}>
                <td>{row.effect === 'service' ? t('Service') : t('Decisions')}</td>
                <td class="n">{signed(row.estimated)}</td>
                <td class="n">{signed(row.apportioned)}</td>
                <td class="n">{signed(row.notAssigned)}</td>
                <td class="n">
                  {grouped(row.difference)} {isZero(row.difference) ? '✓' : ''}
                </td>
              </tr>
            ))}
          </tbody>
        </Table>
      </Section>
    </Page>
  );
}

/** The rules say nothing of retention: what service cost is all there is. */
export function NoValuePage({ view }: { view: View }) {
  return (
    <Page view={view} title={t('Value')}>
      <h1>{t('The rules of {month} say nothing of retention.', { month: monthYear(view.period!) })}</h1>
      <p class="lead">
        {t(
          'With a retention section in the rules this page shows what service keeps and what decisions cost in customers.',
        )}{' '}
        <a href="/rules">{t('Rules')}</a>
      </p>
    </Page>
  );
}

interface Curve {
  readonly name: string;
  readonly points: readonly RetentionPoint[];
}

/** For each effect one point a window: the newest cohort that is old enough, else a forecast. */
function curvesOf(value: ValueSection, name: (of: EffectSection | ForecastSection) => string): Curve[] {
  const curves = new Map<string, Map<number, RetentionPoint>>();
  const add = (of: EffectSection | ForecastSection, interval: IntervalSection, ripe: boolean): void => {
    const points = curves.get(name(of)) ?? new Map<number, RetentionPoint>();
    const before = points.get(of.windowDays);
    if (before === undefined || (ripe && (!before.ripe || before.cohort < of.cohort)))
      points.set(of.windowDays, { days: of.windowDays, cohort: of.cohort, ...interval, ripe });
    curves.set(name(of), points);
  };
  for (const effect of value.effects)
    if (effect.perCustomer !== null && effect.kind !== 'provisional') add(effect, effect.perCustomer, true);
  return [...curves].map(([of, points]) => ({
    name: of,
    points: [...points.values()].sort((a, b) => a.days - b.days),
  }));
}

function curveMessage({ name, points }: Curve): string {
  const last = points.at(-1)!;
  const said = {
    name,
    amount: grouped(rounded(last.point.replace('-', ''), 2)),
    window: windowName(last.days),
  };
  return isNegative(last.point)
    ? t('{name} takes {amount} a customer after {window}', said)
    : t('{name} brings {amount} a customer after {window}', said);
}

function valueSentence(service: ValueSection['service'], currency: string): string {
  const said = { cost: money(service.cost, currency), recovered: money(service.recovered, currency) };
  if (isZero(service.retentionCredit))
    return t('Service cost {cost}, the units bear {recovered}, and customers are not netted yet.', said);
  const worth = money(service.retentionCredit.replace('-', ''), currency);
  return isNegative(service.retentionCredit)
    ? t('Service cost {cost}, the units bear {recovered}, and customers lost are worth {worth}.', { ...said, worth })
    : t('Service cost {cost}, the units bear {recovered}, and customers kept are worth {worth}.', { ...said, worth });
}

function Effects({
  effects,
  forecasts,
  name,
  currency,
}: {
  effects: readonly EffectSection[];
  forecasts: readonly ForecastSection[];
  name: (of: EffectSection | ForecastSection) => string;
  currency: string;
}) {
  return (
    <Section
      title={counted(effects.length, 'effect was due in this month', 'effects were due in this month')}
      sub={t('{currency}; with the 90% interval; only the bound nearer zero is netted', { currency })}
    >
      <Table focusable>
        <thead>
          <tr>
            <th>{t('Effect of')}</th>
            <th>{t('Cohort')}</th>
            <th>{t('Window')}</th>
            <th class="n">{t('Customers')}</th>
            <th class="n">{t('For a customer')}</th>
            <th class="n">{t('In all')}</th>
            <th class="n">{t('Netted')}</th>
            <th>{t('Why not netted')}</th>
          </tr>
        </thead>
        <tbody>
          {effects.map((effect) => (
            <tr key={`${effect.effect} ${effect.decision} ${effect.cohort} ${effect.windowDays} ${effect.kind}`}>
              <td>{name(effect)}</td>
              <td class="date">{effect.cohort}</td>
              <td>{windowName(effect.windowDays)}</td>
              <td class="n">{grouped(String(effect.customers))}</td>
              <td class="n">{interval(effect.perCustomer)}</td>
              <td class="n">{interval(effect.total)}</td>
              <td class="n">{signed(effect.postedNetted)}</td>
              <td class="wrap">{!effect.nettable && <Why of={effect.why.join('; ')} />}</td>
            </tr>
          ))}
          {forecasts.map((forecast) => (
            <tr key={`forecast ${forecast.decision} ${forecast.cohort} ${forecast.windowDays}`} class="mute">
              <td>{name(forecast)}</td>
              <td class="date">{forecast.cohort}</td>
              <td>{t('{window}, forecast', { window: windowName(forecast.windowDays) })}</td>
              <td class="n">{grouped(String(forecast.customers))}</td>
              <td class="n">–</td>
              <td class="n">{interval(forecast.total)}</td>
              <td class="n">–</td>
              <td class="wrap">{forecast.why === null ? t('the window is not over') : <Why of={forecast.why} />}</td>
            </tr>
          ))}
        </tbody>
      </Table>
    </Section>
  );
}

function Credits({
  credits,
  titles,
  units,
  currency,
}: {
  credits: readonly CreditSection[];
  titles: Titles;
  units: Titles;
  currency: string;
}) {
  return (
    <Section
      title={
        credits.length === 0
          ? t('No unit is credited or charged for customers')
          : t('Who bears it: owners of the decisions')
      }
      sub={t('{currency}; enters the net of a statement, never the posted charge', { currency })}
    >
      {credits.length > 0 && (
        <Table focusable>
          <thead>
            <tr>
              <th>{t('Unit')}</th>
              <th>{t('Decision')}</th>
              <th>{t('Month')}</th>
              <th class="n">{t('Estimate')}</th>
              <th class="n">{t('May be netted')}</th>
              <th class="n">{t('Credit')}</th>
              <th class="n">{t('Above the cap')}</th>
            </tr>
          </thead>
          <tbody>
            {credits.slice(0, 60).map((credit) => (
              <tr key={`${credit.unit} ${credit.decision} ${credit.chargePeriod}`}>
                <td>{units.get(credit.unit) ?? credit.unit}</td>
                <td>{titles.get(credit.decision) ?? credit.decision}</td>
                <td>{credit.chargePeriod}</td>
                <td class="n">{signed(credit.point)}</td>
                <td class="n">{signed(credit.netted)}</td>
                <td class="n">{signed(credit.credit)}</td>
                <td class="n">{grouped(credit.aboveCap)}</td>
              </tr>
            ))}
          </tbody>
        </Table>
      )}
    </Section>
  );
}

function interval(of: IntervalSection | null): string {
  if (of === null) return '–';
  const short = (text: string): string => signed(rounded(text, 2));
  return t('{point} ({low} to {high})', { point: short(of.point), low: short(of.low), high: short(of.high) });
}

function Row({ label, value }: { label: string; value: string }) {
  return (
    <tr>
      <td>{label}</td>
      <td class="n">{value}</td>
    </tr>
  );
}
