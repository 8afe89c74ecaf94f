import { InvalidArgumentError, Option, type Command } from 'commander';
import { ROLES, type Role } from '../../domain/roles.ts';
import type { UserRow } from '../../persistence/users.queries.ts';
import type { Answer } from '../answer.ts';
import { addCommand, answering } from '../command.ts';
import { readText } from '../input.ts';
import type { Shell } from '../shell.ts';
import { table } from '../table.ts';

const roleOption = (): Option =>
  new Option('--role <role>', 'what the user may do').choices(ROLES).makeOptionMandatory();
const unitOption = (): Option =>
  new Option('--unit <code...>', 'units of a unit_owner; the units below them are included').default([], 'none');
const ADMIN_NOTE = 'Only an admin changes accounts: on the embedded database --as admin.';

export function addAccountCommands(root: Command): void {
  const user = root.command('user').description('accounts and roles');
  addCommand(user, {
    name: 'add <login>',
    about: 'add a user',
    examples: ['user add ravi --name "Ravi" --role unit_owner --unit RETAIL --as admin'],
    notes: ADMIN_NOTE,
    acts: true,
  })
    .option('--name <name>', 'name for people (default: the login)')
    .addOption(roleOption())
    .addOption(unitOption())
    .action(answering(addUser));
  addCommand(user, { name: 'list', about: 'who there is, in which role', examples: ['user list'], acts: true }).action(
    answering(async (shell: Shell) => {
      const actor = await shell.actor();
      const users = await (await service(shell)).list(actor);
      return { json: { users }, text: usersText(users) };
    }),
  );
  addCommand(user, {
    name: 'role <login>',
    about: "change a user's role or units; the user's tokens end",
    examples: ['user role ravi --role unit_owner --unit RETAIL --unit DIGITAL --as admin'],
    notes: ADMIN_NOTE,
    acts: true,
  })
    .addOption(roleOption())
    .addOption(unitOption())
    .action(
      answering(async (shell: Shell, login: string, { role, unit }: { role: Role; unit: string[] }) =>
        changed(await (await service(shell)).changeRole(await shell.actor(), login, role, unit)),
      ),
    );
  addCommand(user, {
    name: 'disable <login>',
    about: 'the user may not act any more; what the user did stays',
    examples: ['user disable ravi --as admin'],
    notes: ADMIN_NOTE,
    acts: true,
  }).action(
    answering(async (shell: Shell, login: string) =>
      changed(await (await service(shell)).disable(await shell.actor(), login)),
    ),
  );
  addCommand(user, {
    name: 'password <login>',
    about: 'set a password for the pages, read from stdin; for others only by an admin',
    examples: ['user password ravi --as admin < password.txt'],
    notes: 'It has 12 to 200 characters; a line end at its end is none of them.',
    acts: true,
  }).action(answering(setPassword));
  addCommand(user, {
    name: 'mail <login> [address]',
    about: "where somebody's mail goes; without ADDRESS to the login, when that is one",
    examples: ['user mail ravi ravi@example.com --as admin'],
    notes: ADMIN_NOTE,
    acts: true,
  }).action(
    answering(async (shell: Shell, login: string, address: string | undefined) => {
      const { MailsService } = await import('../../application/mails.service.ts');
      await (await shell.assembled(MailsService)).setAddress(await shell.actor(), login, address ?? null);
      const text = address === undefined ? `${login} has no address of its own` : `mail of ${login} goes to ${address}`;
      return { json: { login, mailAddress: address ?? null }, text };
    }),
  );

  const token = root.command('token').description('tokens that say who acts');
  addCommand(token, {
    name: 'create [login]',
    about: 'make a token, shown once',
    examples: [
      'token create --label laptop',
      'token create ravi --label nightly --days 30 --as admin',
      'token create --label dashboard --role unit_owner --unit RETAIL',
    ],
    notes:
      'Without LOGIN for oneself; for others only by an admin. A token held to a role does what that role and its holder\n' +
      'both may do; held to units it sees those and the units below them. Such a token opens no page.',
    acts: true,
  })
    .option('--label <text>', 'what the token is for', 'shell')
    .option('--days <n>', 'days until it expires, at most 366', wholeNumber, 90)
    .addOption(new Option('--role <role>', 'hold it to a role: the own one, auditor or unit_owner').choices(ROLES))
    .option('--unit <code...>', 'hold it to units, as their owner sees them')
    .action(answering(createToken));
  addCommand(token, {
    name: 'list',
    about: 'own tokens; an admin or auditor sees all',
    examples: ['token list', 'token list --as admin'],
    acts: true,
  }).action(answering(listTokens));
  addCommand(token, {
    name: 'revoke',
    about: 'end a token at once',
    examples: ['token revoke 7'],
    acts: true,
  })
    .argument('<id>', 'number of `token list`', wholeNumber)
    .action(
      answering(async (shell: Shell, id: number) => {
        await (await service(shell)).revokeToken(await shell.actor(), id);
        return { json: { revoked: id }, text: `token ${id} is revoked` };
      }),
    );
}

