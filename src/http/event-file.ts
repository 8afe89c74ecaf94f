import { Readable } from 'node:stream';
import { stringify } from 'csv-stringify/sync';
import { InvalidInput, Refusal, type InputFault } from '../domain/errors.ts';
import { kindNamed } from '../intake/kinds/all.ts';

/** Kinds that systems send as they happen. */
export const EVENT_KINDS = ['contacts', 'surveys', 'revenue', 'exposures'] as const;

type Event = Readonly<Record<string, unknown>>;

/**
 * Events as a file of their kind, so that they go the way that files go: the same checks, the same history, the same
 * undo. @throws Refusal unknown_kind; InvalidInput for columns and values that no file can have
 */
export function eventFile(kind: string, events: readonly Event[]): Readable {
  if (!(EVENT_KINDS as readonly string[]).includes(kind))
    throw new Refusal('unknown_kind', `there are no events "${kind}"`, {
      kind: 'not_found',
      next: `events: ${EVENT_KINDS.join(', ')}`,
    });
  const known = new Set(kindNamed(kind).columns.map((column) => column.name));
  const faults: InputFault[] = [];
  const columns = new Set<string>();
  events.forEach((event, i) => {
    for (const [name, value] of Object.entries(event)) {
      const at = { file: 'events', line: i + 2, column: name };
      if (!known.has(name))
        faults.push({
          ...at,
          code: 'unknown_field',
          message: 'there is no such field',
          remedy: `See /api/v1/kinds/${kind}.`,
        });
      else if (value !== null && typeof value === 'object')
        faults.push({ ...at, code: 'bad_value', message: 'it takes text or a number', remedy: 'Send a plain value.' });
      columns.add(name);
    }
  });
  if (faults.length > 0) throw new InvalidInput(faults.slice(0, 1_000), faults.length);
  const header = [...known].filter((name) => columns.has(name));
  const text = stringify(
    events.map((event) => header.map((name) => (event[name] === null ? '' : event[name]))),
    { header: true, columns: header, cast: { boolean: (value) => String(value), number: (value) => String(value) } },
  );
  return Readable.from([Buffer.from(text)]);
}
