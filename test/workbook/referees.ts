import { execFileSync } from 'node:child_process';
import { mkdirSync, mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { basename, join } from 'node:path';
import { partsOf, sheetsOf, type SheetsRead } from './cells.ts';

/** Without this LibreOffice trusts the stored results, and a recalculation would prove nothing. */
const ALWAYS_RECALCULATE = `<?xml version="1.0" encoding="UTF-8"?>
<oor:items xmlns:oor="http://openoffice.org/2001/registry">
<item oor:path="/org.openoffice.Office.Calc/Formula/Load"><prop oor:name="OOXMLRecalcMode" oor:op="fuse"><value>0</value></prop></item>
</oor:items>`;

/** Programs that stand for a reader's spreadsheet, in a folder that goes when the test ends. */
export class Referees {
  readonly folder = mkdtempSync(join(tmpdir(), 'answerable-referee-'));

  /** Opens the files, computes every formula anew and saves them. @returns the saved files, in the order given */
  libreOffice(files: readonly string[], to = 'xlsx'): string[] {
    const profile = join(this.folder, 'profile');
    mkdirSync(join(profile, 'user'), { recursive: true });
    writeFileSync(join(profile, 'user', 'registrymodifications.xcu'), ALWAYS_RECALCULATE);
    const out = mkdtempSync(join(this.folder, 'libreoffice-'));
    execFileSync(
      'soffice',
      [`-env:UserInstallation=file://${profile}`, '--headless', '--convert-to', to, '--outdir', out, ...files],
      { stdio: ['ignore', 'ignore', 'ignore'], timeout: 900_000 },
    );
    return files.map((file) => join(out, basename(file).replace(/\.\w+$/, `.${to}`)));
  }

  gnumeric(files: readonly string[]): string[] {
    const out = mkdtempSync(join(this.folder, 'gnumeric-'));
    return files.map((file) => {
      const saved = join(out, basename(file));
      execFileSync('ssconvert', ['--recalc', '-T', 'Gnumeric_Excel:xlsx2', file, saved], {
        stdio: ['ignore', 'ignore', 'ignore'],
        timeout: 120_000,
      });
      return saved;
    });
  }

  /** How many sheets and charts openpyxl finds in each file. */
  openpyxl(files: readonly string[]): { sheets: number; charts: number }[] {
    const script = `import json, sys, openpyxl
books = [openpyxl.load_workbook(f) for f in sys.argv[1:]]
print(json.dumps([{"sheets": len(b.sheetnames), "charts": sum(len(s._charts) for s in b)} for b in books]))`;
    // Debian's own interpreter: that is where its python3-openpyxl is
    const found = execFileSync('/usr/bin/python3', ['-c', script, ...files], { encoding: 'utf8' });
    return JSON.parse(found) as { sheets: number; charts: number }[];
  }

  end(): void {
    rmSync(this.folder, { recursive: true, force: true });
  }
}

export interface Comparison {
  readonly formulas: number;
  /** largest difference of a number */
  readonly largest: number;
  /** cells whose recalculated value is another, or that hold an error */
  readonly faults: readonly string[];
}

/** Every formula's stored result against what another program computed for it. */
export function compared(file: string, recalculated: string): Comparison {
  return compareSheets(sheetsOf(partsOf(file)), sheetsOf(partsOf(recalculated)));
}

function compareSheets(own: SheetsRead, others: SheetsRead): Comparison {
  const faults: string[] = [];
  let formulas = 0;
  let largest = 0;
  const tabs = [...others.values()];
  [...own].forEach(([name, cells], i) => {
    const other = others.get(name) ?? tabs[i]!;
    for (const [reference, { formula, value, isError }] of cells) {
      if (formula === undefined) continue;
      formulas += 1;
      const there = other.get(reference);
      const where = `${name}!${reference} =${formula}`;
      if (value === undefined || isError) faults.push(`${where}: stored without a result`);
      else if (there === undefined || there.isError)
        faults.push(`${where}: ${String(value)} became ${String(there?.value)}`);
      else if (typeof value === 'number') {
        const difference = Math.abs(value - Number(there.value ?? Number.NaN));
        if (difference <= 1e-6) largest = Math.max(largest, difference);
        else faults.push(`${where}: ${value} became ${String(there.value)}`);
      } else if (value !== (there.value ?? '')) faults.push(`${where}: "${value}" became "${String(there.value)}"`);
    }
  });
  return { formulas, largest, faults };
}
