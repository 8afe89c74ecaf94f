import type { Command } from 'commander';
import type { ScoreReport } from '../../application/scores.service.ts';
import type { ValuePreview, ValueReport } from '../../application/value.service.ts';
import type { Period } from '../../domain/period.ts';
import type { EffectSection, IntervalSection } from '../../domain/statements/value-document.ts';
import type { Answer } from '../answer.ts';
import { addCommand, answering } from '../command.ts';
import { WrongUsage } from '../failure.ts';
import type { Shell } from '../shell.ts';
import { grouped, pairs, printable, table } from '../table.ts';
import { PERIOD } from './periods.ts';

interface Options {
  readonly preview?: boolean;
  readonly scores?: boolean;
}

/** What service earned beside what it cost. */
export function addValueCommand(root: Command): void {
  addCommand(root, {
    name: 'value',
    about: "service's value statement: cost, recovered, retention credit, net, and the effects they rest on",
    examples: ['value 2026-05', 'value 2026-05 --preview', 'value 2026-05 --scores', 'value 2026-05 --json'],
    notes:
      'Decision effect: customers hit against comparable customers not hit. Service effect: resolved against comparable ' +
      'unresolved contacts. They are never added. Retention lines are management lines: the journal does not know them.',
    acts: true,
  })
    .argument(...PERIOD)
    .option(
      '--scores',
      'CSAT, CES, NPS, VES, resolution and repeats beside it, what customers did after, and their words',
    )
    .option('--preview', 'the effects from the facts that are there now; keeps nothing')
    .action(answering(value));
}

async function value(shell: Shell, period: Period, { preview, scores }: Options): Promise<Answer> {
  if (preview && scores) throw new WrongUsage('scores are read from a run', `answerable value ${period} --scores`);
  const { ValueService } = await import('../../application/value.service.ts');
  const actor = await shell.actor();
  const service = await shell.get(ValueService);
  if (preview) {
    const found = await service.preview(actor, period);
    return { json: found, text: [`${period}, ${found.currency}, not kept`, ...effectsText(found)].join('\n') };
  }
  if (scores) {
    const { ScoresService } = await import('../../application/scores.service.ts');
    const found = await (await shell.get(ScoresService)).report(actor, period);
    return { json: found, text: scoresText(found) };
  }
  const report = await service.report(actor, period);
  return { json: report, text: reportText(report), next: `answerable statements ${period}` };
}

function reportText({ period, currency, state, value: section }: ValueReport): string {
  const { cost, recovered, retentionCredit, net } = section.service;
  const money = (amount: string): string => `${grouped(amount)} ${currency}`;
  return [
    `${period}, ${currency}, ${state.replace('_', ' ')}`,
    pairs([
      ['cost of service', money(cost)],
      ['recovered from units', money(recovered)],
      ['retention credit', money(retentionCredit)],
      ['net', money(net)],
    ]),
    ...effectsText(section),
  ].join('\n');
}

function effectsText(section: Pick<ValuePreview, 'effects' | 'forecasts' | 'credits' | 'conservation'>): string[] {
  const { effects, forecasts, credits, conservation } = section;
  const parts: string[] = [];
  if (effects.length > 0) parts.push('\nbecame known, with the 90% interval', effectTable(effects));
  if (forecasts.length > 0)
    parts.push(
      '\nforecast, not netted unless the policy says so',
      table(forecasts, [
        { title: 'effect', of: nameOf },
        { title: 'cohort', of: (row) => row.cohort },
        { title: 'days', of: (row) => row.windowDays, right: true },
        { title: 'customers', of: (row) => grouped(row.customers), right: true },
        { title: 'total', of: ({ total }) => total && grouped(total.point), right: true },
        { title: 'interval', of: ({ total }) => intervalText(total) },
        { title: '', of: (row) => row.why ?? row.methods.join(', ') },
      ]),
    );
  if (credits.length > 0)
    parts.push(
      '\ncredits and losses of the owners',
      table(credits, [
        { title: 'unit', of: (row) => row.unit },
        { title: 'decision', of: (row) => row.decision },
        { title: 'charge of', of: (row) => row.chargePeriod },
        { title: 'estimate', of: (row) => grouped(row.point), right: true },
        { title: 'netted', of: (row) => grouped(row.netted), right: true },
        { title: 'credit', of: (row) => grouped(row.credit), right: true },
        { title: 'above cap', of: (row) => grouped(row.aboveCap), right: true },
        { title: 'not credited', of: (row) => grouped(row.notCredited), right: true },
      ]),
    );
  const proven = conservation.map(
    (row) =>
      `${row.effect}: estimated ${grouped(row.estimated)} = apportioned ${grouped(row.apportioned)}, difference ${row.difference}`,
  );
  return [...parts, '\nconservation', ...proven];
}

