import type { ReasonOnMap } from '../../application/reason-map.ts';
import type { ScoreGroup, ScoreReport } from '../../application/scores.service.ts';
import type { ScoreMeasure } from '../../domain/quality/pillars.ts';
import type { Resolution } from '../../domain/quality/resolution.ts';
import { counted, grouped, inPercent, isZero, money, monthYear, rounded, signed } from '../format.ts';
import { label, t } from '../language.ts';
import { Page, Section, type View } from '../layout.tsx';
import { Table } from '../table.tsx';

/** Groups by which scores are looked at. */
export const SCORE_GROUPS = ['unit', 'decision', 'reason'] as const;
export type ScoreGroups = (typeof SCORE_GROUPS)[number];

const MOST_ROWS = 60;

const GROUPS = { unit: label('Units'), decision: label('Decisions'), reason: label('Reasons') } as const;
const PILLARS = { protect: label('protect'), grow: label('grow'), strengthen: label('strengthen') } as const;
const QUADRANTS = {
  eliminate: label('eliminate'),
  simplify: label('simplify'),
  automate: label('automate'),
  leverage: label('leverage'),
} as const;
const ANSWERS = { wow: label('the best there is'), good: label('good'), other: label('the rest') } as const;

type Names = (group: Pick<ScoreGroup, 'by' | 'key'>) => string;

/** What customers say beside what they cost: three pillars, resolution, the value–irritant map, their own words. */
export function ScoresPage({
  view,
  report,
  by,
  names,
}: {
  view: View;
  report: ScoreReport;
  by: ScoreGroups;
  names: Names;
}) {
  const month = monthYear(view.period!);
  const all = report.groups.find((group) => group.by === 'all');
  const shown = report.groups.filter((group) => group.by === 'all' || group.by === by);
  const switcher = SCORE_GROUPS.map((own) => (
    <a key={own} href={`/value/scores?period=${view.period}&by=${own}`} aria-current={own === by ? 'true' : undefined}>
      {t(GROUPS[own])}
    </a>
  ));
  return (
    <Page view={view} title={t('Scores, {month}', { month })}>
      <h1>{sentence(all)}</h1>
      <p class="lead">
        {t('{month}. Scores stand beside the money and move none of it.', { month })}{' '}
        <a href={`/value?period=${view.period}`}>{t('Value')}</a>
      </p>
      <Section
        title={t('Three pillars: protect, grow, strengthen')}
        sub={t('with the 90% interval; the share of good answers in the direction of the instrument')}
        links={switcher}
      >
        <Pillars groups={shown} names={names} />
      </Section>
      <Section
        title={t('What was settled at once, what came back, what was sold')}
        sub={t(
          'settled: no contact of the customer for the same reason within 7 days; sales inside a contact stand apart from retention',
        )}
      >
        <Settled groups={shown} names={names} currency={report.currency} />
      </Section>
      <ReasonMap map={report.map} currency={report.currency} names={names} />
      <Links report={report} />
      <Quotes report={report} names={names} />
    </Page>
  );
}

function sentence(all: ScoreGroup | undefined): string {
  const answers = (all?.scores ?? []).reduce((sum, score) => sum + score.answers, 0);
  const first = all?.resolution?.firstContact.point;
  if (first === undefined)
    return answers === 0 ? t('No customer answered this month') : counted(answers, label('answer'), label('answers'));
  return t('{share} of contacts settled it at once; customers gave {answers}', {
    share: percent(first),
    answers: counted(answers, label('answer'), label('answers')),
  });
}

function Pillars({ groups, names }: { groups: readonly ScoreGroup[]; names: Names }) {
  const rows = groups.flatMap((group) => group.scores.map((score) => ({ group, score })));
  if (rows.length === 0) return <p class="note">{t('No survey answers of this month are known.')}</p>;
  return (
    <>
      <Table focusable>
        <thead>
          <tr>
            <th>{t('Of')}</th>
            <th>{t('Pillar')}</th>
            <th>{t('Instrument')}</th>
            <th class="n">{t('Answers')}</th>
            <th class="n">{t('Score')}</th>
            <th class="n">{t('Good answers')}</th>
            <th class="n">{t('Change to the month before')}</th>
          </tr>
        </thead>
        <tbody>
          {rows.slice(0, MOST_ROWS).map(({ group, score }) => (
            <tr key={`${group.by} ${group.key} ${score.instrument}`}>
              <td>{names(group)}</td>
              <td>{t(PILLARS[score.pillar])}</td>
              <td>{instrumentName(score)}</td>
              <td class="n">{grouped(String(score.answers))}</td>
              <td class="n">{between(score.value, score.low, score.high, 2)}</td>
              <td class="n">{shares(score.top.share, score.top.low, score.top.high)}</td>
              <td class="n">{changeText(score.change)}</td>
            </tr>
          ))}
        </tbody>
      </Table>
      <More rows={rows.length} />
    </>
  );
}

function instrumentName({ instrument, higherIsBetter }: ScoreMeasure): string {
  return higherIsBetter ? instrument : t('{instrument}, low is good', { instrument });
}

