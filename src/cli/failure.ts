import { CommanderError } from 'commander';
import { InvalidConfig } from '../config.ts';
import { faultText, InvalidInput, OutOfBalance, Refusal } from '../domain/errors.ts';
import { jsonText, say } from './answer.ts';
import { printable } from './table.ts';

/** Exit codes of every command (interfaces: Command line). */
export const EXIT = { done: 0, failed: 1, usage: 2, refused: 3, outOfBalance: 4 } as const;

/** The command line itself is wrong, in a way that only the command knows. */
export class WrongUsage extends Error {
  constructor(
    message: string,
    readonly next?: string,
  ) {
    super(message);
    this.name = 'WrongUsage';
  }
}

interface Failure {
  readonly exitCode: number;
  readonly code: string;
  readonly message: string;
  readonly details: readonly string[];
  readonly next: string | undefined;
}

const FAULTS_SHOWN = 20;

function failureOf(error: unknown): Failure {
  if (error instanceof WrongUsage) {
    return { exitCode: EXIT.usage, code: 'wrong_usage', message: error.message, details: [], next: error.next };
  }
  if (error instanceof InvalidConfig) {
    const message = 'the configuration cannot be taken';
    return {
      exitCode: EXIT.usage,
      code: 'bad_config',
      message,
      details: error.faults,
      next: 'answerable config check',
    };
  }
  if (error instanceof Refusal) {
    return {
      exitCode: EXIT.refused,
      code: error.code,
      message: error.message,
      details: error.details,
      next: error.next,
    };
  }
  if (error instanceof InvalidInput) {
    const message = `nothing was stored: ${error.count} ${error.count === 1 ? 'fault' : 'faults'} in the input`;
    const next = error.faults.some(({ code }) => code === 'missing_column')
      ? 'rename the columns, or write a mapping: answerable import --suggest-mapping FILE > mapping.yaml'
      : 'mend the file and give the command again';
    return { exitCode: EXIT.refused, code: 'invalid_input', message, details: error.faults.map(faultText), next };
  }
  if (error instanceof OutOfBalance) {
    const message = 'the books do not balance';
    return {
      exitCode: EXIT.outOfBalance,
      code: 'out_of_balance',
      message,
      details: error.differences,
      next: undefined,
    };
  }
  const { code, message } = machineFault(error);
  return { exitCode: EXIT.failed, code, message, details: [], next: undefined };
}

/** Says why on stderr (and under --json as the one document on stdout) and gives the exit code. */
export async function reportFailure(error: unknown, json: boolean): Promise<number> {
  if (error instanceof CommanderError) {
    if (error.exitCode === 0) return EXIT.done;
    const message = error.message.replace(/^error: /, '');
    if (json) process.stdout.write(jsonText({ error: { code: 'wrong_usage', message, details: [] } }));
    return EXIT.usage; // for people commander has said it
  }
  const failure = failureOf(error);
  if (json) {
    const { exitCode: _, ...rest } = failure;
    process.stdout.write(
      jsonText({ error: { ...rest, ...(error instanceof InvalidInput && { faults: error.faults }) } }),
    );
  }
  await say(`answerable: ${printable(failure.message)}`);
  for (const detail of failure.details.slice(0, FAULTS_SHOWN)) await say(`  ${printable(detail)}`);
  if (failure.details.length > FAULTS_SHOWN) {
    await say(`  … and ${failure.details.length - FAULTS_SHOWN} more (--json names up to 1,000)`);
  }
  if (failure.next !== undefined) await say(`next: ${printable(failure.next)}`);
  if (failure.exitCode === EXIT.failed && process.env['LOG_LEVEL'] === 'debug' && error instanceof Error) {
    await say(error.stack ?? '');
  }
  return failure.exitCode;
}

const MACHINE_FAULTS: Readonly<Record<string, string>> = {
  ECONNREFUSED: 'the database does not answer at DATABASE_URL (connection refused)',
  ENOTFOUND: 'the host of DATABASE_URL is not known',
  EAI_AGAIN: 'the host of DATABASE_URL is not known',
  '28P01': 'the database refuses the password of DATABASE_URL',
  '28000': 'the database refuses the login of DATABASE_URL',
  '3D000': 'the database of DATABASE_URL does not exist; run answerable migrate with DATABASE_MIGRATOR_URL',
  '42P01': 'the database lacks a table; run answerable migrate with DATABASE_MIGRATOR_URL',
  '53100': 'the disk of the database is full; nothing was kept, and the same command works once there is space',
  '57P01': 'the database was stopped meanwhile; nothing was kept unless it answers that it was',
  ENOSPC: 'the disk where the file goes is full; the same command works once there is space',
  EADDRINUSE: 'the port is taken; set PORT to a free one',
};

function machineFault(error: unknown): { code: string; message: string } {
  const inner = error instanceof AggregateError ? (error.errors[0] as unknown) : error;
  const { code: own, syscall } = inner as { code?: unknown; syscall?: unknown };
  const code = own === 'ENOENT' && syscall === 'connect' ? 'ECONNREFUSED' : own; // the socket of a server that is not there
  const message = inner instanceof Error ? inner.message : String(inner);
  // TypeORM lets go of a connection that broke under a transaction, and may say so at the next statement only. Whether
  // a COMMIT was under way nobody knows on this side.
  if (/query runner was already released|Connection terminated/.test(message)) {
    return {
      code: 'connection_lost',
      message:
        'the connection to the database was lost before it answered; run the command again: nothing is done twice',
    };
  }
  if (typeof code !== 'string') return { code: 'defect', message };
  const known = MACHINE_FAULTS[code];
  return { code: code.toLowerCase(), message: known === undefined ? message : `${known}: ${message}` };
}
