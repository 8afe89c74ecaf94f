import { channel } from 'node:diagnostics_channel';
import { join } from 'node:path';
import { mkdtemp, readdir, readFile, rm, stat } from 'node:fs/promises';
import { Injectable } from '@nestjs/common';
import { InvalidInput } from '../domain/errors.ts';
import type { Period } from '../domain/period.ts';
import type { Actor, Deed as Right } from '../domain/roles.ts';
import type { StatementSet } from '../domain/statements/statement-set.ts';
import { processFolder } from '../process-folder.ts';
import type { Language } from '../workbook/plan/template.ts';
import { ImportsService, type ImportReport } from './imports.service.ts';
import type { IssueReport } from './issue.ts';
import { inputOpener } from './input-opener.ts';
import { MailsService, type Mail } from './mails.service.ts';
import type { OnStep } from './on-step.ts';
import { PeriodsService } from './periods.service.ts';
import type { Control } from './roll-up-control.ts';
import { VerifyService, type VerifyReport } from './verify.service.ts';
import { WorkbookService } from './workbook.service.ts';

/** Work that takes longer than one likes to wait. Plain values: it is kept as JSON until somebody does it. */
export type Work =
  | { readonly kind: 'close'; readonly period: Period; readonly preview: boolean; readonly control: Control }
  | { readonly kind: 'issue'; readonly period: Period }
  | { readonly kind: 'verify'; readonly period?: Period; readonly run?: string }
  | {
      readonly kind: 'workbook';
      readonly period: Period;
      readonly unit?: string;
      readonly run?: string;
      readonly language?: Language;
    }
  | ({ readonly kind: 'mail' } & Mail)
  | {
      readonly kind: 'import';
      readonly of: string;
      readonly fileName: string;
      readonly dryRun: boolean;
      readonly acceptValid: boolean;
      readonly createReasons: boolean;
      readonly mapping?: { readonly yaml: string; readonly file: string };
    };

/** The statements of a run, as `statements --format json` gives them. */
export interface CloseAnswer extends StatementSet {
  /** nothing was kept */
  readonly preview: boolean;
  /** false: the same inputs had given this run before */
  readonly isNew: boolean;
}

export interface ImportAnswer extends Omit<ImportReport, 'errorFile'> {
  /** CSV of the refused rows with what is wrong with each; null when there are none, or too many for an answer */
  readonly refusedRows: string | null;
}

/** What each kind of work answers. */
export interface Answers {
  readonly close: CloseAnswer;
  readonly issue: IssueReport & { readonly state: 'closed' };
  readonly verify: VerifyReport;
  readonly workbook: { readonly name: string; readonly sha256: string; readonly bytes: number };
  readonly import: ImportAnswer;
  readonly mail: { readonly to: string; readonly statement: string; readonly sha256: string };
}

/** What came of work; a file beside it when that is what was asked for. */
export interface Outcome<T = unknown> {
  /** what JSON can say */
  readonly answer: T;
  readonly file?: { readonly name: string; readonly content: Buffer };
}

/** The right that each kind needs: looked at when it is asked for, and again by the deed itself. */
export const WORK_RIGHTS: Readonly<Record<Work['kind'], Right>> = {
  close: 'close',
  issue: 'issue',
  verify: 'verify',
  workbook: 'read_statement',
  import: 'import',
  mail: 'mail',
};

/** Kinds that change the books: they and the note that they are done are one transaction. */
export const CHANGES_BOOKS: ReadonlySet<string> = new Set<Work['kind']>(['close', 'issue', 'import']);

/** What one close took, for whoever measures. */
export interface CloseTime {
  readonly seconds: number;
  readonly outcome: 'kept' | 'preview' | 'failed';
}
/** Tells a CloseTime after each close that this process did. */
export const CLOSES = channel('answerable:close');

/** Refused rows that an answer carries; more are had by importing a part of the file. */
const LONGEST_REFUSED = 1_000_000;
const SILENT: OnStep = () => undefined;

