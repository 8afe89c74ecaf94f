import { createHash, type Hash } from 'node:crypto';
import { closeSync, openSync, writeSync } from 'node:fs';
import { join } from 'node:path';
import { Fraction } from '../domain/fraction.ts';
import { CONTACT_PARTS } from '../domain/statements/cell-facts.ts';
import type { CellUse } from '../domain/statements/use-sums.ts';

/** Rows of one file: a spreadsheet opens it whole. */
const PART_ROWS = 500_000;
const BUFFERED = 1 << 16;

const COLUMNS = [
  ...['unit', 'decision', 'result', 'pool', 'rule', 'tier', 'reason', 'channel', 'queue', 'site', 'vendor'],
  ...[
    'product',
    'segment',
    'language',
    'direction',
    'from_day',
    'share',
    'contacts',
    'handle_seconds',
    'stated_seconds',
  ],
];

export interface DetailPart {
  readonly name: string;
  readonly rows: number;
  readonly bytes: number;
  readonly sha256: string;
}

/**
 * Hears a close (its observer) and writes every share of every cell as CSV, in parts that a spreadsheet can open, as it
 * comes: memory does not grow with the rows. Contacts and seconds stand before the share.
 */
export class DetailParts {
  private readonly done: DetailPart[] = [];
  private open: { fd: number; name: string; hash: Hash; rows: number; bytes: number } | undefined;
  private buffer: string[] = [];
  private buffered = 0;

  constructor(
    private readonly folder: string,
    private readonly name: string,
    private readonly rowsOfPart = PART_ROWS,
  ) {}

  readonly add = ({ cell, key, share, untimedSeconds }: CellUse): void => {
    if (this.open && this.open.rows >= this.rowsOfPart) this.closePart();
    if (!this.open) this.openPart();
    const { taker, service, pool, reason, channel } = key;
    const { queue, site, vendor, product, segment, language, direction } = cell.dimensions;
    const texts = [
      ...[taker?.unit, taker?.decision, taker?.treatment ?? service, pool, taker?.rule, taker?.tier],
      ...[reason, channel, queue, site, vendor, product, segment, language, direction],
    ].map((text) => field(text ?? ''));
    const contacts = Fraction.of(cell.parts, CONTACT_PARTS).toText(6);
    const figures = [cell.day, share.toText(12), contacts, `${cell.seconds}`, untimedSeconds.toText(6)];
    this.write(`${[...texts, ...figures].join(',')}\r\n`);
    this.open!.rows += 1;
  };

  /** Closes the last part. @returns all parts, in their order */
  end(): readonly DetailPart[] {
    if (this.open) this.closePart();
    return this.done;
  }

  private openPart(): void {
    const name = `${this.name}-${String(this.done.length + 1).padStart(3, '0')}.csv`;
    this.open = { fd: openSync(join(this.folder, name), 'w'), name, hash: createHash('sha256'), rows: 0, bytes: 0 };
    this.write(`${COLUMNS.join(',')}\r\n`);
  }

  private closePart(): void {
    this.flush();
    const { fd, name, hash, rows, bytes } = this.open!;
    closeSync(fd);
    this.done.push({ name, rows, bytes, sha256: hash.digest('hex') });
    this.open = undefined;
  }

  private write(text: string): void {
    this.buffer.push(text);
    this.buffered += text.length;
    if (this.buffered >= BUFFERED) this.flush();
  }

  private flush(): void {
    const bytes = Buffer.from(this.buffer.join(''), 'utf8');
    this.open!.hash.update(bytes);
    this.open!.bytes += bytes.length;
    writeSync(this.open!.fd, bytes);
    this.buffer = [];
    this.buffered = 0;
  }
}

/** A text cell: quoted where it must be; an apostrophe before what a spreadsheet would compute (OWASP). */
function field(text: string): string {
  const safe = /^[=+\-@\t\r]/.test(text) ? `'${text}` : text;
  return /[",\r\n]/.test(safe) ? `"${safe.replaceAll('"', '""')}"` : safe;
}
