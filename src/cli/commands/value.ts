import type { Command } from 'commander';
import type { ValuePreview, ValueReport } from '../../application/value.service.ts';
import type { Period } from '../../domain/period.ts';
import type { EffectSection, IntervalSection } from '../../domain/statements/value-document.ts';
import type { Answer } from '../answer.ts';
import { addCommand, answering } from '../command.ts';
import type { Shell } from '../shell.ts';
import { grouped, pairs, table } from '../table.ts';
import { PERIOD } from './periods.ts';

interface Options {
  readonly preview?: boolean;
}

/** What service earned beside what it cost. */
export function addValueCommand(root: Command): void {
  addCommand(root, {
    name: 'value',
    about: "service's value statement: cost, recovered, retention credit, net, and the effects they rest on",
    examples: ['value 2026-05', 'value 2026-05 --preview', 'value 2026-05 --json'],
    notes:
      'Decision effect: customers hit against comparable customers not hit. Service effect: resolved against comparable ' +
      'unresolved contacts. They are never added. Retention lines are management lines: the journal does not know them.',
    acts: true,
  })
    .argument(...PERIOD)
    .option('--preview', 'the effects from the facts that are there now; keeps nothing')
    .action(answering(value));
}

async function value(shell: Shell, period: Period, { preview }: Options): Promise<Answer> {
  const { ValueService } = await import('../../application/value.service.ts');
  const actor = await shell.actor();
  const service = await shell.get(ValueService);
  if (preview) {
    const found = await service.preview(actor, period);
    return { json: found, text: [`${period}, ${found.currency}, not kept`, ...effectsText(found)].join('\n') };
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
