import pg from 'pg';
import { Refusal } from '../domain/errors.ts';
import { ensureDatabase, ensureRoles } from './roles.ts';

const APP_LOGIN = 'answerable_app';

/**
 * Makes roles and database of a server when `migratorUrl` may: then answerable_app takes the password of `appUrl`, and
 * the database, made or found, belongs to answerable_owner. A login that may not make roles changes nothing here.
 */
export async function prepareServer(migratorUrl: string, appUrl: string): Promise<void> {
  const app = new URL(appUrl);
  if (app.username !== APP_LOGIN || app.password === '') {
    throw new Refusal(
      'bad_app_login',
      `DATABASE_URL logs in as "${app.username}"; the product takes ${APP_LOGIN} with a password`,
      {
        next: `DATABASE_URL=postgres://${APP_LOGIN}:PASSWORD@${app.host}${app.pathname}`,
      },
    );
  }
  // The database may not be there yet; "postgres" is in every cluster.
  const maintenance = new URL(migratorUrl);
  maintenance.pathname = '/postgres';
  if (!(await mayMakeRoles(maintenance.href))) return;
  const database = decodeURIComponent(new URL(migratorUrl).pathname.slice(1));
  await ensureRoles(maintenance.href, { app: decodeURIComponent(app.password) });
  await ensureDatabase(maintenance.href, database);
  await giveToOwner(maintenance.href, database);
}

async function mayMakeRoles(url: string): Promise<boolean> {
  return await connected(url, async (client) => {
    const { rows } = await client.query<{ may: boolean }>(
      'select rolsuper or rolcreaterole as may from pg_roles where rolname = current_user',
    );
    return rows[0]!.may;
  });
}

/** A database that the provider made belongs to somebody else, and the schema could not be made in it. */
async function giveToOwner(url: string, database: string): Promise<void> {
  await connected(url, async (client) => {
    const { rowCount } = await client.query(
      `select from pg_database where datname = $1 and datdba <> 'answerable_owner'::regrole`,
      [database],
    );
    if (rowCount === 1) {
      await client.query(`alter database ${client.escapeIdentifier(database)} owner to answerable_owner`);
    }
  });
}

async function connected<T>(url: string, look: (client: pg.Client) => Promise<T>): Promise<T> {
  const client = new pg.Client({ connectionString: url, application_name: 'answerable migrate' });
  await client.connect();
  try {
    return await look(client);
  } finally {
    await client.end();
  }
}
