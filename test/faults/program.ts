import { spawn, type ChildProcess } from 'node:child_process';
import { join } from 'node:path';
import { createInterface } from 'node:readline';
import { packageRoot } from '../../src/package-root.ts';

/** done, refused by a rule, or lost: it answered nothing, or that the database went away */
export type DeedAnswer = 'done' | 'refused' | 'lost';

/** The built program in a process of its own: takes a deed, answers, may be killed at any moment. */
export class Program {
  private waiting: ((answer: DeedAnswer) => void) | undefined;

  private constructor(private readonly child: ChildProcess) {}

  static async start(url: string, people: object): Promise<Program> {
    const script = join(packageRoot, 'test', 'faults', 'deeds.mjs');
    const child = spawn(process.execPath, [script, url, JSON.stringify(people)], { stdio: ['pipe', 'pipe', 'pipe'] });
    const program = new Program(child);
    child.stdin!.on('error', () => undefined);
    const lines = createInterface({ input: child.stdout! });
    let fault = '';
    child.stderr!.on('data', (text: Buffer) => (fault += text.toString()));
    await new Promise<void>((resolve, reject) => {
      lines.once('line', () => resolve());
      child.once('exit', () => reject(new Error(`the program did not start: ${fault}`)));
    });
    lines.on('line', (line) => {
      const { done, code } = JSON.parse(line) as { done?: boolean; code?: string };
      program.tell(done ? 'done' : /^[a-z]+(_[a-z]+)+$/.test(code ?? '') ? 'refused' : 'lost');
    });
    child.removeAllListeners('exit');
    child.once('exit', () => program.tell('lost'));
    return program;
  }

  get isAlive(): boolean {
    return this.child.exitCode === null && this.child.signalCode === null;
  }

  async answer(given: object): Promise<DeedAnswer> {
    const answer = new Promise<DeedAnswer>((resolve) => (this.waiting = resolve));
    this.child.stdin!.write(`${JSON.stringify(given)}\n`);
    return await answer;
  }

  /** kill -9 */
  async kill(): Promise<void> {
    if (!this.isAlive) return;
    const gone = new Promise((resolve) => this.child.once('exit', resolve));
    this.child.kill('SIGKILL');
    await gone;
  }

  private tell(answer: DeedAnswer): void {
    this.waiting?.(answer);
    this.waiting = undefined;
  }
}