function effectTable(effects: readonly EffectSection[]): string {
  return table(effects, [
    { title: 'effect', of: nameOf },
    { title: 'cohort', of: (row) => row.cohort },
    { title: 'days', of: (row) => row.windowDays, right: true },
    { title: 'customers', of: (row) => grouped(row.customers), right: true },
    { title: 'each', of: ({ perCustomer }) => perCustomer && grouped(perCustomer.point), right: true },
    { title: 'interval', of: ({ perCustomer }) => intervalText(perCustomer) },
    { title: 'posted', of: (row) => grouped(row.postedPoint), right: true },
    { title: 'netted', of: (row) => grouped(row.postedNetted), right: true },
    { title: '', of: (row) => stateOf(row) },
  ]);
}

function nameOf({ effect, decision }: Pick<EffectSection, 'effect' | 'decision'>): string {
  return decision === null ? effect : `${effect} ${decision}`;
}

function intervalText(interval: IntervalSection | null): string {
  return interval === null ? '' : `${grouped(interval.low)} to ${grouped(interval.high)}`;
}

function stateOf({ kind, onBooks, nettable, why }: EffectSection): string {
  const words = [kind.replace('_', '-')];
  if (!onBooks) words.push('month never closed: shown only');
  if (!nettable) words.push(`not netted: ${why.join('; ')}`);
  return words.join('; ');
}

/** Pillars of every group, then what customers did after an answer, then what they wrote. */
function scoresText({ period, groups, links, map, quotes }: ScoreReport): string {
  const rows = groups.flatMap((group) =>
    group.scores.map((score) => ({ ...score, group: `${group.by} ${group.key}`.trim() })),
  );
  const resolved = groups.flatMap(({ by, key, resolution }) =>
    resolution ? [{ group: `${by} ${key}`.trim(), ...resolution }] : [],
  );
  return [
    `${period}: scores, with the 90% interval; they stand beside money and make none`,
    table(rows, [
      { title: 'group', of: (row) => row.group },
      { title: 'pillar', of: (row) => row.pillar },
      { title: 'instrument', of: (row) => `${row.instrument}${row.higherIsBetter ? '' : ' (low is good)'}` },
      { title: 'answers', of: (row) => grouped(row.answers), right: true },
      { title: 'score', of: (row) => row.value.toFixed(2), right: true },
      { title: 'interval', of: (row) => `${row.low.toFixed(2)} to ${row.high.toFixed(2)}` },
      { title: 'good %', of: (row) => percent(row.top.share), right: true },
      {
        title: 'change',
        of: ({ change }) => change && `${percent(change.share)} (${percent(change.low)} to ${percent(change.high)})`,
      },
    ]),
    '\nresolved = no repeat of customer and reason in 7 days, of contacts whose 7 days were over',
    table(resolved, [
      { title: 'group', of: (row) => row.group },
      { title: 'contacts', of: (row) => grouped(row.contacts), right: true },
      { title: 'observed %', of: (row) => percent(row.observedShare), right: true },
      { title: 'first contact %', of: ({ firstContact }) => proportionText(firstContact) },
      { title: 'repeats %', of: ({ repeats }) => proportionText(repeats) },
    ]),
    '\nmargin in the 182 days after an answer (answers whose half year is over; not an effect)',
    table(links, [
      { title: 'instrument', of: (row) => row.instrument },
      { title: 'answer', of: (row) => row.answer },
      { title: 'customers', of: (row) => grouped(row.customers), right: true },
      { title: 'margin', of: (row) => grouped(row.margin), right: true },
      { title: 'interval', of: (row) => intervalText({ ...row, point: row.margin }) },
    ]),
    '\nsold inside contacts, apart from retention',
    table(
      groups.filter(({ sales }) => sales.count > 0),
      [
        { title: 'group', of: (row) => `${row.by} ${row.key}`.trim() },
        { title: 'sales', of: ({ sales }) => grouped(sales.count), right: true },
        { title: 'margin', of: ({ sales }) => grouped(sales.margin), right: true },
      ],
    ),
    '\nvalue–irritant map: each reason in one quadrant, with owner and price, dearest first',
    table(map, [
      { title: 'reason', of: (row) => row.reason },
      { title: 'quadrant', of: (row) => `${row.quadrant}${row.assumed ? ' (demand not stated)' : ''}` },
      { title: 'owner', of: (row) => row.owner },
      { title: 'contacts', of: (row) => grouped(row.contacts), right: true },
      { title: 'cost', of: (row) => grouped(row.cost), right: true },
      { title: 'earned', of: (row) => grouped(row.earned), right: true },
    ]),
    '\nin their words, masked',
    ...quotes.map(
      (own) =>
        `${own.instrument} ${own.score}${own.reason === null ? '' : `, ${own.reason}`}: ${printable(own.comment)}`,
    ),
  ].join('\n');
}

const percent = (share: number): string => (share * 100).toFixed(1);

function proportionText({ point, low, high }: { point: number; low: number; high: number }): string {
  return `${percent(point)} (${percent(low)} to ${percent(high)})`;
}
