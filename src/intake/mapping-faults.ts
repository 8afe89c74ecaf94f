import { InvalidInput } from '../domain/errors.ts';
import type { ValueFault } from './mapping-compilation.ts';
import type { FaultSink, RowFault, SourceRow } from './rows.ts';

/** Faults that wait to see whether any row of the file can be mapped at all. */
const MOST_WAITING = 10_000;

/**
 * Faults of rows that could not be mapped. When every row fails for the same reason, that is said first and once for the
 * whole file, so that nobody has to read a thousand lines to learn that a column is spoilt.
 */
export class MappingFaults {
  private waiting: RowFault[] | undefined = [];
  private readonly reasons = new Map<string, RowFault>();
  private rows = 0;

  constructor(
    private readonly file: string,
    private readonly onFault: FaultSink | undefined,
  ) {}

  /** @throws InvalidInput with the first fault when nobody takes faults */
  refuse(row: SourceRow, faults: readonly ValueFault[]): void {
    this.rows++;
    const said = new Set<string>();
    for (const { code, message, remedy, value, column } of faults) {
      const fault: RowFault = {
        file: this.file,
        line: row.line,
        column,
        value: value.slice(0, 200),
        code,
        message,
        remedy,
      };
      const reason = `${column} ${code}`;
      // Two columns of ours may be made from the same column of theirs.
      if (said.has(`${reason} ${value}`)) continue;
      said.add(`${reason} ${value}`);
      this.reasons.set(reason, fault);
      if (this.onFault === undefined) throw new InvalidInput([fault]);
      const whole = { ...fault, fields: row.fields };
      if (this.waiting === undefined) this.onFault(whole);
      else if (this.waiting.push(whole) >= MOST_WAITING) this.release();
    }
  }

  /** A row was mapped: what waits is no longer about the whole file. */
  release(): void {
    for (const fault of this.waiting ?? []) this.onFault?.(fault);
    this.waiting = undefined;
  }

  /** The file has ended. */
  close(delivered: number): void {
    const [only] = this.reasons.values();
    if (delivered === 0 && this.rows > 1 && this.reasons.size === 1 && only !== undefined) {
      const message = `every one of the ${this.rows} rows: "${only.column}" ${only.message.replace(/^this /, '')}`;
      this.onFault?.({ ...only, line: undefined, code: `all_${only.code}`, message });
    }
    this.release();
  }
}
