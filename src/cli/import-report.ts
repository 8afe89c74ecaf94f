import type { FolderReport, ImportReport, Version } from '../application/imports.service.ts';
import type { InputOpener } from '../application/input-opener.ts';
import { faultText } from '../domain/errors.ts';
import { mappingSentences, type MappingReport } from '../intake/mapping-report.ts';
import type { Answer } from './answer.ts';
import { EXIT } from './failure.ts';
import { emphasis, grouped, pairs, printable, table } from './table.ts';

const FAULTS_SHOWN = 20;

/** What one import did, or why it did nothing: counts, control totals, faults. */
export function importAnswer(report: ImportReport, opener: InputOpener): Answer {
  const refused = report.faultCount > 0 && report.importId === null;
  const mapping = opener.report();
  const said = [
    outcomeText(report, refused),
    ...formatLines(report),
    pairs(reportFacts(report)),
    ...(mapping === undefined ? [] : mappingSentences(mapping).map(printable)),
    ...report.warnings.map((warning) => `note: ${printable(warning)}`),
    ...correctionLines(report),
    ...faultLines(report),
  ];
  const json = { ...report, ...(mapping !== undefined && { mapping: plainReport(mapping) }) };
  if (!refused) return { json, text: said.join('\n'), next: nextOf(report) };
  return {
    json,
    text: said.join('\n'),
    next: mending(report),
    exitCode: EXIT.refused,
  };
}

function outcomeText(report: ImportReport, refused: boolean): string {
  if (report.already !== undefined) {
    return `${report.file}: already imported on ${report.already.at.toISOString().slice(0, 10)} by ${report.already.by}; 0 changes`;
  }
  if (refused) return `${report.file}: refused, nothing was stored; ${counted(report.faultCount, 'fault')}`;
  if (report.dryRun) return `${report.file}: dry run, nothing was stored`;
  return report.importId === null
    ? `${report.file}: nothing in it is new; 0 changes`
    : `${report.file}: import ${report.importId}`;
}

/** How the file was read, where that was a decision of ours. */
function formatLines({ about }: ImportReport): string[] {
  if (about?.format === 'xlsx') return [printable(`read as XLSX, sheet "${about.sheet ?? ''}"`)];
  const { delimiter = ',', encoding = 'utf-8' } = about ?? {};
  if (delimiter === ',' && encoding === 'utf-8') return [];
  return [`read as CSV, fields apart by ${DELIMITERS[delimiter] ?? delimiter}, ${encoding}`];
}

const DELIMITERS: Readonly<Record<string, string>> = { ',': 'comma', ';': 'semicolon', '\t': 'tab', '|': 'bar' };

function reportFacts(report: ImportReport): [string, string][] {
  const amounts = Object.entries(report.totals.amounts).flatMap(([column, sums]) =>
    Object.entries(sums).map(([currency, sum]): [string, string] => [
      `sum of ${column}`,
      `${grouped(sum)} ${currency}`,
    ]),
  );
  const { seconds, periods } = { seconds: report.totals.seconds, periods: report.periods };
  return [
    [
      'rows',
      `${grouped(report.new)} new, ${grouped(report.changed)} changed, ${grouped(report.same)} same, ${grouped(report.refused)} refused`,
    ],
    ...amounts,
    ...(seconds === null || seconds === '0' ? [] : [['sum of seconds', grouped(seconds)] as [string, string]]),
    ...(periods.length === 0 ? [] : [['periods', `${periods[0]} to ${periods.at(-1)}`] as [string, string]]),
    ...(report.late === 0 ? [] : [['late', `${counted(report.late, 'row')} of closed periods`] as [string, string]]),
  ];
}

const CORRECTIONS_SHOWN = 10;

function correctionLines(report: ImportReport): string[] {
  const lines = report.corrections
    .slice(0, CORRECTIONS_SHOWN)
    .map(({ line, key, changes }) => printable(`  corrected, line ${line}: ${key}: ${changesText(changes)}`));
  if (report.changed > CORRECTIONS_SHOWN) lines.push(`  … and ${grouped(report.changed - CORRECTIONS_SHOWN)} more`);
  return lines;
}

const changesText = (changes: ImportReport['corrections'][number]['changes']): string =>
  Object.entries(changes)
    .map(([column, { from, to }]) => `${column} ${shown(from)} → ${shown(to)}`)
    .join(', ');
const shown = (value: string | null): string => (value === null ? '(empty)' : value);

