import { Option, type Command } from 'commander';
import { printAnswer, type Answer } from './answer.ts';
import { Shell, type CommonOptions } from './shell.ts';

interface CommandText {
  /** as commander takes it: `import <kind> <file>` */
  readonly name: string;
  readonly about: string;
  /** command lines that work, without `answerable` */
  readonly examples: readonly string[];
  /** what to know besides, a paragraph */
  readonly notes?: string;
  /** acts on the books: takes --as */
  readonly acts?: boolean;
}

/** Adds a command with what all of them have: --json, --as where somebody acts, examples in its help. */
export function addCommand(parent: Command, text: CommandText): Command {
  const command = parent.command(text.name).description(text.about);
  const path = [command.name()];
  for (let above = command.parent; above !== null; above = above.parent) path.unshift(above.name());
  command.showHelpAfterError(`(see: ${path.join(' ')} --help)`);
  command.option('--json', 'one JSON document on stdout, nothing else');
  if (text.acts) {
    command.addOption(new Option('--as <user>', 'who acts, on the embedded database only (default: finance)'));
  }
  if (text.notes !== undefined) command.addHelpText('after', `\n${text.notes}`);
  if (text.examples.length > 0) {
    const lines = text.examples.map((example) => `  answerable ${example}`).join('\n');
    command.addHelpText('after', `\nExample${text.examples.length > 1 ? 's' : ''}:\n${lines}`);
  }
  return command;
}

/** Help as commander prints it, with what was added after it. */
export function helpOf(command: Command): string {
  let text = '';
  command.configureOutput({ writeOut: (part) => (text += part) }).outputHelp();
  return text;
}

/**
 * Makes a commander action of a deed: gives it a shell, prints its answer, and gives the shell back at the end, also
 * when the deed fails or the process is told to stop. `deed` gets the shell and then what commander hands over:
 * arguments and options.
 */
export function answering<A extends unknown[]>(deed: (shell: Shell, ...args: A) => Promise<Answer>) {
  return async (...handed: unknown[]): Promise<void> => {
    const args = handed.slice(0, -1) as A; // the last one is the command itself
    const options = args.at(-1) as CommonOptions;
    const shell = new Shell(options);
    const stopped = onStopSignal(shell);
    try {
      const answer = await deed(shell, ...args);
      await printAnswer(answer, options.json ?? false);
      process.exitCode = answer.exitCode ?? 0;
      await answer.goesOn?.();
    } finally {
      await shell.close();
      stopped.forget();
    }
  };
}

const STOP_SIGNALS = { SIGINT: 130, SIGTERM: 143, SIGHUP: 129 } as const;

/** Ctrl-C gives back what the command holds: open transactions roll back, the embedded server loses a lease. A second one kills. */
function onStopSignal(shell: Shell): { forget: () => void } {
  const listeners = Object.entries(STOP_SIGNALS).map(([signal, exitCode]) => {
    const listener = (): void => {
      if (shell.stop !== undefined) return shell.stop();
      void shell.close().finally(() => process.exit(exitCode));
    };
    process.once(signal, listener);
    return [signal, listener] as const;
  });
  return { forget: () => listeners.forEach(([signal, listener]) => process.removeListener(signal, listener)) };
}
