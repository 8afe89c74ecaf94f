import type * as TypeOrm from 'typeorm';
import type { Logger, MigrationInterface, QueryRunner } from 'typeorm';
import { commonJs } from '../common-js.ts';
import { MIGRATIONS_TABLE, migrationFiles, refuseNewer, type MigrationFile } from './migration-files.ts';

const { DataSource, MigrationExecutor, QueryFailedError } = commonJs('typeorm') as typeof TypeOrm;

const MIGRATION_LOCK = 7_265_114_002;

/**
 * Runs the files of `migrations/` that the database has not run yet, each in a transaction of its own, as
 * answerable_owner. `url`: of the migrator or of a superuser. A second migrator waits for the first and finds nothing
 * to do. Gives the names of the files run now; at a fault it names file and line, and the files before it stay.
 */
export async function migrate(
  url: string,
  options: { log?: (line: string) => void; folder?: string } = {},
): Promise<string[]> {
  const files = migrationFiles(options.folder);
  const dataSource = new DataSource({
    type: 'postgres',
    url,
    applicationName: 'answerable migrate',
    entities: [],
    migrations: files.map((file) => migrationClass(file, options.log)),
    migrationsTableName: MIGRATIONS_TABLE,
    synchronize: false,
    installExtensions: false,
    logger: SILENT,
    poolSize: 1,
  });
  await dataSource.initialize();
  try {
    // One connection for lock, role and migrations: all three belong to the session.
    const session = dataSource.createQueryRunner();
    await session.query('set role answerable_owner');
    await session.query('select pg_advisory_lock($1)', [MIGRATION_LOCK]);
    const executor = new MigrationExecutor(dataSource, session);
    executor.transaction = 'each';
    refuseNewer(
      (await executor.getExecutedMigrations()).map((migration) => migration.name),
      files,
    );
    const ran = (await executor.executePendingMigrations()).map((migration) => migration.name);
    return files.filter((file) => ran.includes(file.recordedName)).map((file) => file.name);
  } finally {
    await dataSource.destroy(); // ends the session, and the lock with it
  }
}

/** Standard output belongs to the command; TypeORM would print failed migrations there. Faults are thrown anyhow. */
const SILENT: Logger = {
  logQuery: () => undefined,
  logQueryError: () => undefined,
  logQuerySlow: () => undefined,
  logSchemaBuild: () => undefined,
  logMigration: () => undefined,
  log: () => undefined,
};

function migrationClass(file: MigrationFile, log: ((line: string) => void) | undefined): new () => MigrationInterface {
  return class implements MigrationInterface {
    readonly name = file.recordedName;

    async up(session: QueryRunner): Promise<void> {
      const startedAt = performance.now();
      try {
        await session.query(file.sql);
      } catch (error) {
        throw withPlace(error, file);
      }
      log?.(`migration ${file.name} (${Math.round(performance.now() - startedAt)} ms)`);
    }

    async down(): Promise<void> {
      throw new Error(`migration ${file.name} goes forward only`);
    }
  };
}

function withPlace(error: unknown, file: MigrationFile): unknown {
  if (!(error instanceof QueryFailedError)) return error;
  const position = Number((error.driverError as { position?: string }).position);
  const line = position > 0 ? `:${file.sql.slice(0, position - 1).split('\n').length}` : '';
  return new Error(`migrations/${file.name}.sql${line}: ${error.message}`, { cause: error });
}
