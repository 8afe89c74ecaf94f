import { InvalidInput } from '../domain/errors.ts';
import { QueryWhole, Text } from './fields.ts';

const MOST = 1_000;
const USUAL = 100;

/** Which part of a list. */
export class ListQuery {
  @QueryWhole({ about: 'most items of one answer', min: 1, max: MOST, example: USUAL })
  readonly limit?: number;

  @Text({ about: 'the `next` of the answer before', max: 500, optional: true })
  readonly after?: string;
}

export interface Listing<T> {
  readonly items: readonly T[];
  /** what `after` takes to go on; null at the end */
  readonly next: string | null;
}

/**
 * The part of a list after a cursor. The cursor names the last item, so that what is added in front meanwhile neither
 * repeats nor hides an item. @throws InvalidInput for a cursor of something else
 */
export function listing<T>(all: readonly T[], keyOf: (item: T) => string | number, query: ListQuery): Listing<T> {
  let start = 0;
  if (query.after !== undefined) {
    const key = Buffer.from(query.after, 'base64url').toString('utf8');
    const at = all.findIndex((item) => `${keyOf(item)}` === key);
    if (at < 0)
      throw new InvalidInput([
        {
          file: 'query',
          column: 'after',
          value: query.after.slice(0, 100),
          code: 'bad_cursor',
          message: 'this is no cursor of this list',
          remedy: 'Take `next` of the answer before.',
        },
      ]);
    start = at + 1;
  }
  const items = all.slice(start, start + (query.limit ?? USUAL));
  const last = items.at(-1);
  const isEnd = start + items.length >= all.length;
  return { items, next: isEnd || last === undefined ? null : Buffer.from(`${keyOf(last)}`).toString('base64url') };
}
