import { createHash } from 'node:crypto';
import { closeSync, mkdirSync, openSync, writeFileSync, writeSync } from 'node:fs';
import { join } from 'node:path';
import { Injectable } from '@nestjs/common';
import { compareKeys } from '../domain/apportionment.ts';
import { invariant, Refusal } from '../domain/errors.ts';
import { Fraction } from '../domain/fraction.ts';
import { amountText, minorDigits, parseAmount } from '../domain/money.ts';
import { period as periodOfText, type Period } from '../domain/period.ts';
import { may, requireRight, type Actor } from '../domain/roles.ts';
import type { StatementSet } from '../domain/statements/statement-set.ts';
import { companyRow } from '../persistence/close-inputs.queries.ts';
import { Database, type Tx } from '../persistence/database.ts';
import { periodRun, type PeriodRun } from '../persistence/periods.queries.ts';
import { inputFiles, runDeeds } from '../persistence/provenance.queries.ts';
import { lineList, ownStatements, runByHash, runRow, type RunRow } from '../persistence/runs.queries.ts';
import { DetailParts } from '../workbook/detail-parts.ts';
import { UPLOAD_LIMITS } from '../intake/file-limits.ts';
import { masterModel } from '../workbook/model/build-model.ts';
import { DrillDownSums } from '../workbook/model/drill-down.ts';
import { packModel } from '../workbook/model/pack-model.ts';
import type { DecisionProfit, RunView, WorkbookModel } from '../workbook/model/workbook-model.ts';
import { readTemplate, type Language, type Template } from '../workbook/plan/template.ts';
import { resultHash } from '../workbook/result.ts';
import type { WrittenWorkbook } from '../workbook/workbook.ts';
import { DecisionsService } from './decisions.service.ts';
import { readClose } from './read-close.ts';
import { readSavedWorkbook } from './saved-workbook.ts';
import { StatementsService } from './statements.service.ts';
import type { VerifyReport } from './verify.service.ts';

export interface WorkbookOptions {
  readonly unit?: string | undefined;
  readonly run?: string | undefined;
  readonly language?: Language | undefined;
}

export interface WorkbookFile {
  readonly name: string;
  readonly content: Buffer;
  readonly sha256: string;
}

/** A file that was written, with its hash, which also lies beside a workbook as `.sha256`. */
export interface WrittenFile {
  readonly path: string;
  readonly bytes: number;
  readonly sha256: string;
}

/** Statements as Excel files: the run's frozen inputs are closed again, and what comes out must be that run. */
@Injectable()
export class WorkbookService {
  constructor(
    private readonly db: Database,
    private readonly decisions: DecisionsService,
    private readonly statements: StatementsService,
  ) {}

  /** The master workbook, or the pack of one unit. @throws Refusal no_run, no_such_statement, workbook_too_large */
  async file(actor: Actor, period: Period, options: WorkbookOptions = {}): Promise<WorkbookFile> {
    requireRight(actor, 'read_statement');
    const { head, units } = await this.visible(actor, period, options);
    const template = readTemplate(options.language);
    const master = await this.master(actor, head, template);
    const unit = options.unit ?? (may(actor, 'read_all') ? undefined : units[0]);
    const model = unit === undefined ? master : packModel(master, unit, template.version);
    const chunks: Uint8Array[] = [];
    const { writeWorkbook } = await workbooks();
    const written = await writeWorkbook(model, template, (chunk) => chunks.push(chunk));
    return { name: fileName(head, unit), content: Buffer.concat(chunks), sha256: written.sha256 };
  }

  /** Statements as printable pages, with the figures of the document. @throws Refusal no_run, no_such_statement */
  async pdf(actor: Actor, period: Period, options: WorkbookOptions = {}): Promise<WorkbookFile> {
    const { unit, run, language } = options;
    const set = (await this.statements.document(actor, period, { unit, run })) as unknown as StatementSet;
    const company = (await this.db.books((tx) => companyRow(tx)))!.name;
    const { statementPdf } = await import('./statement-pdf.ts');
    const content = await statementPdf(set, company, language);
    const name = fileName({ period, state: set.state! }, unit, 'pdf');
    return { name, content, sha256: createHash('sha256').update(content).digest('hex') };
  }

