import pg from 'pg';

/**
 * Roles of the cluster, none of which is superuser, bypasses row-level security or makes roles:
 * owner (no login, owns every object), migrator (logs in to migrate, may become the owner), app (logs in for the
 * product, owns and inherits nothing), books (no login; the app takes it inside a transaction for deeds on the books).
 */
const ROLES = {
  answerable_owner: 'nologin',
  answerable_migrator: 'login inherit',
  answerable_app: 'login noinherit',
  answerable_books: 'nologin',
} as const;
type RoleName = keyof typeof ROLES;

const ROLE_LOCK = 7_265_114_001;
/** Other sessions may make the same role or database at the same moment: duplicate object, unique violation, concurrent update. */
const RACE_CODES = new Set(['42710', '42P04', '23505', 'XX000', '40001']);

/**
 * Makes the roles that are absent, sets the passwords given and takes away what a role must not have. Any number of
 * times, also at once. `adminUrl`: a superuser, or a role that may create roles.
 */
export async function ensureRoles(adminUrl: string, passwords: { migrator?: string; app: string }): Promise<void> {
  await againWhenRaced(() =>
    connected(adminUrl, async (client) => {
      await client.query('begin');
      // Roles belong to the cluster but advisory locks to one database: sessions elsewhere are met by the retry.
      await client.query('select pg_advisory_xact_lock($1)', [ROLE_LOCK]);
      for (const name of Object.keys(ROLES) as RoleName[]) await ensureRole(client, name);
      const { rows } = await client.query<{ rolsuper: boolean }>(
        'select rolsuper from pg_roles where rolname = current_user',
      );
      if (!rows[0]!.rolsuper) await client.query('grant answerable_owner to current_user'); // else no database can be made for the owner
      await client.query('grant answerable_owner to answerable_migrator');
      await client.query('grant answerable_books to answerable_app');
      if (passwords.migrator !== undefined) {
        await client.query(`alter role answerable_migrator password ${client.escapeLiteral(passwords.migrator)}`);
      }
      await client.query(`alter role answerable_app password ${client.escapeLiteral(passwords.app)}`);
      await client.query('commit');
    }),
  );
}

async function ensureRole(client: pg.Client, name: RoleName): Promise<void> {
  const { rows } = await client.query<{
    rolsuper: boolean;
    rolbypassrls: boolean;
    rolcreaterole: boolean;
    rolcreatedb: boolean;
  }>('select rolsuper, rolbypassrls, rolcreaterole, rolcreatedb from pg_roles where rolname = $1', [name]);
  const role = rows[0];
  if (role === undefined) {
    await client.query(`create role ${name} ${ROLES[name]}`);
    return;
  }
  await client.query(`alter role ${name} ${ROLES[name]}`);
  // Named only when present: on PostgreSQL 15 a non-superuser may not even mention these words.
  const surplus = [
    role.rolsuper && 'nosuperuser',
    role.rolbypassrls && 'nobypassrls',
    role.rolcreaterole && 'nocreaterole',
    role.rolcreatedb && 'nocreatedb',
  ].filter(Boolean);
  if (surplus.length > 0) await client.query(`alter role ${name} ${surplus.join(' ')}`);
}

/**
 * Makes the database when it is absent, owned by answerable_owner; only the product's two logins may connect.
 * `template`: a database to copy, with nobody connected to it.
 */
export async function ensureDatabase(adminUrl: string, name: string, template?: string): Promise<void> {
  await connected(adminUrl, async (client) => {
    const database = client.escapeIdentifier(name);
    const exists = async (): Promise<boolean> =>
      (await client.query('select from pg_database where datname = $1', [name])).rowCount === 1;
    if (!(await exists())) {
      const from = template === undefined ? '' : ` template ${client.escapeIdentifier(template)}`;
      await againWhenRaced(async () => {
        if (!(await exists())) await client.query(`create database ${database} owner answerable_owner${from}`);
      });
    }
    await againWhenRaced(async () => {
      await client.query(`revoke all on database ${database} from public`);
      await client.query(`grant connect, temporary on database ${database} to answerable_app, answerable_migrator`);
      // imports stage rows in temporary tables
      await client.query(`grant temporary on database ${database} to answerable_books`);
    });
  });
}

async function connected(url: string, deed: (client: pg.Client) => Promise<void>): Promise<void> {
  const client = new pg.Client({ connectionString: url, application_name: 'answerable roles' });
  await client.connect();
  try {
    await deed(client);
  } finally {
    await client.end();
  }
}

async function againWhenRaced(deed: () => Promise<void>): Promise<void> {
  for (let attempt = 1; ; attempt += 1) {
    try {
      await deed();
      return;
    } catch (error) {
      const code = (error as { code?: string }).code;
      if (attempt === 10 || code === undefined || !RACE_CODES.has(code)) throw error;
      await new Promise((resolve) => setTimeout(resolve, 20 * attempt));
    }
  }
}
