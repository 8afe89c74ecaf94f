import { execFileSync } from 'node:child_process';
import { cpSync, mkdirSync, mkdtempSync, rmSync, symlinkSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { dirname, join } from 'node:path';
import { packageRoot } from '../../src/package-root.ts';

/** One offence per rule of .config/dependency-cruiser.mjs: the file that offends, and what it imports. */
const OFFENCES: Readonly<Record<string, readonly [file: string, imports: string]>> = {
  'no-circular': ['src/domain/first.ts', './second.ts'],
  'domain-is-pure': ['src/domain/reads-a-file.ts', 'node:fs'],
  'domain-order-costing': ['src/domain/costing/offence.ts', '../attribution/target.ts'],
  'domain-order-attribution': ['src/domain/attribution/offence.ts', '../causality/target.ts'],
  'domain-order-causality': ['src/domain/causality/offence.ts', '../retention/target.ts'],
  'domain-order-retention': ['src/domain/retention/offence.ts', '../decisions/target.ts'],
  'domain-order-decisions': ['src/domain/decisions/offence.ts', '../statements/target.ts'],
  'domain-order-statements': ['src/domain/statements/offence.ts', '../scenarios/target.ts'],
  'domain-order-scenarios': ['src/domain/scenarios/offence.ts', '../quality/target.ts'],
  'domain-core-first': ['src/domain/core.ts', './costing/target.ts'],
  'middle-to-domain-only': ['src/persistence/offence.ts', '../application/target.ts'],
  'intake-alone': ['src/intake/offence.ts', '../workbook/target.ts'],
  'workbook-alone': ['src/workbook/offence.ts', '../persistence/target.ts'],
  'generator-alone': ['src/generator/offence.ts', '../intake/target.ts'],
  'persistence-alone': ['src/persistence/reads-files.ts', '../intake/target.ts'],
  'application-not-to-edges': ['src/application/offence.ts', '../cli/target.ts'],
  'http-not-to-other-edges': ['src/http/offence.ts', '../web/target.ts'],
  'web-not-to-other-edges': ['src/web/offence.ts', '../cli/target.ts'],
  'cli-not-to-other-edges': ['src/cli/offence.ts', '../http/target.ts'],
  'exceljs-only-in-workbook-and-intake': ['src/application/writes-excel.ts', 'exceljs'],
  'decimal-js-behind-its-door': ['src/domain/costing/decimal-user.ts', 'decimal.js'],
  'embedded-only-from-the-shell': ['src/http/brings-a-database.ts', '../embedded/target.ts'],
  'prod-not-to-dev-deps': ['src/cli/tests-itself.ts', 'fast-check'],
  'src-not-to-test': ['src/cli/borrows.ts', '../../test/target.ts'],
};

interface Cruise {
  summary: {
    violations: { from: string; rule: { name: string } }[];
    ruleSetUsed: { forbidden: { name: string }[] };
  };
}

describe('directions of the house', () => {
  let folder: string;
  let cruise: Cruise;

  beforeAll(() => {
    // A house of its own, so that nobody who builds at the same time meets the offences.
    folder = mkdtempSync(join(tmpdir(), 'answerable-directions-'));
    for (const file of ['package.json', 'tsconfig.json']) cpSync(join(packageRoot, file), join(folder, file));
    symlinkSync(join(packageRoot, 'node_modules'), join(folder, 'node_modules'));
    for (const [file, target] of Object.values(OFFENCES)) {
      write(file, `import '${target}';\n`);
      if (target.startsWith('.')) write(join(dirname(file), target), 'export {};\n');
    }
    write('src/domain/second.ts', "import './first.ts';\n");
    cruise = cruised(folder);
  });

  afterAll(() => rmSync(folder, { recursive: true, force: true }));

  it('has an offence for every rule', () => {
    const rules = cruise.summary.ruleSetUsed.forbidden.map((rule) => rule.name);
    expect(Object.keys(OFFENCES).sort()).toEqual(rules.sort());
  });

  it.each(Object.entries(OFFENCES))('%s bites', (rule, [file]) => {
    const offenders = cruise.summary.violations.filter((violation) => violation.rule.name === rule);
    expect(offenders.map((violation) => violation.from)).toContain(file);
  });

  function write(file: string, text: string): void {
    mkdirSync(dirname(join(folder, file)), { recursive: true });
    writeFileSync(join(folder, file), text);
  }
});

function cruised(cwd: string): Cruise {
  const tool = join(packageRoot, 'node_modules', 'dependency-cruiser', 'bin', 'dependency-cruise.mjs');
  const config = join(packageRoot, '.config', 'dependency-cruiser.mjs');
  const args = [tool, 'src', '--config', config, '--output-type', 'json'];
  return JSON.parse(execFileSync(process.execPath, args, { cwd, encoding: 'utf8', maxBuffer: 1 << 26 })) as Cruise;
}
