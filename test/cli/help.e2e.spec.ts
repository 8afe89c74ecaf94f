import { Command } from 'commander';
import { program } from '../../src/cli/program.ts';
import { answerable, answerableHere } from './answerable.ts';

/** Every command with its full name, groups left out. */
function commandsOf(command: Command, path: readonly string[] = []): (readonly [string, Command])[] {
  return command.commands.flatMap((inner): (readonly [string, Command])[] => {
    const name = [...path, inner.name()];
    return inner.commands.length > 0 ? commandsOf(inner, name) : [[name.join(' '), inner]];
  });
}
const COMMANDS = commandsOf(program());

describe('every command', () => {
  it.each(COMMANDS)('%s says what it does, takes --json and shows an example that names it', (name, command) => {
    expect(command.description()).not.toBe('');
    expect(command.options.map((option) => option.long)).toContain('--json');
    let help = '';
    command.configureOutput({ writeOut: (text) => (help += text) }).outputHelp();
    expect(help).toContain(`answerable ${name}`);
    expect(help).toMatch(new RegExp(`Examples?:\\n  answerable ${name}\\b`));
    expect(help).not.toMatch(/undefined|\[object/);
  });
});

describe('answerable', () => {
  it('shows its commands on stdout when asked, and ends well', async () => {
    const { exitCode, stdout, stderr } = await answerable(['--help']);
    expect({ exitCode, stderr }).toEqual({ exitCode: 0, stderr: '' });
    for (const [name] of COMMANDS) expect(stdout).toContain(name.split(' ')[0]);
  });

  it.each([
    ['no command', []],
    ['an unknown command', ['clsoe']],
    ['an unknown option', ['user', 'list', '--all']],
    ['a missing argument', ['user', 'disable']],
    ['one argument too many', ['user', 'list', 'dana']],
    ['a value that is not a choice', ['user', 'add', 'dana', '--role', 'boss']],
    ['a number that is none', ['token', 'revoke', 'seven']],
  ])('ends with 2 at %s, and says so on stderr only', async (_case, args) => {
    const { exitCode, stdout, stderr } = await answerableHere(args);
    expect({ exitCode, stdout }).toEqual({ exitCode: 2, stdout: '' });
    expect(stderr).not.toBe('');
  });

  it('says wrong usage as JSON, too', async () => {
    const { exitCode, stdout } = await answerableHere(['user', 'disable', '--json']);
    expect(exitCode).toBe(2);
    expect(JSON.parse(stdout)).toMatchObject({ error: { code: 'wrong_usage' } });
  });

  it('names every variable of the environment that it cannot take', async () => {
    const { exitCode, stderr } = await answerableHere(['user', 'list'], { PORT: 'abc', DATABASE_URL: 'x' });
    expect(exitCode).toBe(2);
    expect(stderr).toContain('DATABASE_URL: got');
    expect(stderr).toContain('PORT: got "abc", wants a port number from 1 to 65535');
  });

  it('ends with 1 when the database does not answer', async () => {
    const env = {
      DATABASE_URL: 'postgres://answerable_app:x@127.0.0.1:1/answerable',
      ANSWERABLE_TOKEN: `answerable_${'x'.repeat(43)}`,
    };
    const { exitCode, stdout, stderr } = await answerableHere(['user', 'list'], env);
    expect({ exitCode, stdout }).toEqual({ exitCode: 1, stdout: '' });
    expect(stderr).toContain('connection refused');
  });
});

describe('evaluate', () => {
  const spec = JSON.stringify({ total: '182.25', weights: [98, 2], decimals: 2 });

  it('reads a spec from stdin and prints one flat JSON object', async () => {
    const { exitCode, stdout, stderr } = await answerable(['evaluate', 'apportion', '-'], { stdin: spec });
    expect({ exitCode, stderr }).toEqual({ exitCode: 0, stderr: '' });
    expect(JSON.parse(stdout)).toEqual({ shares: [178.61, 3.64] });
  });

  it('explains a method: evaluate --help METHOD', async () => {
    const { exitCode, stdout } = await answerableHere(['evaluate', '--help', 'apportion']);
    expect(exitCode).toBe(0);
    expect(stdout).toContain('Spec (* must be there):');
    const example = /<<'EOF'\n([\s\S]*?)\n {2}EOF/.exec(stdout)![1]!;
    expect((await answerable(['evaluate', 'apportion', '-'], { stdin: example })).exitCode).toBe(0);
  });

  it('ends with 3 when the spec is refused, with 2 when it cannot be read', async () => {
    expect((await answerable(['evaluate', 'apportion', '-'], { stdin: '{' })).exitCode).toBe(3);
    expect((await answerableHere(['evaluate', 'no_such', '-'])).exitCode).toBe(3);
    expect((await answerableHere(['evaluate', 'apportion', 'no-such-file.json'])).exitCode).toBe(2);
    expect((await answerableHere(['evaluate'])).exitCode).toBe(2);
  });
});
