import { Option, type Command } from 'commander';
import type { ImportProgress, ImportsService } from '../../application/imports.service.ts';
import type { InputOpener } from '../../application/input-opener.ts';
import type { Actor } from '../../domain/roles.ts';
import { KIND_NAMES } from '../../intake/kinds/kind.ts';
import type { Answer } from '../answer.ts';
import { addCommand, answering } from '../command.ts';
import { WrongUsage } from '../failure.ts';
import { counted, folderAnswer, importAnswer, versionText } from '../import-report.ts';
import { readText } from '../input.ts';
import { progress } from '../progress.ts';
import type { Shell } from '../shell.ts';
import { grouped, table } from '../table.ts';
import { importHelp, importTemplate, TEMPLATE_FORMATS, type TemplateFormat } from './import-help.ts';

interface ImportOptions {
  readonly mapping?: string;
  readonly suggestMapping?: boolean;
  readonly dryRun?: boolean;
  readonly acceptValid?: boolean;
  readonly createReasons?: boolean;
  readonly json?: boolean;
  readonly errors?: string;
  readonly history?: boolean;
  readonly undo?: string;
  readonly versions?: string;
  readonly template?: string;
  readonly format?: TemplateFormat;
  readonly out?: string;
  readonly help?: boolean;
}

/** Files in: one, or a folder; the history of imports and its undo. */
export function addImportCommands(root: Command): void {
  const one = addCommand(root, {
    name: 'import [kind] [file]',
    about: 'import one file: all of it or, when a row is bad, nothing',
    examples: [
      'import contacts contacts.csv',
      'import ledger export.xlsx --mapping sap-ledger --dry-run',
      'import --suggest-mapping export.csv > mine.yaml',
      'import ledger --versions E-2026-000117',
      'import --template contacts --format xlsx --out contacts.xlsx',
    ],
    notes:
      `KIND is company or ${KIND_NAMES.join(', ')}; import --help KIND names its columns,\n` +
      'import --help mapping the keys of a mapping file.\n' +
      'FILE is CSV (also gzipped) or XLSX; - is stdin. The same file twice changes nothing; a known key with other\n' +
      'content is a correction.',
    acts: true,
  }).helpOption(false);
  fileOptions(one)
    .option('--mapping <file>', "mapping.yaml, or a shipped mapping's name: columns of another system as ours")
    .option('--suggest-mapping', 'print a mapping for FILE, with its first rows as interpreted; imports nothing')
    .option('--template <kind>', 'header and example row of KIND; the XLSX has a legend on its second sheet')
    .addOption(new Option('--format <format>', 'of the template (default: csv)').choices(TEMPLATE_FORMATS))
    .option('--out <file>', 'file of the template; without it CSV goes to stdout')
    .option('--history', 'list what was imported')
    .option(
      '--versions <key>',
      'every content that a row of KIND has had, with file and line; parts of a key by commas',
    )
    .option('--undo <id>', 'take an import back while its periods are open')
    .option('-h, --help', 'this text; with KIND its columns')
    .action(
      answering((shell: Shell, kind: string | undefined, file: string | undefined, options: ImportOptions) =>
        importOrList(one, shell, kind, file, options),
      ),
    );
  fileOptions(
    addCommand(root, {
      name: 'import-folder <dir>',
      about: 'import every known file of a folder, in the order of dependence, and apply its model.yaml',
      examples: ['import-folder company/', 'import-folder company/ --dry-run'],
      acts: true,
    }),
  ).action(answering(importFolder));
}

function fileOptions(command: Command): Command {
  return command
    .option('--dry-run', 'say what would change; write nothing')
    .option('--accept-valid', 'take the good rows, keep the bad ones with the import')
    .option('--create-reasons', 'make unknown reasons of contacts, without owner, for the worklist')
    .option('--errors <dir>', 'where the file of refused rows goes (default: the folder for temporary files)');
}

async function importOrList(
  command: Command,
  shell: Shell,
  kind: string | undefined,
  file: string | undefined,
  options: ImportOptions,
): Promise<Answer> {
  if (options.help) return await importHelp(command, kind);
  if (options.template !== undefined) return await importTemplate(options.template, options);
  if (options.history) return await history(shell);
  if (options.undo !== undefined) return await undo(shell, options.undo);
  if (options.suggestMapping) return await suggest(shell, kind, file);
  if (kind !== undefined && options.versions !== undefined) return await versions(shell, kind, options.versions);
  if (kind === undefined || file === undefined) {
    throw new WrongUsage('import needs a KIND and a FILE', 'answerable import --help');
  }
  if (kind === 'company') return await importCompany(shell, file, options);
  const { inputOpener } = await import('../../application/input-opener.ts');
  const { mappingText } = await import('../../application/mappings.ts');
  const { mapping } = options;
  const opener = inputOpener('shell', mapping === undefined ? undefined : mappingText(mapping));
  const { imports, actor } = await acting(shell);
  const source = file === '-' ? process.stdin : file;
  const { read, end } = await reading(shell, opener, options);
  const report = await imports.importFile(actor, kind, source, read).finally(end);
  return importAnswer(report, opener);
}