/** One version of a row: where it came from, and what it says or changes. */
export function versionText(version: Version): string {
  const { key, importId, file, line, at, by, undoes, ended, stands, content, changes } = version;
  const from = undoes === null ? `import ${importId}, ${file} line ${line}` : `import ${importId} undid ${undoes}`;
  const who = `${at.toISOString().slice(0, 16).replace('T', ' ')} UTC${by === null ? '' : ` by ${by}`}`;
  const filled = Object.entries(content).filter(([, value]) => value !== null);
  const said = ended
    ? 'taken back'
    : changes === undefined
      ? filled.map(([column, value]) => `${column} ${value}`).join(', ')
      : changesText(changes);
  return `${emphasis(printable(key))}  ${from}, ${who}${stands ? '  (stands)' : ''}\n  ${printable(said)}`;
}

/** By the code of the fault: the kind that brings what a row names. */
const IMPORTED_FIRST: ReadonlyMap<string, string> = new Map(
  ['unit', 'reason', 'decision', 'instrument', 'contact'].map((noun) => [`unknown_${noun}`, `${noun}s`]),
);

/** What to do about a refused file; when most of it names what is not there, that comes first. */
function mending(report: ImportReport): string {
  const missing = report.faults.flatMap(({ code }) => IMPORTED_FIRST.get(code) ?? []);
  const good = report.new + report.changed + report.same;
  const instead = good === 0 ? '' : `, or take the ${counted(good, 'good row')} with --accept-valid`;
  if (missing.length * 2 <= report.faults.length) return `mend the rows and import the file again${instead}`;
  const kind = missing[0]!;
  const make =
    kind === 'reasons' && report.kind === 'contacts' ? ', or make them, without owner, by --create-reasons' : '';
  return `import the ${kind} first${make}; else mend the rows and import the file again${instead}`;
}

/** Counts by name as objects, for JSON. */
const plainReport = ({ dropped, missing, unanswered, codes, ...report }: MappingReport): object => ({
  ...report,
  dropped: Object.fromEntries(dropped),
  missing: Object.fromEntries(missing),
  unanswered: Object.fromEntries(unanswered),
  codes: Object.fromEntries(codes),
});

const LIKE_FAULTS_SHOWN = 3;

/** The first faults; of those that say the same of one column only a few, so that every sort of fault is seen. */
function faultLines(report: ImportReport): string[] {
  const lines: string[] = [];
  const shown = new Map<string, number>();
  for (const fault of report.faults) {
    const sort = [fault.line === undefined, fault.column, fault.code].join('|');
    shown.set(sort, (shown.get(sort) ?? 0) + 1);
    if (lines.length < FAULTS_SHOWN && shown.get(sort)! <= LIKE_FAULTS_SHOWN) {
      lines.push(printable(`  ${faultText(fault)}`));
    }
  }
  if (report.faultCount > lines.length) {
    const rest = report.faultCount - lines.length;
    lines.push(`  … and ${grouped(rest)} more${shown.size > 1 ? '' : ' like these'}`);
  }
  if (report.errorFile !== undefined) lines.push(`all refused rows, each with its error: ${report.errorFile}`);
  return lines;
}

const nextOf = (report: ImportReport): string | undefined => {
  if (report.dryRun) return 'the same command without --dry-run';
  return report.periods.length === 0 ? undefined : `answerable close ${report.periods.at(-1)}`;
};

/** The files of a folder one by one; the refused one, after which nothing was read, with its faults. */
export function folderAnswer(report: FolderReport): Answer {
  const files = table(report.files, [
    { title: 'file', of: (f) => f.file },
    { title: 'new', of: (f) => grouped(f.new), right: true },
    { title: 'changed', of: (f) => grouped(f.changed), right: true },
    { title: 'same', of: (f) => grouped(f.same), right: true },
    { title: 'refused', of: (f) => grouped(f.refused), right: true },
    { title: 'import', of: (f) => (f.already === undefined ? f.importId : 'already there'), right: true },
  ]);
  const said = [
    ...(report.company === undefined ? [] : [`company: ${report.company}`]),
    ...(report.model === undefined ? [] : [report.model]),
    files,
    ...report.unknown.map(
      ({ file, like }) => `not read: ${file}${like === undefined ? '' : ` (did you mean ${like}?)`}`,
    ),
    ...report.files.flatMap((file) => file.warnings.map((warning) => `note: ${file.file}: ${printable(warning)}`)),
  ];
  if (report.stoppedAt === undefined) {
    const last = report.files
      .flatMap((file) => file.periods)
      .sort()
      .at(-1);
    return {
      json: report,
      text: said.join('\n'),
      next: last === undefined ? 'answerable periods' : `answerable close ${last}`,
    };
  }
  const refused = report.files.find((file) => file.file === report.stoppedAt)!;
  said.push(
    `${report.stoppedAt}: refused, nothing of it was stored; ${counted(refused.faultCount, 'fault')}`,
    ...faultLines(refused),
  );
  const next = 'mend the file and import the folder again: what is there already changes nothing';
  return { json: report, text: said.join('\n'), next, exitCode: EXIT.refused };
}

export const counted = (n: number, noun: string): string => `${grouped(n)} ${noun}${n === 1 ? '' : 's'}`;
