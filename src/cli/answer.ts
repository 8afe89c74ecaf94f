import { emphasis } from './table.ts';

/** What a command says: one JSON document for machines, text for people, and what to do next. */
export interface Answer {
  readonly json: unknown;
  readonly text: string;
  /** a command or a sentence; goes to stderr, so that stdout stays data */
  readonly next?: string | undefined;
  /** other than 0 when the answer itself is a no: `verify` that finds a difference ends with 4 */
  readonly exitCode?: number;
  /** what goes on after the answer is out, until the person ends it */
  readonly goesOn?: () => Promise<void>;
}

/** Writes the answer and waits until it is out: a pipe takes more than one turn. */
export async function printAnswer(answer: Answer, json: boolean): Promise<void> {
  await write(process.stdout, json ? jsonText(answer.json) : answer.text.replace(/\n*$/, '\n'));
  if (!json && answer.next !== undefined) await say(`${emphasis('next:', process.stderr)} ${answer.next}`);
}

/** One line for a person, on stderr. */
export async function say(line: string): Promise<void> {
  await write(process.stderr, `${line}\n`);
}

/** Exact integers beyond 2^53 stay exact: they become text, as amounts are. */
export function jsonText(value: unknown): string {
  return `${JSON.stringify(value, (_key, inner: unknown) => (typeof inner === 'bigint' ? inner.toString() : inner), 2)}\n`;
}

async function write(stream: NodeJS.WriteStream, text: string): Promise<void> {
  if (text === '\n') return;
  await new Promise<void>((resolve, reject) => {
    stream.write(text, (error) => {
      // The reader has had enough (answerable … | head): not our failure.
      if (error && (error as NodeJS.ErrnoException).code !== 'EPIPE') reject(error);
      else resolve();
    });
  });
}
