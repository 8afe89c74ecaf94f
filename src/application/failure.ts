import { InvalidInput, OutOfBalance, Refusal, type InputFault } from '../domain/errors.ts';

/** Why work came to nothing, in the words and codes that every door gives. */
export interface Failure {
  readonly code: string;
  /** one line for a person */
  readonly detail: string;
  readonly next?: string | undefined;
  readonly details?: readonly string[];
  readonly errors?: readonly InputFault[];
}

/** @returns undefined for a defect of ours, of which nobody outside is told more than that */
export function failureOf(error: unknown): Failure | undefined {
  if (error instanceof Refusal) {
    const details = error.details.length === 0 ? {} : { details: error.details };
    return { code: error.code, detail: error.message, next: error.next, ...details };
  }
  if (error instanceof InvalidInput) return { code: 'invalid_input', detail: error.message, errors: error.faults };
  if (error instanceof OutOfBalance)
    return { code: 'out_of_balance', detail: error.message, details: error.differences };
  return undefined;
}

export const DEFECT: Failure = { code: 'defect', detail: 'a defect of ours; nothing was kept' };

/** Of PostgreSQL and of the network: nothing was kept, the same may be tried again. */
const UNAVAILABLE = /^(ECONN\w+|ENOTFOUND|EAI_AGAIN|EPIPE|ENOSPC|53\w{3}|57P0\d|08\w{3}|40001|40P01|55P03)$/;

/** Whether the database or the machine could not work just then. */
export function isUnavailable(error: unknown): boolean {
  const inner = error instanceof AggregateError ? (error.errors[0] as unknown) : error;
  const { code } = (inner ?? {}) as { code?: unknown };
  if (typeof code === 'string' && UNAVAILABLE.test(code)) return true;
  if (!(inner instanceof Error)) return false;
  // TypeORM lets go of a connection that broke under a transaction, and says so at the next statement only.
  return /query runner was already released|Connection terminated|Cannot use a pool after/i.test(inner.message);
}

/** Something outside did not answer: the job is tried again after each of these delays, and then given up. */
export class TryLater extends Error {
  constructor(
    message: string,
    readonly delaysSeconds: readonly number[],
  ) {
    super(message);
    this.name = 'TryLater';
  }
}
