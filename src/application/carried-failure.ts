import { InvalidInput, Refusal, type InputFault, type RefusalKind } from '../domain/errors.ts';

/** Why a deed failed, as a message between threads has it: errors themselves lose their class and what they hold there. */
export type CarriedFailure =
  | { readonly is: 'input'; readonly faults: readonly InputFault[]; readonly count: number }
  | {
      readonly is: 'refusal';
      readonly code: string;
      readonly message: string;
      readonly kind: RefusalKind;
      readonly next: string | undefined;
      readonly details: readonly string[];
    }
  | { readonly is: 'other'; readonly message: string; readonly code: string | undefined; readonly stack: string };

export function carried(error: unknown): CarriedFailure {
  if (error instanceof InvalidInput) return { is: 'input', faults: error.faults, count: error.count };
  if (error instanceof Refusal) {
    const { code, message, kind, next, details } = error;
    return { is: 'refusal', code, message, kind, next, details };
  }
  const inner = error instanceof AggregateError ? (error.errors[0] as unknown) : error;
  const { code } = (inner ?? {}) as { code?: unknown };
  const [message, stack] = inner instanceof Error ? [inner.message, inner.stack ?? ''] : [String(inner), ''];
  return { is: 'other', message, code: typeof code === 'string' ? code : undefined, stack };
}

/** The error again; of those that are neither refusal nor input what tells them apart: message and code. */
export function revived(failure: CarriedFailure): Error {
  if (failure.is === 'input') return new InvalidInput(failure.faults, failure.count);
  if (failure.is === 'refusal') return new Refusal(failure.code, failure.message, failure);
  const error = new Error(failure.message);
  error.stack = failure.stack;
  return failure.code === undefined ? error : Object.assign(error, { code: failure.code });
}
