import pg from 'pg';
import { Refusal } from '../domain/errors.ts';
import { pendingMigrations } from './migration-files.ts';

/**
 * Which tables go where. Facts of a customer lie together; a segment names no customer and its contact may be given
 * another, so segments lie by contact. What those statements join is on every node. All other tables stay where they
 * are, on the coordinator: books, audit log, sessions and jobs keep their locks, triggers and row-level security, and
 * records keep their foreign keys, which a reference table may not have into them.
 */
export const FACTS = [
  { table: 'contact', column: 'customer_key' },
  { table: 'exposure', column: 'customer_key' },
  { table: 'revenue', column: 'customer_key' },
  { table: 'contact_segment', column: 'contact_id' },
] as const;
export const REFERENCES = ['company', 'cell'] as const;
/** Those whose rows never change; the triggers that see to it are made anew, because data are moved out from under them. */
const APPEND_ONLY = [...FACTS.map(({ table }) => table), 'cell'] as const;

/** From 12 on: statements of several levels, and triggers on reference tables when they are asked for. */
const OLDEST = 12;
export const ROLES = ['answerable_owner', 'answerable_app', 'answerable_books'];

export interface Distributed {
  readonly citusVersion: string;
  readonly workers: number;
  readonly shards: number;
  /** false: it was so already, and nothing was changed */
  readonly changed: boolean;
}

/**
 * Spreads the facts over the nodes of the Citus cluster behind `url` (of the migrator or a superuser), in one
 * transaction, while imports wait. Said again, it changes nothing.
 * @throws Refusal no_citus, citus_too_old, no_workers, workers_not_ready, schema_pending, distributed_otherwise
 */
export async function distribute(url: string, shards: number): Promise<Distributed> {
  const client = new pg.Client({ connectionString: url, application_name: 'answerable distribute' });
  await client.connect();
  try {
    const citusVersion = await checkCitus(client);
    const pending = await pendingMigrations(url);
    if (pending.length > 0)
      throw new Refusal('schema_pending', `${pending.length} migrations have not run, from ${pending[0]!.name}`, {
        kind: 'conflict',
        next: 'answerable migrate',
      });
    await client.query('set role answerable_owner'); // of the tables: so the workers are asked, too
    const workers = await checkWorkers(client);
    await client.query('begin');
    await client.query(
      `select pg_advisory_xact_lock(hashtext('answerable import')), pg_advisory_xact_lock(hashtext('answerable files'))`,
    );
    const [standing] = await rows<{ shards: number }>(
      client,
      'select shards from distribution order by distribution_no desc limit 1',
    );
    const { none, stray } = await places(client);
    if (!none && (stray.length > 0 || standing === undefined))
      throw new Refusal(
        'distributed_otherwise',
        `not spread as, or not by, this program: ${stray.join(', ') || 'all'}`,
        {
          kind: 'conflict',
          next: `select undistribute_table('TABLE') for each that is spread, then answerable distribute`,
        },
      );
    if (none) await spread(client, { citusVersion, workers, shards });
    await client.query('commit');
    return { citusVersion, workers, shards: none ? shards : standing!.shards, changed: none };
  } finally {
    await client.end(); // an open transaction is gone with it
  }
}

async function rows<T extends object>(client: pg.Client, query: string, parameters: unknown[] = []): Promise<T[]> {
  return (await client.query<T>(query, parameters)).rows;
}

async function checkCitus(client: pg.Client): Promise<string> {
  const next = 'see "Past one machine" in README.md: docker compose -f docker-compose.citus.yml up';
  const [server] = await rows<{ version: string; citus: boolean }>(
    client,
    `select current_setting('server_version') as version, to_regproc('citus_version') is not null as citus`,
  );
  if (!server!.citus)
    throw new Refusal('no_citus', `this database has no Citus (PostgreSQL ${server!.version}); it is one machine`, {
      next,
    });
  const [citus] = await rows<{ text: string }>(client, 'select citus_version() as text');
  const version = /\d+(\.\d+)+/.exec(citus!.text)?.[0] ?? '0';
  if (Number.parseInt(version, 10) < OLDEST)
    throw new Refusal('citus_too_old', `this is Citus ${version}; ${OLDEST} is the oldest that will do`, { next });
  return version;
}

