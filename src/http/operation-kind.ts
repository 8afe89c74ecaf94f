export const OPERATION = 'answerable operation';

/** What the interceptor has to know of a route. */
export interface Operation {
  /** a look; a computation that keeps nothing; or a deed, which needs an Idempotency-Key */
  readonly kind: 'read' | 'try' | 'deed';
  /** the body is a file */
  readonly upload?: boolean;
  /** fields of the answer that are not kept for replays */
  readonly shownOnce?: readonly string[];
}
