import { Option, type Command } from 'commander';
import type { ModelsService, ModelTrial } from '../../application/models.service.ts';
import type { Period } from '../../domain/period.ts';
import type { Actor } from '../../domain/roles.ts';
import type { Reconciliation } from '../../domain/statements/statement-set.ts';
import type { Answer } from '../answer.ts';
import { addCommand, answering } from '../command.ts';
import { inputName, readText } from '../input.ts';
import type { Shell } from '../shell.ts';
import { tieOutText } from '../statement-text.ts';
import { grouped, pairs, table } from '../table.ts';
import { PERIOD, periodArgument } from './periods.ts';

const WHICH = 'number of `model list`, a period (its version), or nothing for the newest';

/** Versions of model.yaml: pools, allocation, charging and rules. */
export function addModelCommands(root: Command): void {
  const model = root.command('model').description('versions of model.yaml: pools, allocation, charging, rules');
  addCommand(model, {
    name: 'apply <file>',
    about: 'check a model against everything that is there and store it as a version',
    examples: ['model apply model.yaml --from 2026-01'],
    notes: 'A close uses the newest version whose --from is not after its period. Stored versions never change.',
    acts: true,
  })
    .addOption(
      new Option('--from <period>', 'first period of this version (default: every period)').argParser(periodArgument),
    )
    .action(answering(apply));
  addCommand(model, { name: 'list', about: 'the versions', examples: ['model list'], acts: true }).action(
    answering(list),
  );
  addCommand(model, {
    name: 'show [which]',
    about: 'print a version as it was applied',
    examples: ['model show', 'model show 2026-05'],
    notes: `WHICH: ${WHICH}.`,
    acts: true,
  }).action(answering(show));
  addCommand(model, {
    name: 'diff <a> <b>',
    about: 'every key in which two versions differ',
    examples: ['model diff 1 2'],
    notes: `A, B: ${WHICH}.`,
    acts: true,
  }).action(answering(diff));
  addCommand(model, {
    name: 'try <file>',
    about: 'what a period would say under this model; nothing is stored',
    examples: ['model try model.yaml 2026-05', 'model try model.yaml 2026-05 --volume "billing.*=1.2" delivery=0.9'],
    acts: true,
  })
    .argument(...PERIOD)
    .option('--volume <change...>', 'so many times the contacts of a reason or prefix, e.g. "billing.*=1.2"')
    .action(answering(tryOn));
  addCommand(model, {
    name: 'reference',
    about: 'every key of model.yaml with its meaning, from the code that reads it',
    examples: ['model reference', 'model reference > model-keys.md'],
  }).action(
    answering(async () => {
      const { modelReference } = await import('../../domain/model/model.ts');
      return { json: { reference: modelReference() }, text: modelReference() };
    }),
  );
}

async function apply(shell: Shell, file: string, options: { from?: Period }): Promise<Answer> {
  const yaml = readText(file);
  const { models, actor } = await acting(shell);
  const applied = await models.apply(actor, yaml, options.from, inputName(file));
  const since = applied.from === '1900-01' ? 'for every period' : `from ${applied.from} on`;
  const text = applied.unchanged
    ? `model ${applied.modelId} already says this ${since}; nothing changed`
    : `model ${applied.modelId} holds ${since} (${applied.hash.slice(0, 12)})`;
  return { json: applied, text, next: 'answerable close PERIOD' };
}

async function list(shell: Shell): Promise<Answer> {
  const { models, actor } = await acting(shell);
  const versions = await models.list(actor);
  const text = table(versions, [
    { title: 'model', of: (v) => v.model_id, right: true },
    { title: 'from', of: (v) => (v.from_period === '1900-01' ? 'always' : v.from_period) },
    { title: 'hash', of: (v) => v.hash.slice(0, 12) },
    { title: 'applied by', of: (v) => v.applied_by },
    { title: 'applied at', of: (v) => v.applied_at.toISOString().slice(0, 16).replace('T', ' ') },
  ]);
  const json = { models: versions };
  if (versions.length === 0) return { json, text: 'no models yet', next: 'answerable model apply FILE' };
  return { json, text, next: 'answerable model show WHICH' };
}

async function show(shell: Shell, which: string | undefined): Promise<Answer> {
  const { models, actor } = await acting(shell);
  const version = await models.show(actor, which);
  return { json: version, text: version.yaml };
}

async function diff(shell: Shell, a: string, b: string): Promise<Answer> {
  const { models, actor } = await acting(shell);
  const differences = await models.diff(actor, a, b);
  const text = table(differences, [
    { title: 'key', of: (d) => d.path },
    { title: a, of: (d) => d.before ?? '–' },
    { title: b, of: (d) => d.after ?? '–' },
  ]);
  return { json: { differences }, text: differences.length === 0 ? `${a} and ${b} say the same` : text };
}

async function tryOn(shell: Shell, file: string, period: Period, options: { volume?: string[] }): Promise<Answer> {
  const yaml = readText(file);
  const { models, actor } = await acting(shell);
  const trial = await models.tryOn(actor, yaml, period, inputName(file), options.volume);
  return { json: trial, text: trialText(trial), next: `answerable model apply ${file} --from ${period}` };
}

function trialText(trial: ModelTrial): string {
  const units = table(trial.units, [
    { title: 'unit', of: (u) => u.unit },
    { title: 'now', of: (u) => (u.now === null ? '–' : grouped(u.now)), right: true },
    { title: 'tried', of: (u) => grouped(u.tried), right: true },
  ]);
  const coverage = Object.entries(trial.coverage)
    .filter(([, value]) => typeof value === 'string')
    .map(([name, value]) => [name, value as string] as const);
  const unused =
    trial.unusedRules.length === 0 ? 'every rule took something' : `took nothing: ${trial.unusedRules.join(', ')}`;
  const tieOut = tieOutText(trial.reconciliation as unknown as Reconciliation, '');
  return [
    `${trial.period}, tried; nothing is stored`,
    units,
    `\n${tieOut}`,
    `\n${pairs(coverage)}`,
    `\nrules: ${unused}`,
  ].join('\n');
}

async function acting(shell: Shell): Promise<{ models: ModelsService; actor: Actor }> {
  const { ModelsService } = await import('../../application/models.service.ts');
  const actor = await shell.actor();
  return { models: await shell.get(ModelsService), actor };
}
