import type { InputFault } from '../errors.ts';
import { Fraction } from '../fraction.ts';
import { isLocalDate } from '../period.ts';

/**
 * A small language for the keys of model.yaml: one definition reads a value, refuses what it does not know by name, and
 * prints the reference page. Faults are collected, so that a person sees all of them at once.
 */
export interface Key<T> {
  /** what it means, one line */
  readonly meaning: string;
  /** how a value looks, e.g. `decimal text` */
  readonly form: string;
  readonly required: boolean;
  /** keys below this one, for the reference page */
  readonly below?: Fields;
  read(value: unknown, path: string, faults: FaultList): T;
}
export type Fields = Readonly<Record<string, Key<any>>>;
export type Read<F extends Fields> = { readonly [K in keyof F]: F[K] extends Key<infer T> ? T : never };

export class FaultList {
  readonly faults: InputFault[] = [];
  constructor(
    readonly file: string,
    private readonly code = 'bad_model',
  ) {}
  add(path: string, value: unknown, message: string, remedy: string): void {
    this.faults.push({
      file: this.file,
      column: path,
      value: value === undefined ? undefined : shown(value),
      code: this.code,
      message,
      remedy,
    });
  }
}

function shown(value: unknown): string {
  return typeof value === 'string' ? value : JSON.stringify(value);
}

function key<T>(form: string, meaning: string, read: Key<T>['read'], below?: Fields): Key<T> {
  return { meaning, form, required: false, read, ...(below ? { below } : {}) };
}

export function required<T>(of: Key<T | undefined>): Key<T> {
  return {
    ...of,
    required: true,
    read(value, path, faults) {
      if (value === undefined || value === null) {
        faults.add(path, undefined, 'this key is missing', `Write ${path}: ${of.form}.`);
      }
      return of.read(value, path, faults) as T;
    },
  };
}

export function withDefault<T>(of: Key<T | undefined>, fallback: T, shown: string): Key<T> {
  return {
    ...of,
    meaning: `${of.meaning} (default: ${shown})`,
    read: (value, path, faults) =>
      value === undefined || value === null ? fallback : (of.read(value, path, faults) ?? fallback),
  };
}

const CODE = /^[^|*?~\p{C}]{1,64}$/u;

export const text = (meaning: string): Key<string | undefined> =>
  key('text', meaning, (value, path, faults) => {
    if (value === undefined || value === null) return undefined;
    if (typeof value === 'string' || typeof value === 'number') return String(value);
    faults.add(path, value, 'this must be text', 'Quote it.');
    return undefined;
  });

export const code = (meaning: string): Key<string | undefined> =>
  key('code', meaning, (value, path, faults) => {
    const read = text(meaning).read(value, path, faults);
    if (read !== undefined && !CODE.test(read)) {
      faults.add(path, value, 'a code has 1 to 64 printable characters and none of | * ? ~', 'Write another code.');
    }
    return read;
  });

export const flag = (meaning: string): Key<boolean | undefined> =>
  key('true | false', meaning, (value, path, faults) => {
    if (value === undefined || value === null || typeof value === 'boolean') return value ?? undefined;
    faults.add(path, value, 'this must be true or false', 'Write true or false.');
    return undefined;
  });

/** An exact number: decimal text, a quotient like "1/3", or a YAML number as it was written. */
export const exact = (meaning: string, least?: Fraction, most?: Fraction): Key<Fraction | undefined> =>
  key('decimal text', meaning, (value, path, faults) => {
    if (value === undefined || value === null) return undefined;
    let read: Fraction;
    try {
      read = Fraction.parse(shown(value));
    } catch {
      faults.add(path, value, 'this is not a plain decimal number', 'Write it as "0.35".');
      return undefined;
    }
    if (least && read.compare(least) < 0)
      faults.add(path, value, `this must be at least ${least.toText()}`, 'Mend the number.');
    if (most && read.compare(most) > 0)
      faults.add(path, value, `this must be at most ${most.toText()}`, 'Mend the number.');
    return read;
  });

export const share = (meaning: string): Key<Fraction | undefined> => exact(meaning, Fraction.ZERO, Fraction.ONE);