/** Does work, now or as a job: the same services, the same answer. */
@Injectable()
export class Worker {
  constructor(
    private readonly periods: PeriodsService,
    private readonly verifier: VerifyService,
    private readonly workbooks: WorkbookService,
    private readonly imports: ImportsService,
    private readonly mails: MailsService,
  ) {}

  /** @param input path of the file that an import reads */
  async do<W extends Work>(
    actor: Actor,
    work: W,
    input?: string,
    onStep: OnStep = SILENT,
  ): Promise<Outcome<Answers[W['kind']]>> {
    return (await this.outcome(actor, work, input, onStep)) as Outcome<Answers[W['kind']]>;
  }

  private async outcome(actor: Actor, work: Work, input: string | undefined, onStep: OnStep): Promise<Outcome> {
    switch (work.kind) {
      case 'close':
        return await this.close(actor, work, onStep);
      case 'issue':
        onStep('issuing', 0, 1);
        return { answer: { ...(await this.periods.issue(actor, work.period)), state: 'closed' } };
      case 'verify':
        return {
          answer:
            work.run === undefined
              ? await this.verifier.verify(actor, work.period, onStep)
              : await this.verifier.verifyRun(actor, work.run),
        };
      case 'workbook': {
        const { period, unit, run, language } = work;
        onStep('making the workbook', 0, 1);
        const file = await this.workbooks.file(actor, period, { unit, run, language });
        return { answer: { name: file.name, sha256: file.sha256, bytes: file.content.length }, file };
      }
      case 'mail':
        return { answer: await this.mails.send(actor, work) };
      case 'import':
        return { answer: await this.importFile(actor, work, input!, onStep) };
    }
  }

  private async close(actor: Actor, work: Extract<Work, { kind: 'close' }>, onStep: OnStep): Promise<Outcome> {
    const begun = performance.now();
    let outcome: CloseTime['outcome'] = 'failed';
    try {
      const { preview, control } = work;
      const { document, isNew } = await this.periods.close(actor, work.period, { preview, control, onStep });
      outcome = preview ? 'preview' : 'kept';
      return { answer: { ...document, preview, isNew } };
    } finally {
      CLOSES.publish({ seconds: (performance.now() - begun) / 1000, outcome } satisfies CloseTime);
    }
  }

  private async importFile(
    actor: Actor,
    work: Extract<Work, { kind: 'import' }>,
    path: string,
    onStep: OnStep,
  ): Promise<unknown> {
    const { dryRun, acceptValid, createReasons, fileName } = work;
    const { open, mapping } = inputOpener('upload', work.mapping);
    const errorFolder = await mkdtemp(join(processFolder(), 'refused-'));
    try {
      const report = await this.imports.importFile(actor, work.of, path, {
        ...{ dryRun, acceptValid, createReasons, open, mapping, errorFolder, fileName },
        onProgress: ({ bytes, bytesTotal }) => onStep('reading', bytes, bytesTotal),
      });
      return { ...taken(report), refusedRows: await refusedRows(errorFolder) };
    } finally {
      await rm(errorFolder, { recursive: true, force: true });
    }
  }
}

/** @throws InvalidInput when nothing was taken because of its rows */
export function taken(report: ImportReport): Omit<ImportReport, 'errorFile'> {
  if (report.importId === null && !report.dryRun && report.faultCount > 0)
    throw new InvalidInput(report.faults, report.faultCount);
  const { errorFile: _, ...rest } = report;
  return rest;
}

/** CSV of the refused rows with what is wrong with each; null when there are none, or too many for an answer. */
async function refusedRows(folder: string): Promise<string | null> {
  const [name] = await readdir(folder);
  if (name === undefined) return null;
  const path = join(folder, name);
  return (await stat(path)).size > LONGEST_REFUSED ? null : await readFile(path, 'utf8');
}
