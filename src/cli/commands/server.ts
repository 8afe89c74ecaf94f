import type { Command } from 'commander';
import type { Answer } from '../answer.ts';
import { addCommand, answering } from '../command.ts';
import { WrongUsage } from '../failure.ts';
import { startServing } from '../serving.ts';
import type { Shell } from '../shell.ts';
import { table } from '../table.ts';

/** The service itself: what runs it, its schema and its environment. */
export function addServerCommands(root: Command): void {
  addCommand(root, {
    name: 'serve',
    about: 'run the service until Ctrl-C: the pages, /healthz (it lives) and /readyz (it can work)',
    examples: ['serve'],
    notes: 'PORT, LOG_LEVEL and the database come from the environment; see answerable config check.',
  }).action(answering(serve));
  addCommand(root, {
    name: 'migrate',
    about: 'bring roles, database and schema to this version; any number of times',
    examples: ['migrate', 'migrate --first-admin dana'],
    notes:
      'With DATABASE_URL it needs DATABASE_MIGRATOR_URL. A superuser there also makes the roles and the database,\n' +
      'with the password of DATABASE_URL for answerable_app. --first-admin makes the first user of an empty database.',
  })
    .option('--first-admin <login>', 'make this admin and print a token, when there is nobody yet')
    .action(answering(migrateDatabase));
  const config = root.command('config').description('the environment');
  addCommand(config, {
    name: 'check',
    about: 'every variable with its value, secrets masked; 2 when one cannot be taken',
    examples: ['config check'],
  }).action(answering(checkConfig));
}

async function serve(shell: Shell): Promise<Answer> {
  const service = await startServing(shell);
  return {
    json: { address: service.address },
    text: `answerable answers at ${service.address}; Ctrl-C ends it`,
    goesOn: () => service.stopped,
  };
}

async function migrateDatabase(shell: Shell, options: { firstAdmin?: string }): Promise<Answer> {
  const config = await shell.config();
  const log = (line: string): void => void shell.say(line);
  const ran =
    config.databaseUrl === undefined ? await embeddedMigrations(shell, log) : await serverMigrations(shell, log);
  const summary = ran.length === 0 ? 'the schema is up to date' : `ran ${ran.join(', ')}`;
  if (options.firstAdmin === undefined) return { json: { ran }, text: summary };
  const { UsersService } = await import('../../application/users.service.ts');
  const made = await (await shell.get(UsersService)).firstAdmin(options.firstAdmin);
  await shell.say(`${summary}; ${made.login} is the first admin; the token is shown once`);
  return { json: { ran, ...made }, text: made.token };
}

async function embeddedMigrations(shell: Shell, log: (line: string) => void): Promise<string[]> {
  const { openEmbedded } = await import('../../embedded/database.ts');
  const ran: string[] = [];
  const server = await openEmbedded((await shell.config()).home, (line) => {
    ran.push(line.split(' ')[1]!);
    log(line);
  });
  shell.atEnd(() => server.release());
  return ran;
}

async function serverMigrations(shell: Shell, log: (line: string) => void): Promise<string[]> {
  const { databaseUrl, databaseMigratorUrl } = await shell.config();
  if (databaseMigratorUrl === undefined) {
    throw new WrongUsage(
      'DATABASE_MIGRATOR_URL: got nothing, wants the login that may change the schema',
      'DATABASE_MIGRATOR_URL=postgres://… answerable migrate',
    );
  }
  const { prepareServer } = await import('../../persistence/server.ts');
  await prepareServer(databaseMigratorUrl, databaseUrl!);
  const { migrate } = await import('../../persistence/migrate.ts');
  return await migrate(databaseMigratorUrl, { log });
}

async function checkConfig(): Promise<Answer> {
  const { configOf, SETTINGS, shownValue } = await import('../../config.ts');
  const config = configOf(process.env);
  const rows = [...SETTINGS].map(([property, setting]) => {
    const value = config[property as keyof typeof config] as string | number | undefined;
    const given = Boolean(process.env[setting.variable]?.trim());
    const shown =
      value === undefined ? `(absent: ${setting.otherwise.replaceAll('`', '')})` : shownValue(setting, String(value));
    return { variable: setting.variable, value: shown, from: given ? 'environment' : 'default' };
  });
  const text = table(rows, [
    { title: 'variable', of: (row) => row.variable },
    { title: 'from', of: (row) => row.from },
    { title: 'value', of: (row) => row.value },
  ]);
  return { json: { settings: rows }, text };
}
