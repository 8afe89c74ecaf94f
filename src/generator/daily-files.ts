import { closeSync, createReadStream, mkdirSync, openSync, renameSync, writeSync } from 'node:fs';
import { join } from 'node:path';
import { addDays, firstDay, lastDay, type LocalDate, type Period } from '../domain/period.ts';

/** A file of a day, or of the month's end. */
export interface DailyFile {
  readonly kind: 'contacts' | 'exposures' | 'revenue' | 'contact_segments';
  readonly path: string;
}

/** What comes in at once, as a folder to be imported; its files in the order in which such an import takes them. */
export interface DailyFolder {
  readonly path: string;
  readonly files: readonly DailyFile[];
}

/** Files of facts with the fields, by number, of the local day and of a quantity that a first version may have wrong. */
const FACTS = [
  { kind: 'contacts', day: 1, quantity: 5 },
  { kind: 'exposures', day: 3, quantity: 4 },
  { kind: 'revenue', day: 2, quantity: 4 },
] as const;

/** One row in so many comes late, or comes wrong first: of the month itself, and of the months before it. */
const EVERY = { late: 61, wrong: 83, oldLate: 997, oldWrong: 1009 } as const;
const MONTHS_END = 'end';
const COMMA = 44;
const NEWLINE = 10;
const QUOTE = 34;
const ONE = 49;
const NINE = 57;

/**
 * Turns a generated folder into what a company sends: the history as it is, and the facts of one month as a folder a day,
 * in FOLDER/daily. Some rows come days late, also those of months before; some come with a wrong quantity first and are
 * corrected by a later file. In the end everything is as it was generated.
 * @returns the folders in the order in which they come in
 */
export async function intoDailyFiles(folder: string, period: Period): Promise<DailyFolder[]> {
  const days: LocalDate[] = [];
  for (let day = firstDay(period); day <= lastDay(period); day = addDays(day, 1)) days.push(day);
  const folderOf = (name: string): string => join(folder, 'daily', name);
  const pathOf = (kind: DailyFile['kind'], day: LocalDate): string => join(folderOf(day), `${kind}.csv`);
  for (const name of [...days, MONTHS_END]) mkdirSync(folderOf(name), { recursive: true });
  for (const { kind, ...fields } of FACTS) {
    const whole = join(folder, `${kind}.csv`);
    const part = `${whole}.part`;
    const outs = [part, ...days.map((day) => pathOf(kind, day))].map((path) => new Out(path));
    await split(whole, fields, days, outs);
    for (const out of outs) out.close();
    renameSync(part, whole);
  }
  // They name contacts, which must be there, and their seconds must sum to the contact's as it stands.
  const segments = join(folderOf(MONTHS_END), 'contact_segments.csv');
  renameSync(join(folder, 'contact_segments.csv'), segments);
  return [
    ...days.map((day) => ({
      path: folderOf(day),
      files: FACTS.map(({ kind }) => ({ kind, path: pathOf(kind, day) })),
    })),
    { path: folderOf(MONTHS_END), files: [{ kind: 'contact_segments', path: segments }] },
  ];
}

/** @param outs the history's file, then one a day */
async function split(
  path: string,
  fields: { readonly day: number; readonly quantity: number },
  days: readonly LocalDate[],
  outs: readonly Out[],
): Promise<void> {
  const places = new Map(days.map((day, i) => [day, i + 1]));
  let number = 0;
  for await (const row of records(path)) {
    number++;
    if (number === 1) {
      for (const out of outs) out.write(row);
      continue;
    }
    const at = fieldAt(row, fields.day);
    const place = places.get(row.toString('latin1', at, at + 10)) ?? 0;
    const rest = days.length - place;
    const later = rest === 0 ? 0 : place + 1 + (number % Math.min(rest, place === 0 ? rest : 5));
    const is = (late: number): boolean => later > 0 && number % late === 0;
    if (is(place === 0 ? EVERY.oldLate : EVERY.late)) {
      outs[later]!.write(row);
      continue;
    }
    const wrong = is(place === 0 ? EVERY.oldWrong : EVERY.wrong) ? withDigitBefore(row, fields.quantity) : undefined;
    outs[place]!.write(wrong ?? row);
    if (wrong) outs[later]!.write(row);
  }
}

/** Rows with their line end; line ends inside quotes are not theirs. */
async function* records(path: string): AsyncGenerator<Buffer> {
  let rest: Buffer = Buffer.alloc(0);
  for await (const chunk of createReadStream(path, { highWaterMark: 1 << 20 })) {
    const bytes = rest.length === 0 ? (chunk as Buffer) : Buffer.concat([rest, chunk as Buffer]);
    let start = 0;
    let quoted = false;
    for (let i = 0; i < bytes.length; i++) {
      const byte = bytes[i];
      if (byte === QUOTE) quoted = !quoted;
      else if (byte === NEWLINE && !quoted) {
        yield bytes.subarray(start, i + 1);
        start = i + 1;
      }
    }
    rest = bytes.subarray(start);
  }
}

/** Where a field begins; none before it is quoted. */
function fieldAt(row: Buffer, field: number): number {
  let at = 0;
  for (let commas = 0; commas < field; commas++) at = row.indexOf(COMMA, at) + 1;
  return at;
}

/** The row with a digit before its quantity; undefined where that is none, nought or negative. */
function withDigitBefore(row: Buffer, field: number): Buffer | undefined {
  const at = fieldAt(row, field);
  if (row[at]! < ONE || row[at]! > NINE) return undefined;
  return Buffer.concat([row.subarray(0, at), Buffer.of(ONE), row.subarray(at)]);
}

const SIZE = 1 << 18;

/** A file that is written piece by piece. */
class Out {
  private readonly file: number;
  private readonly buffer = Buffer.allocUnsafe(SIZE);
  private at = 0;

  constructor(path: string) {
    this.file = openSync(path, 'w');
  }

  write(row: Buffer): void {
    if (this.at + row.length > SIZE) this.flush();
    this.at += row.copy(this.buffer, this.at);
  }

  close(): void {
    this.flush();
    closeSync(this.file);
  }

  private flush(): void {
    for (let written = 0; written < this.at;) written += writeSync(this.file, this.buffer, written, this.at - written);
    this.at = 0;
  }
}