  /**
   * Holds a workbook, or a copy that some program saved, against its own result hash and against the run it names.
   * @param upload its name, when it came from elsewhere: then it is held to tighter limits
   * @throws InvalidInput, Refusal not_ours
   */
  async verify(actor: Actor, path: string, upload?: string): Promise<VerifyReport> {
    requireRight(actor, 'read_statement');
    const { posted, stated } = await (upload === undefined
      ? readSavedWorkbook(path)
      : readSavedWorkbook(path, upload, UPLOAD_LIMITS));
    const period = periodOfText(posted.period);
    const lines = await this.db.read(actor, async (tx) => {
      const run = await runByHash(tx, period, posted.run);
      return run === undefined ? undefined : await lineList(tx, run);
    });
    const differences: string[] = [];
    const own = new Map(posted.lines);
    const digits = minorDigits(posted.currency) ?? 2;
    for (const { line_id: id, unit_code: unit, amount_minor: minor } of lines ?? []) {
      if (posted.unit !== null && unit !== posted.unit) continue;
      const amount = amountText(BigInt(minor), digits);
      const there = own.get(id);
      own.delete(id);
      if (there !== amount) differences.push(`line ${id} of ${unit}: the run posted ${amount}, the file has ${there}`);
    }
    if (lines) for (const id of own.keys()) differences.push(`line ${id} is not of the run`);
    const hash = resultHash(posted);
    if (hash !== stated) differences.push(`result hash: stated ${stated}, recomputed ${hash}: a posted figure changed`);
    const of = posted.unit === null ? posted.period : `${posted.period} ${posted.unit}`;
    const run = lines === undefined ? 'a run that is not here' : 'its run';
    return { checked: [`${of}, result hash ${hash}, held against ${run} ${posted.run}`], differences };
  }

  /**
   * Everything into a folder: the master for those who read all, a pack for every visible unit (or the one asked for), a
   * `.sha256` beside each, and the full detail as CSV parts that the master lists.
   */
  async write(actor: Actor, period: Period, folder: string, options: WorkbookOptions = {}): Promise<WrittenFile[]> {
    requireRight(actor, 'read_statement');
    const { head, units } = await this.visible(actor, period, options);
    const template = readTemplate(options.language);
    mkdirSync(folder, { recursive: true });
    const isWhole = options.unit === undefined && may(actor, 'read_all');
    const detail = isWhole ? new DetailParts(folder, `detail-${period}`) : undefined;
    const master = await this.master(actor, head, template, detail);
    const files: WrittenFile[] = [];
    const keep = async (model: WorkbookModel, unit: string | undefined) => {
      const path = join(folder, fileName(head, unit));
      const written = await writeFile(model, template, path);
      writeFileSync(`${path}.sha256`, `${written.sha256}  ${fileName(head, unit)}\n`);
      files.push({ path, ...written });
    };
    if (isWhole) await keep(master, undefined);
    for (const unit of units)
      if (master.units.some(({ code, hasStatement }) => code === unit && hasStatement))
        await keep(packModel(master, unit, template.version), unit);
    for (const part of master.drillDown?.parts ?? [])
      files.push({ path: join(folder, part.name), bytes: part.bytes, sha256: part.sha256 });
    return files;
  }

  /** The run and the units whose statements the actor may see, by the database's own rules. */
  private async visible(
    actor: Actor,
    period: Period,
    { unit, run }: WorkbookOptions,
  ): Promise<{ head: PeriodRun; units: string[] }> {
    return await this.db.read(actor, async (tx) => {
      if (run !== undefined && !/^\d{1,18}$/.test(run))
        throw new Refusal('no_run', `"${run}" is not the number of a run`, { kind: 'not_found' });
      const head = await periodRun(tx, period, run ?? null);
      if (!head)
        throw new Refusal('no_run', `${period} has ${run === undefined ? 'not been closed' : `no run ${run}`}`, {
          kind: 'not_found',
          next: `answerable close ${period}`,
        });
      const units = (await ownStatements(tx, head.run_id, unit ?? null)).map((statement) => statement.unit_code);
      if (units.length === 0 && (unit !== undefined || !may(actor, 'read_all')))
        throw new Refusal('no_such_statement', `there is no statement of unit ${unit ?? '–'} for ${period}`, {
          kind: 'not_found',
        });
      return { head, units };
    });
  }

