import { mkdirSync, writeFileSync } from 'node:fs';
import { cpus, totalmem } from 'node:os';
import { join } from 'node:path';
import { PeriodsService } from '../application/periods.service.ts';
import { statementFile } from '../application/statement-files.ts';
import { StatementsService } from '../application/statements.service.ts';
import { ValueService } from '../application/value.service.ts';
import { WorkbookService } from '../application/workbook.service.ts';
import { addMonths, type Period } from '../domain/period.ts';
import type { StatementSet } from '../domain/statements/statement-set.ts';
import { generate } from '../generator/generate.ts';
import { databaseBytes, emptyDatabase, serverOf } from './benchmark-database.ts';
import { importGenerated } from './generated-company.ts';
import type { Shell } from './shell.ts';
import { measured, type Usage } from './usage.ts';

export interface BenchmarkStep extends Usage {
  readonly step: string;
  /** what the rows of the step are */
  readonly of: string;
  readonly rows: number;
}

export interface BenchmarkReport {
  readonly contacts: number;
  readonly months: number;
  readonly steps: readonly BenchmarkStep[];
  readonly databaseBytes: number;
  readonly machine: {
    readonly cores: number;
    readonly memoryBytes: number;
    readonly node: string;
    readonly postgres: string;
  };
}

export const SEED = 1;
export const LAST_PERIOD = '2026-10' as Period;

/**
 * Generates, imports, closes every month and writes all statements, on an embedded database of its own in `home`, which
 * is emptied before and after.
 */
export async function benchmark(
  person: Shell,
  home: string,
  contacts: number,
  months: number,
): Promise<BenchmarkReport> {
  await emptyDatabase(home);
  person.atEnd(() => emptyDatabase(home)); // after the shell below has closed
  const shell = await person.elsewhere(home);
  const { version, postmaster } = await serverOf(shell);
  const steps: BenchmarkStep[] = [];
  const take = async (step: string, of: string, deed: () => Promise<number>): Promise<void> => {
    await shell.say(`${step} …`);
    const { outcome: rows, usage } = await measured(postmaster, deed);
    steps.push({ step, of, rows, ...usage });
  };
  const periods = Array.from({ length: months }, (_, i) => addMonths(LAST_PERIOD, i + 1 - months));
  const company = new Company(shell, join(home, 'company'), periods);
  await take('generate', 'rows of all files', () => company.generate(contacts));
  await take('import', 'rows of all files', () => company.import());
  await take('close', 'contacts', async () => {
    await company.close();
    return contacts;
  });
  await take('retention', 'contacts; the step of the last close alone', async () => {
    await company.retention();
    return contacts;
  });
  await take('statements', 'lines', () => company.writeStatements());
  return {
    contacts,
    months,
    steps,
    databaseBytes: await databaseBytes(home),
    machine: {
      cores: cpus().length,
      memoryBytes: totalmem(),
      node: process.version,
      postgres: version,
    },
  };
}

class Company {
  constructor(
    private readonly shell: Shell,
    private readonly folder: string,
    private readonly periods: readonly Period[],
  ) {}

  async generate(contacts: number): Promise<number> {
    const months = this.periods.length;
    const { files } = await generate({ contacts, months, seed: SEED, endPeriod: LAST_PERIOD, folder: this.folder });
    return files.reduce((rows, file) => rows + (file.rows ?? 0), 0);
  }

  async import(): Promise<number> {
    const report = await importGenerated(this.shell, this.folder);
    return report.files.reduce((rows, file) => rows + file.new, 0);
  }

  async close(): Promise<void> {
    const finance = await this.shell.actor();
    const periods = await this.shell.get(PeriodsService);
    for (const period of this.periods) await periods.close(finance, period);
  }

  async retention(): Promise<void> {
    await (await this.shell.get(ValueService)).preview(await this.shell.actor(), LAST_PERIOD);
  }

  async writeStatements(): Promise<number> {
    const finance = await this.shell.actor();
    const [statements, workbooks] = [
      await this.shell.get(StatementsService),
      await this.shell.assembled(WorkbookService),
    ];
    const out = join(this.folder, '..', 'statements');
    mkdirSync(out, { recursive: true });
    let lines = 0;
    for (const period of this.periods) {
      const set = (await statements.document(finance, period)) as unknown as StatementSet;
      for (const format of ['json', 'csv'] as const) {
        const { name, content } = statementFile(set, format);
        writeFileSync(join(out, name), content);
      }
      await workbooks.write(finance, period, out);
      lines += set.units.reduce((sum, unit) => sum + unit.lines.length, 0);
    }
    return lines;
  }
}