function Settled({ groups, names, currency }: { groups: readonly ScoreGroup[]; names: Names; currency: string }) {
  const rows = groups.flatMap(({ resolution, ...group }) => (resolution === null ? [] : [{ ...group, resolution }]));
  if (rows.length === 0) return <p class="note">{t('No window of 7 days is over yet.')}</p>;
  const row = (group: Omit<ScoreGroup, 'resolution'>, of: Resolution) => (
    <tr key={`${group.by} ${group.key}`}>
      <td>{names(group)}</td>
      <td class="n">{grouped(String(of.contacts))}</td>
      <td class="n">{percent(of.observedShare)}</td>
      <td class="n">{shares(of.firstContact.point, of.firstContact.low, of.firstContact.high)}</td>
      <td class="n">{shares(of.repeats.point, of.repeats.low, of.repeats.high)}</td>
      <td class="n">{grouped(String(group.sales.count))}</td>
      <td class="n">{grouped(group.sales.margin)}</td>
    </tr>
  );
  return (
    <>
      <Table focusable>
        <thead>
          <tr>
            <th>{t('Of')}</th>
            <th class="n">{t('Contacts')}</th>
            <th class="n">{t('Window over')}</th>
            <th class="n">{t('Settled at once')}</th>
            <th class="n">{t('Came back')}</th>
            <th class="n">{t('Sales inside')}</th>
            <th class="n">{t('Their margin, {currency}', { currency })}</th>
          </tr>
        </thead>
        <tbody>{rows.slice(0, MOST_ROWS).map(({ resolution, ...group }) => row(group, resolution))}</tbody>
      </Table>
      <More rows={rows.length} />
    </>
  );
}

function ReasonMap({ map, currency, names }: { map: readonly ReasonOnMap[]; currency: string; names: Names }) {
  const [dearest] = map;
  if (dearest === undefined) return null;
  return (
    <Section
      title={t('{reason} costs most: {cost}, to {quadrant}', {
        reason: names({ by: 'reason', key: dearest.reason }),
        cost: money(dearest.cost, currency),
        quadrant: t(QUADRANTS[dearest.quadrant]),
      })}
      sub={t(
        'value–irritant map in {currency}: each reason in one quadrant, by whether customers want the contact and whether it earns',
        {
          currency,
        },
      )}
    >
      <Table focusable>
        <thead>
          <tr>
            <th>{t('Reason')}</th>
            <th>{t('Quadrant')}</th>
            <th>{t('Owner')}</th>
            <th class="n">{t('Contacts')}</th>
            <th class="n">{t('Cost')}</th>
            <th class="n">{t('Earned inside')}</th>
          </tr>
        </thead>
        <tbody>
          {map.slice(0, MOST_ROWS).map((row) => (
            <tr key={row.reason}>
              <td>{names({ by: 'reason', key: row.reason })}</td>
              <td>
                {row.assumed
                  ? t('{quadrant} (demand not stated)', { quadrant: t(QUADRANTS[row.quadrant]) })
                  : t(QUADRANTS[row.quadrant])}
              </td>
              <td>{row.owner === null ? t('nobody') : names({ by: 'unit', key: row.owner })}</td>
              <td class="n">{grouped(rounded(row.contacts, 1))}</td>
              <td class="n">{grouped(row.cost)}</td>
              <td class="n">{isZero(row.earned) ? grouped(row.earned) : signed(row.earned)}</td>
            </tr>
          ))}
        </tbody>
      </Table>
      <More rows={map.length} />
    </Section>
  );
}

function Links({ report: { links, currency } }: { report: ScoreReport }) {
  if (links.length === 0) return null;
  return (
    <Section
      title={t('What customers did in the half year after an answer')}
      sub={t('{currency} of margin a customer, of answers whose half year is over; not an effect', { currency })}
    >
      <Table focusable>
        <thead>
          <tr>
            <th>{t('Instrument')}</th>
            <th>{t('Answer ‖ of a customer')}</th>
            <th class="n">{t('Customers')}</th>
            <th class="n">{t('Margin')}</th>
            <th class="n">{t('Low bound')}</th>
            <th class="n">{t('High bound')}</th>
          </tr>
        </thead>
        <tbody>
          {links.map((own) => (
            <tr key={`${own.instrument} ${own.answer}`}>
              <td>{own.instrument}</td>
              <td>{t(ANSWERS[own.answer])}</td>
              <td class="n">{grouped(String(own.customers))}</td>
              <td class="n">{grouped(own.margin)}</td>
              <td class="n">{grouped(own.low)}</td>
              <td class="n">{grouped(own.high)}</td>
            </tr>
          ))}
        </tbody>
      </Table>
    </Section>
  );
}

function Quotes({ report: { quotes }, names }: { report: ScoreReport; names: Names }) {
  if (quotes.length === 0) return null;
  return (
    <Section title={t('In their words')} sub={t('masked when they were imported; this look is in the audit log')}>
      {quotes.map((own, i) => (
        <figure key={i}>
          <blockquote>{own.comment}</blockquote>
          <figcaption class="note">
            {[
              `${own.instrument} ${grouped(String(own.score))}`,
              ...(own.reason === null ? [] : [names({ by: 'reason', key: own.reason })]),
            ].join(' · ')}
          </figcaption>
        </figure>
      ))}
    </Section>
  );
}

function More({ rows }: { rows: number }) {
  if (rows <= MOST_ROWS) return null;
  return (
    <p class="note">
      {t('The first {shown} of {rows}; all of them by the API and the shell.', {
        shown: grouped(String(MOST_ROWS)),
        rows: grouped(String(rows)),
      })}
    </p>
  );
}

const percent = (share: number): string => inPercent((share * 100).toFixed(1));

function between(point: number, low: number, high: number, decimals: number): string {
  const text = (value: number): string => grouped(value.toFixed(decimals));
  return t('{point} ({low} to {high})', { point: text(point), low: text(low), high: text(high) });
}

function shares(point: number, low: number, high: number): string {
  return t('{point} ({low} to {high})', {
    point: percent(point),
    low: grouped((low * 100).toFixed(1)),
    high: grouped((high * 100).toFixed(1)),
  });
}

function changeText(change: ScoreMeasure['change']): string {
  if (change === null) return '–';
  const points = (share: number): string => signed((share * 100).toFixed(1));
  return t('{point} ({low} to {high})', {
    point: points(change.share),
    low: points(change.low),
    high: points(change.high),
  });
}