  /** The actor's right was checked: the close itself reads all units. */
  private async master(
    actor: Actor,
    head: PeriodRun,
    template: Template,
    detail?: DetailParts,
  ): Promise<WorkbookModel> {
    const rows = new DrillDownSums();
    const { model, mark } = await this.db.books(async (tx) => {
      const run = (await runRow(tx, head.run_id))!;
      const frozen = { watermark: run.watermark, modelId: run.model_id, reads: run.reads };
      const { inputs, context } = await readClose(tx, head.period, frozen, undefined, {
        retention: true,
        keeping: 'look',
      });
      // Cells come in any order; the detail's rows must not.
      const cells = [...inputs.cells].sort((a, b) => compareKeys(a.trace, b.trace));
      const made = masterModel({ ...inputs, cells }, context, {
        run: await runView(tx, head, run),
        templateVersion: template.version,
        observe: (use) => {
          rows.add(use);
          detail?.add(use);
        },
      });
      invariant(made.run.hash === head.hash, `run ${head.run_id} comes out as ${made.run.hash}, it is ${head.hash}`);
      return { model: made, mark: run.watermark };
    }, 'REPEATABLE READ');
    const parts = detail?.end() ?? [];
    const sums = rows.rows();
    const profits = await this.profits(actor, model, mark);
    return { ...model, profits, drillDown: { rows: sums, count: sums?.count ?? 0, parts } };
  }

  /** Profit and loss of the decisions that stand in the workbook, as the actor may see them. */
  private async profits(actor: Actor, model: WorkbookModel, mark: string): Promise<WorkbookModel['profits']> {
    const profits = new Map<string, DecisionProfit>();
    for (const { code } of model.decisions) {
      const report = await this.decisions.report(actor, code, { to: model.period, mark }).catch(refused);
      if (!report) continue;
      const money = (amount: string) => (parseAmount(amount, model.currency) as { minor: bigint }).minor;
      profits.set(code, {
        billed: money(report.billed),
        waived: money(report.waived),
        refunded: money(report.refunded),
        exposures: Fraction.parse(report.exposures),
        contacts: Fraction.parse(report.contacts.attributed),
        cost: money(report.cost.full),
        contactRate: report.contactRate === null ? null : Fraction.parse(report.contactRate),
        retention: money(report.net) - money(report.netWithoutRetention),
        underWaterSince: report.underWaterSince,
      });
    }
    return profits.size === 0 ? undefined : profits;
  }
}

function refused(error: unknown): undefined {
  if (error instanceof Refusal && ['no_such_decision', 'no_run'].includes(error.code)) return undefined;
  throw error;
}

async function runView(tx: Tx, head: PeriodRun, run: RunRow) {
  const deeds = await runDeeds(tx, run.run_id);
  const at = (instant: Date | null) => instant?.toISOString() ?? null;
  const view: Omit<RunView, 'hash' | 'modelHash' | 'inputsHash' | 'onePerson'> = {
    id: run.run_id,
    codeVersion: run.code_version,
    state: head.state,
    priorId: run.reads.previous,
    deeds: [
      { deed: 'prepared', by: deeds.prepared_by, at: at(deeds.prepared_at) },
      { deed: 'submitted', by: deeds.submitted_by, at: at(deeds.submitted_at) },
      { deed: 'approved', by: deeds.approved_by, at: at(deeds.approved_at) },
      { deed: 'issued', by: deeds.issued_by, at: at(deeds.issued_at) },
    ],
    inputs: (await inputFiles(tx, run.watermark, run.period)).map((file) => ({
      number: file.import_id,
      kind: file.kind,
      name: file.file_name,
      rows: file.rows,
      sha256: file.sha256,
      at: file.imported_at.toISOString(),
    })),
  };
  return view;
}

/** What writes workbooks and pages is large, and most commands and requests need neither: it is read when it is. */
const workbooks = () => import('../workbook/workbook.ts');

async function writeFile(model: WorkbookModel, template: Template, path: string): Promise<WrittenWorkbook> {
  const { writeWorkbook } = await workbooks();
  const fd = openSync(path, 'w');
  try {
    return await writeWorkbook(model, template, (chunk) => void writeSync(fd, chunk));
  } finally {
    closeSync(fd);
  }
}

/** Until the period is issued the name says preliminary. */
function fileName(head: Pick<PeriodRun, 'period' | 'state'>, unit: string | undefined, end = 'xlsx'): string {
  const parts = ['statements', head.period, ...(unit === undefined ? [] : [fileWord(unit)])];
  if (head.state !== 'closed') parts.push('preliminary');
  return `${parts.join('-')}.${end}`;
}

/** Codes may hold any printable character; a file name may not. */
const fileWord = (code: string): string => code.replace(/[^A-Za-z0-9._-]/g, '_');
