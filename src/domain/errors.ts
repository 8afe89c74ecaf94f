/**
 * Three kinds of no (architecture, principle 4): malformed input, a rule that says no, and a broken invariant.
 * Each edge maps them once: HTTP 400 / 404, 409, 422 / 500; shell exit 2 or 3 / 3 / 1 (4 when the books do not balance).
 */
export type RefusalKind = 'not_found' | 'conflict' | 'unprocessable' | 'forbidden';

/** A rule of the product says no. The message is one line for a person; `next` is the command or deed that helps. */
export class Refusal extends Error {
  readonly kind: RefusalKind;
  readonly next: string | undefined;
  readonly details: readonly string[];
  constructor(
    /** stable machine code, snake_case, e.g. period_closed */
    readonly code: string,
    message: string,
    options: { kind?: RefusalKind; next?: string | undefined; details?: readonly string[] } = {},
  ) {
    super(message);
    this.name = 'Refusal';
    this.kind = options.kind ?? 'unprocessable';
    this.next = options.next;
    this.details = options.details ?? [];
  }
}

/** What is wrong with one value of an input file or body: where, what was got, and how to mend it. */
export interface InputFault {
  readonly file: string;
  /** 1-based physical line in the file; undefined for a whole-file fault */
  readonly line?: number | undefined;
  readonly column?: string | undefined;
  readonly value?: string | undefined;
  readonly code: string;
  readonly message: string;
  readonly remedy: string;
}

/** Input that cannot be taken as it is. Names at most the first 1,000 faults; `count` is the number of all. */
export class InvalidInput extends Error {
  constructor(
    readonly faults: readonly InputFault[],
    readonly count: number = faults.length,
  ) {
    super(faults.length > 0 ? faultText(faults[0]!) + (count > 1 ? ` (and ${count - 1} more)` : '') : 'invalid input');
    this.name = 'InvalidInput';
  }
}

export function faultText(fault: InputFault): string {
  const place = [fault.file, fault.line === undefined ? undefined : `line ${fault.line}`, fault.column]
    .filter(Boolean)
    .join(', ');
  const got = fault.value === undefined ? '' : `: got "${fault.value}"`;
  return `${place}${got}: ${fault.message}. ${fault.remedy}`;
}

/** The books do not balance: a result that must not be kept or trusted (shell exit 4). */
export class OutOfBalance extends Error {
  constructor(readonly differences: readonly string[]) {
    super(`the books do not balance: ${differences.join('; ')}`);
    this.name = 'OutOfBalance';
  }
}

/** A broken invariant is a defect of ours: a plain error, and the transaction is gone. */
export function invariant(condition: boolean, message: string): asserts condition {
  if (!condition) throw new Error(`invariant broken: ${message}`);
}
