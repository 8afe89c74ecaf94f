import { pendingMigrations } from '../persistence/migration-files.ts';
import { ensureDatabase, ensureRoles } from '../persistence/roles.ts';
import { openHome, passwordsOf } from './home.ts';
import { leaseServer } from './lease.ts';

/** The product's database on the home's own server, migrated. */
export interface EmbeddedDatabase {
  /** For the product: a role that owns nothing */
  readonly appUrl: string;
  /** For the administrator: superuser, on the product's database */
  readonly adminUrl: string;
  release(): Promise<void>;
}

const DATABASE = 'answerable';

/**
 * Leases the home's server and brings roles, database and schema to this program's state; when they are there already,
 * which is the rule, one query finds that out.
 */
export async function openEmbedded(home: string, log?: (line: string) => void): Promise<EmbeddedDatabase> {
  const lease = await leaseServer(home);
  try {
    const passwords = passwordsOf(openHome(home));
    const migratorUrl = lease.urlOf('answerable_migrator', passwords.migrator, DATABASE);
    if (!(await isCurrent(migratorUrl))) {
      await ensureRoles(lease.adminUrl, passwords);
      await ensureDatabase(lease.adminUrl, DATABASE);
      const { migrate } = await import('../persistence/migrate.ts'); // TypeORM takes its time to load
      await migrate(migratorUrl, log === undefined ? {} : { log });
    }
    return {
      appUrl: lease.urlOf('answerable_app', passwords.app, DATABASE),
      adminUrl: lease.urlOf('postgres', passwords.superuser, DATABASE),
      release: lease.release,
    };
  } catch (error) {
    await lease.release();
    throw error;
  }
}

/** Invalid password (also: no such role), no such database, no right to connect: nothing of ours is there yet. */
const NOT_MADE_YET = new Set(['28P01', '28000', '3D000', '42501', '22023']);

async function isCurrent(url: string): Promise<boolean> {
  try {
    return (await pendingMigrations(url)).length === 0;
  } catch (error) {
    if (NOT_MADE_YET.has((error as { code?: string }).code ?? '')) return false;
    throw error;
  }
}