export const whole = (meaning: string, least: number, most: number): Key<number | undefined> =>
  key(`whole number ${least} to ${most}`, meaning, (value, path, faults) => {
    if (value === undefined || value === null) return undefined;
    const number = Number(value);
    if (Number.isInteger(number) && number >= least && number <= most) return number;
    faults.add(path, value, `this must be a whole number from ${least} to ${most}`, 'Mend the number.');
    return undefined;
  });

export const choice = <T extends string>(meaning: string, ...words: readonly T[]): Key<T | undefined> =>
  key(words.join(' | '), meaning, (value, path, faults) => {
    if (value === undefined || value === null) return undefined;
    if ((words as readonly unknown[]).includes(value)) return value as T;
    faults.add(path, value, `this must be one of ${words.join(', ')}`, 'Write one of these words.');
    return undefined;
  });

export const date = (meaning: string): Key<string | undefined> =>
  key('YYYY-MM-DD', meaning, (value, path, faults) => {
    if (value === undefined || value === null) return undefined;
    const read = value instanceof Date ? value.toISOString().slice(0, 10) : shown(value);
    if (!isLocalDate(read)) faults.add(path, value, 'this is not a day', 'Write a day like 2026-03-02.');
    return read;
  });

export const list = <T>(meaning: string, of: Key<T | undefined>): Key<readonly T[] | undefined> =>
  key(
    `list of ${of.form}`,
    meaning,
    (value, path, faults) => {
      if (value === undefined || value === null) return undefined;
      const items = Array.isArray(value) ? value : [value];
      return items
        .map((item, i) => of.read(item, `${path}[${i}]`, faults))
        .filter((item): item is Awaited<T> & ({} | null) => item !== undefined) as T[];
    },
    of.below,
  );

/** An object with any names as keys, e.g. pool codes. Kept in ascending order of names. */
export const table = <T>(
  meaning: string,
  name: string,
  of: Key<T | undefined>,
): Key<ReadonlyMap<string, T> | undefined> =>
  key(
    `{ ${name}: ${of.form}, … }`,
    meaning,
    (value, path, faults) => {
      if (value === undefined || value === null) return undefined;
      if (typeof value !== 'object' || Array.isArray(value)) {
        faults.add(path, value, `this must be an object of ${name} to ${of.form}`, 'Write one key a line.');
        return undefined;
      }
      const read = new Map<string, T>();
      for (const entry of Object.keys(value).sort()) {
        const item = of.read((value as Record<string, unknown>)[entry], `${path}.${entry}`, faults);
        if (item !== undefined) read.set(entry, item);
      }
      return read;
    },
    of.below,
  );

/** An object with known keys; unknown ones are refused by name with the nearest known one. */
export const object = <F extends Fields>(meaning: string, fields: F): Key<Read<F> | undefined> =>
  key(
    'object',
    meaning,
    (value, path, faults) => {
      if (value === undefined || value === null) return undefined;
      if (typeof value !== 'object' || Array.isArray(value)) {
        faults.add(path, value, 'this must be an object', 'Write its keys on lines of their own.');
        return undefined;
      }
      return readFields(fields, value as Record<string, unknown>, path, faults);
    },
    fields,
  );

export function readFields<F extends Fields>(
  fields: F,
  value: Record<string, unknown>,
  path: string,
  faults: FaultList,
): Read<F> {
  for (const name of Object.keys(value)) {
    if (!Object.hasOwn(fields, name)) {
      const known = Object.keys(fields);
      faults.add(
        join(path, name),
        undefined,
        `"${name}" is not a key of ${path === '' ? 'the model' : path}`,
        `Known keys: ${known.join(', ')}.`,
      );
    }
  }
  return Object.fromEntries(
    Object.entries(fields).map(([name, field]) => [name, field.read(value[name], join(path, name), faults)]),
  ) as Read<F>;
}

function join(path: string, name: string): string {
  return path === '' ? name : `${path}.${name}`;
}

/** The reference page of all keys, as Markdown, from the definitions that read them. */
export function referencePage(fields: Fields, path = ''): string {
  return Object.entries(fields)
    .map(([name, field]) => {
      const own = `| \`${join(path, name)}\`${field.required ? ' *' : ''} | ${field.form.replaceAll('|', '\\|')} | ${field.meaning.replaceAll('|', '\\|')} |\n`;
      return (
        own +
        (field.below
          ? referencePage(field.below, field.form.startsWith('{') ? `${join(path, name)}.…` : join(path, name))
          : '')
      );
    })
    .join('');
}
