import { mkdirSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { Option, type Command } from 'commander';
import type { Period } from '../../domain/period.ts';
import { STATEMENT_FORMATS, type StatementFormat, type StatementSet } from '../../domain/statements/statement-set.ts';
import { LANGUAGES, type Language } from '../../workbook/plan/template.ts';
import type { Answer } from '../answer.ts';
import { addCommand, answering } from '../command.ts';
import { WrongUsage } from '../failure.ts';
import { statementText } from '../statement-text.ts';
import type { Shell } from '../shell.ts';
import { PERIOD } from './periods.ts';

interface Options {
  readonly unit?: string;
  readonly run?: string;
  readonly format?: StatementFormat;
  readonly language: Language;
  readonly out?: string;
}

/** What a run says, for people or as a file. */
export function addStatementsCommand(root: Command): void {
  addCommand(root, {
    name: 'statements',
    about: "a period's statements: on the screen, or as JSON, CSV, Excel or PDF",
    examples: [
      'statements 2026-05',
      'statements 2026-05 --format xlsx --out out',
      'statements 2026-05 --unit RETAIL --format csv',
    ],
    notes:
      'Until a period is issued its files are called preliminary. A unit owner gets own units only. An Excel file has ' +
      'its SHA-256 beside it; who may read all gets the master, a pack for each unit, and the full detail as CSV.',
    acts: true,
  })
    .argument(...PERIOD)
    .option('--unit <code>', 'of one unit (default: all that one may see)')
    .option('--run <id>', 'of an earlier run (default: the one the period stands on)')
    .addOption(new Option('--format <format>', 'as a file').choices(STATEMENT_FORMATS))
    .addOption(new Option('--language <language>', 'of an Excel or PDF file').choices(LANGUAGES).default('en'))
    .option('--out <dir>', 'folder for the files; without it JSON and CSV go to stdout')
    .action(answering(statements));
}

async function statements(shell: Shell, period: Period, options: Options): Promise<Answer> {
  const { unit, run, format, language, out } = options;
  if ((format === 'xlsx' || format === 'pdf') && out === undefined) {
    throw new WrongUsage(`${format} needs a folder`, `answerable statements ${period} --format ${format} --out out`);
  }
  if (out !== undefined && format === undefined) {
    throw new WrongUsage('--out needs a --format', `answerable statements ${period} --format json --out ${out}`);
  }
  const actor = await shell.actor();
  if (format === 'xlsx') {
    const { WorkbookService } = await import('../../application/workbook.service.ts');
    const files = await (await shell.assembled(WorkbookService)).write(actor, period, out!, { unit, run, language });
    return { json: { files }, text: files.map(({ path }) => path).join('\n') };
  }
  if (format === 'pdf') {
    const { WorkbookService } = await import('../../application/workbook.service.ts');
    const { name, content } = await (
      await shell.assembled(WorkbookService)
    ).pdf(actor, period, { unit, run, language });
    return written(out!, name, content);
  }
  const { StatementsService } = await import('../../application/statements.service.ts');
  const service = await shell.get(StatementsService);
  const set = (await service.document(actor, period, { unit, run })) as unknown as StatementSet;
  const next = set.units[0]?.lines[0] === undefined ? undefined : `answerable explain line ${set.units[0].lines[0].id}`;
  if (format === undefined) return { json: set, text: statementText(set, unit), next };
  const { statementContent, statementFile } = await import('../../application/statement-files.ts');
  if (out === undefined) return { json: set, text: statementContent(set, format).toString('utf8') };
  const file = statementFile(set, format, unit);
  return { ...written(out, file.name, file.content), next };
}

function written(folder: string, name: string, content: Buffer): Answer {
  mkdirSync(folder, { recursive: true });
  const path = join(folder, name);
  writeFileSync(path, content);
  return { json: { file: path, bytes: content.length }, text: path };
}