/** The number of workers. They must let the product's roles in from the coordinator, which asks as whoever asks it. */
async function checkWorkers(client: pg.Client): Promise<number> {
  const workers = await rows<{ node_name: string }>(client, 'select node_name from citus_get_active_worker_nodes()');
  if (workers.length === 0)
    throw new Refusal('no_workers', 'the cluster has no workers', {
      next: `select citus_add_node('HOST', 5432) on the coordinator, for each worker`,
    });
  const answers = await rows<{ nodename: string; result: string; success: boolean }>(
    client,
    `select nodename, success, result from run_command_on_workers($1)`,
    [
      `select count(*) from pg_roles where rolcanlogin and rolname in (${ROLES.map((role) => `'${role}'`).join(', ')})
       and has_schema_privilege('answerable_owner', 'public', 'create')`,
    ],
  );
  const unready = answers.filter(({ success, result }) => !success || result !== String(ROLES.length));
  if (unready.length > 0)
    throw new Refusal(
      'workers_not_ready',
      `the product's roles cannot log in, or not make tables, on ${unready.map(({ nodename }) => nodename).join(', ')}`,
      {
        next: `on each worker: create role ROLE login for ${ROLES.join(', ')}; alter database DATABASE owner to answerable_owner`,
      },
    );
  return workers.length;
}

/** Whether none of the tables is spread, and which are not as they should be. */
async function places(client: pg.Client): Promise<{ none: boolean; stray: string[] }> {
  const found = await rows<{ name: string; kind: string; column: string; together: number }>(
    client,
    `select table_name::text as name, citus_table_type as kind, distribution_column as "column", colocation_id as together
     from citus_tables where table_name::text = any ($1)`,
    [[...FACTS.map(({ table }) => table), ...REFERENCES]],
  );
  const placeOf = (table: string) => found.find(({ name }) => name.replace(/^public\./, '') === table);
  const together = placeOf('contact')?.together;
  const asWanted = [
    ...FACTS.map(({ table, column }) => {
      const place = placeOf(table);
      const beside = column !== 'customer_key' || place?.together === together;
      return [table, place?.kind === 'distributed' && place.column === column && beside] as const;
    }),
    ...REFERENCES.map((table) => [table, placeOf(table)?.kind === 'reference'] as const),
  ];
  return { none: found.length === 0, stray: asWanted.filter(([, right]) => !right).map(([table]) => table) };
}

async function spread(client: pg.Client, to: Omit<Distributed, 'changed'>): Promise<void> {
  // One connection a node: tables and their many partitions are made and filled in one transaction.
  await client.query(`set local citus.multi_shard_modify_mode to 'sequential'`);
  // "Unsafe" are triggers that reach into other tables; these refuse a change of their own row and do nothing else.
  await client.query(`set local citus.enable_unsafe_triggers to on`);
  for (const table of APPEND_ONLY) {
    await client.query(`drop trigger if exists append_only on ${table}`);
    await client.query(`drop trigger if exists append_only_all on ${table}`);
  }
  await client.query('update contact set customer_key = own_contact_key(contact_id) where customer_key is null');
  await client.query('alter table contact alter column customer_key set not null');
  // Cells are numbered by the imports; Citus takes no identity column of this size.
  await client.query('alter table cell alter column cell_no drop identity if exists');
  for (const table of REFERENCES) await client.query('select create_reference_table($1)', [`public.${table}`]);
  for (const { table, column } of FACTS) {
    const first = FACTS.find((fact) => fact.column === column)!.table;
    await (first === table
      ? client.query(`select create_distributed_table($1, $2, colocate_with => 'none', shard_count => $3)`, [
          ...[`public.${table}`, column, to.shards],
        ])
      : client.query('select create_distributed_table($1, $2, colocate_with => $3)', [
          ...[`public.${table}`, column, `public.${first}`],
        ]));
  }
  for (const table of [...REFERENCES, ...FACTS.map((fact) => fact.table)])
    await client.query('select truncate_local_data_after_distributing_table($1)', [`public.${table}`]);
  for (const table of APPEND_ONLY) await client.query(`call make_append_only('${table}')`);
  await client.query('insert into distribution (citus_version, workers, shards) values ($1, $2, $3)', [
    ...[to.citusVersion, to.workers, to.shards],
  ]);
}