/** With one argument it is the file, and its kind is guessed, too. */
async function suggest(shell: Shell, kind: string | undefined, file: string | undefined): Promise<Answer> {
  const path = file ?? kind;
  if (path === undefined) throw new WrongUsage('--suggest-mapping needs a FILE', 'answerable import --help');
  const { imports, actor } = await acting(shell);
  const yaml = await imports.suggestMapping(actor, path, file === undefined ? undefined : kind);
  const wanted = /^kind: (\S+)/m.exec(yaml)?.[1] ?? kind ?? 'KIND';
  return {
    json: { mapping: yaml },
    text: yaml,
    next: `keep it as a file, check it, then: answerable import ${wanted} ${path} --mapping FILE --dry-run`,
  };
}

async function importCompany(shell: Shell, file: string, options: ImportOptions): Promise<Answer> {
  const yaml = readText(file);
  const { imports, actor } = await acting(shell);
  const outcome = await imports.importCompany(actor, yaml, options);
  return { json: { company: outcome }, text: `company: ${outcome}`, next: 'answerable import units units.csv' };
}

async function importFolder(shell: Shell, folder: string, options: ImportOptions): Promise<Answer> {
  const { inputOpener } = await import('../../application/input-opener.ts');
  const { ModelsService } = await import('../../application/models.service.ts');
  const { imports, actor } = await acting(shell);
  const models = await shell.get(ModelsService);
  const applyModel = async (yaml: string): Promise<string> => {
    const { modelId, unchanged } = await models.apply(actor, yaml);
    return unchanged ? `model ${modelId} already says this` : `model ${modelId} is new`;
  };
  const { read, end } = await reading(shell, inputOpener('shell'), options);
  const report = await imports.importFolder(actor, folder, { ...read, applyModel }).finally(end);
  return folderAnswer(report);
}

async function reading(shell: Shell, opener: InputOpener, options: ImportOptions) {
  const { pseudonymKey } = await shell.config();
  const bar = progress('reading', options.json);
  const { dryRun = false, acceptValid = false, createReasons = false } = options;
  const read = {
    ...{ dryRun, acceptValid, createReasons, pseudonymKey },
    ...opener,
    errorFolder: options.errors,
    onProgress: ({ bytes, bytesTotal, rows }: ImportProgress): void => bar.to(bytes, bytesTotal, rows),
  };
  return { read, end: () => bar.end() };
}

async function history(shell: Shell): Promise<Answer> {
  const { imports, actor } = await acting(shell);
  const rows = await imports.history(actor);
  const text = table(rows, [
    { title: 'import', of: (r) => r.importId, right: true },
    { title: 'at', of: (r) => r.at.toISOString().slice(0, 16).replace('T', ' ') },
    { title: 'by', of: (r) => r.by },
    { title: 'kind', of: (r) => r.kind },
    { title: 'file', of: (r) => r.fileName },
    { title: 'new', of: (r) => grouped(r.rowsNew), right: true },
    { title: 'changed', of: (r) => grouped(r.rowsChanged), right: true },
    { title: 'refused', of: (r) => grouped(r.rowsRefused), right: true },
    {
      title: '',
      of: (r) => (r.undoes !== null ? `undoes ${r.undoes}` : r.undoneBy !== null ? `undone by ${r.undoneBy}` : ''),
    },
  ]);
  if (rows.length === 0)
    return { json: { imports: [] }, text: 'nothing was imported yet', next: 'answerable import-folder DIR' };
  return { json: { imports: rows }, text, next: 'answerable import --undo ID' };
}

async function versions(shell: Shell, kind: string, key: string): Promise<Answer> {
  const { imports, actor } = await acting(shell);
  const found = await imports.versions(actor, kind, key);
  const text = found.map((version) => versionText(version)).join('\n');
  return { json: { versions: found }, text };
}

async function undo(shell: Shell, importId: string): Promise<Answer> {
  const { imports, actor } = await acting(shell);
  const report = await imports.undo(actor, importId);
  const text = `import ${report.undoes} (${report.file}) is undone by ${report.importId}: ${counted(report.rows, 'row')}`;
  return { json: report, text, next: 'answerable import --history' };
}

async function acting(shell: Shell): Promise<{ imports: ImportsService; actor: Actor }> {
  const { ImportsService } = await import('../../application/imports.service.ts');
  const actor = await shell.actor();
  return { imports: await shell.get(ImportsService), actor };
}
