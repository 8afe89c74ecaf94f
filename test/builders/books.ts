import { mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import pg from 'pg';
import { AuditService } from '../../src/application/audit.service.ts';
import { CorrectionsService } from '../../src/application/corrections.service.ts';
import { DisputesService } from '../../src/application/disputes.service.ts';
import { ExplainService } from '../../src/application/explain.service.ts';
import { ImportsService } from '../../src/application/imports.service.ts';
import { IssuedService } from '../../src/application/issued.service.ts';
import { JournalsService } from '../../src/application/journals.service.ts';
import { ModelsService } from '../../src/application/models.service.ts';
import { ParkedService } from '../../src/application/parked.service.ts';
import { PeriodsService } from '../../src/application/periods.service.ts';
import { SettingsService } from '../../src/application/settings.service.ts';
import { StatementsService } from '../../src/application/statements.service.ts';
import { UsersService } from '../../src/application/users.service.ts';
import { VerifyService } from '../../src/application/verify.service.ts';
import type { Period } from '../../src/domain/period.ts';
import type { Actor, Role } from '../../src/domain/roles.ts';
import { Database } from '../../src/persistence/database.ts';
import { testDatabase, type TestDatabase } from '../database/test-database.ts';

/** The product's services on a database of its own, with one person of each role. */
export interface TestBooks {
  readonly db: Database;
  readonly database: TestDatabase;
  readonly imports: ImportsService;
  readonly models: ModelsService;
  readonly periods: PeriodsService;
  readonly statements: StatementsService;
  readonly explain: ExplainService;
  readonly verify: VerifyService;
  readonly audit: AuditService;
  readonly issued: IssuedService;
  readonly settings: SettingsService;
  readonly disputes: DisputesService;
  readonly corrections: CorrectionsService;
  readonly parked: ParkedService;
  readonly journals: JournalsService;
  readonly users: UsersService;
  readonly people: Readonly<Record<Role, Actor>>;
  /** Imports files by their name, e.g. { 'units.csv': 'unit_code,name\nRETAIL,Retail' }, and applies model.yaml. */
  given(files: Readonly<Record<string, string>>): Promise<void>;
  /** Brings a period from wherever it is to issued and closed: finance prepares, controller approves and issues. */
  issue(period: Period): Promise<void>;
  /** SQL as the superuser: arranging, and looking behind the curtain. */
  sql<T = Record<string, unknown>>(text: string, parameters?: unknown[]): Promise<T[]>;
  /** Lets go of the connections; the database stays. */
  close(): Promise<void>;
  end(): Promise<void>;
}

const ROLES: readonly Role[] = ['finance', 'controller', 'cfo', 'unit_owner', 'service_leader', 'auditor', 'admin'];

/**
 * @param on another database than a new one of the test run's server
 * @param known its people, when it has them already
 */
export async function testBooks(on?: TestDatabase, known?: TestBooks['people']): Promise<TestBooks> {
  const database = on ?? (await testDatabase());
  const admin = new pg.Client({ connectionString: database.adminUrl });
  await admin.connect();
  const db = await Database.connect(database.appUrl, { poolSize: 8 });
  const people = { ...known } as Record<Role, Actor>;
  for (const role of known ? [] : ROLES) {
    const { rows } = await admin.query<{ user_id: string }>(
      'insert into app_user (login, name, role) values ($1, $1, $2) returning user_id',
      [role, role],
    );
    people[role] = { userId: Number(rows[0]!.user_id), login: role, name: role, role, units: [] };
  }
  const imports = new ImportsService(db);
  const models = new ModelsService(db);
  const periods = new PeriodsService(db);
  const close = async () => {
    await db.close();
    await admin.end();
  };
  return {
    db,
    database,
    imports,
    models,
    periods,
    statements: new StatementsService(db),
    explain: new ExplainService(db),
    verify: new VerifyService(db),
    audit: new AuditService(db),
    issued: new IssuedService(db),
    settings: new SettingsService(db),
    disputes: new DisputesService(db),
    corrections: new CorrectionsService(db),
    parked: new ParkedService(db),
    journals: new JournalsService(db),
    users: new UsersService(db),
    people,
    async given(files) {
      const folder = mkdtempSync(join(tmpdir(), 'answerable-given-'));
      try {
        for (const [name, content] of Object.entries(files)) writeFileSync(join(folder, name), content);
        const report = await imports.importFolder(people.finance, folder, {
          applyModel: async (yaml) => {
            const applied = await models.apply(people.finance, yaml);
            return `model ${applied.modelId}`;
          },
        });
        const refused = report.files.filter((file) => file.refused > 0);
        if (report.stoppedAt !== undefined || refused.length > 0)
          throw new Error(`given: ${JSON.stringify(report, null, 1)}`);
      } finally {
        rmSync(folder, { recursive: true, force: true });
      }
    },
    async issue(period) {
      await periods.close(people.finance, period);
      await periods.submit(people.finance, period);
      await periods.approve(people.controller, period);
      await periods.issue(people.controller, period);
    },
    async sql<T>(text: string, parameters: unknown[] = []) {
      return (await admin.query(text, parameters)).rows as T[];
    },
    close,
    async end() {
      await close();
      await database.drop();
    },
  };
}

/** CSV text of rows; the columns are those of the first row. */
export function csv(rows: readonly Readonly<Record<string, string | number>>[]): string {
  const columns = Object.keys(rows[0] ?? {});
  const cell = (value: string | number | undefined) =>
    /[",\n]/.test(String(value ?? '')) ? `"${String(value).replaceAll('"', '""')}"` : String(value ?? '');
  return (
    [columns.join(','), ...rows.map((row) => columns.map((column) => cell(row[column])).join(','))].join('\n') + '\n'
  );
}