async function addUser(
  shell: Shell,
  login: string,
  options: { name?: string; role: Role; unit: string[] },
): Promise<Answer> {
  const { name = login, role, unit: units } = options;
  const user = await (await service(shell)).add(await shell.actor(), { login, name, role, units });
  return { ...changed(user), next: `answerable token create ${user.login}` };
}

async function setPassword(shell: Shell, login: string): Promise<Answer> {
  const password = readText('-').replace(/\r?\n$/, '');
  await (await service(shell)).setPassword(await shell.actor(), login, password);
  return { json: { login }, text: `${login} has a new password` };
}

async function createToken(
  shell: Shell,
  login: string | undefined,
  options: { label: string; days: number; role?: Role; unit?: string[] },
): Promise<Answer> {
  const actor = await shell.actor();
  const { label, days, role = null, unit: units = null } = options;
  const made = await (await service(shell)).createToken(actor, login ?? actor.login, label, days, { role, units });
  await shell.say(`token ${made.tokenId} of ${made.login}, good until ${day(made.expiresAt)}; ${made.note}`);
  return { json: made, text: made.token, next: `ANSWERABLE_TOKEN=${made.token.slice(0, 11)}… answerable periods` };
}

async function listTokens(shell: Shell): Promise<Answer> {
  const tokens = await (await service(shell)).tokens(await shell.actor());
  const text = table(tokens, [
    { title: 'id', of: (t) => t.tokenId, right: true },
    { title: 'user', of: (t) => t.login },
    { title: 'label', of: (t) => t.label },
    { title: 'held to', of: (t) => [t.role, ...(t.units ?? [])].filter((word) => word !== null).join(' ') },
    { title: 'state', of: (t) => t.state },
    { title: 'expires', of: (t) => day(t.expiresAt) },
    { title: 'last used', of: (t) => (t.lastUsedAt === null ? 'never' : day(t.lastUsedAt)) },
  ]);
  if (tokens.length > 0) return { json: { tokens }, text };
  return { json: { tokens }, text: 'no tokens', next: 'answerable token create' };
}

async function service(shell: Shell) {
  const { UsersService } = await import('../../application/users.service.ts');
  return await shell.get(UsersService);
}

const changed = (user: UserRow): Answer => ({ json: user, text: usersText([user]) });

function usersText(users: readonly UserRow[]): string {
  return table(users, [
    { title: 'login', of: (u) => u.login },
    { title: 'name', of: (u) => u.name },
    { title: 'role', of: (u) => u.role },
    { title: 'units', of: (u) => u.units.join(' ') },
    { title: 'state', of: (u) => (u.disabled ? 'disabled' : 'active') },
  ]);
}

const day = (at: Date): string => at.toISOString().slice(0, 10);

function wholeNumber(text: string): number {
  if (!/^\d{1,9}$/.test(text)) throw new InvalidArgumentError('It takes a whole number.');
  return Number(text);
}
