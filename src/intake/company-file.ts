import { IANAZone } from 'luxon';
import { parseDocument } from 'yaml';
import { InvalidInput, Refusal, type InputFault } from '../domain/errors.ts';
import { minorDigits } from '../domain/money.ts';
import type { Tx } from '../persistence/database.ts';
import { anyImportOf, companyOf, keepCompany, lockImports, type CompanyRow } from '../persistence/imports.queries.ts';
import { CodeBook } from './codes.ts';
import { FACT_KINDS } from './kinds/all.ts';

const KEYS = ['name', 'currency', 'time_zone', 'pseudonymise'];
const ALSO: Record<string, string> = { timezone: 'time_zone', timeZone: 'time_zone', pseudonymize: 'pseudonymise' };

/** The company of company.yaml. @throws InvalidInput naming every fault */
export function readCompany(text: string, file = 'company.yaml'): CompanyRow {
  const document = parseDocument(text);
  const faults: InputFault[] = [];
  const refuse = (column: string | undefined, value: unknown, code: string, message: string, remedy: string): void => {
    faults.push({
      file,
      column,
      value: value === undefined ? undefined : String(value as string),
      code,
      message,
      remedy,
    });
  };
  const syntax = document.errors[0];
  if (syntax !== undefined) {
    refuse(undefined, undefined, 'bad_yaml', syntax.message.split('\n')[0]!, 'Write one key and value a line.');
    throw new InvalidInput(faults);
  }
  const content: unknown = document.toJS({ maxAliasCount: 0 });
  if (typeof content !== 'object' || content === null || Array.isArray(content)) {
    refuse(undefined, undefined, 'bad_yaml', 'the file holds no keys', `Keys: ${KEYS.join(', ')}.`);
    throw new InvalidInput(faults);
  }
  const given = new Map(Object.entries(content).map(([key, value]) => [ALSO[key] ?? key, value as unknown]));
  for (const key of given.keys()) {
    if (KEYS.includes(key)) continue;
    const near = new CodeBook('key', KEYS).nearest(key);
    refuse(
      key,
      given.get(key),
      'unknown_key',
      'there is no such key',
      near === undefined ? `Keys: ${KEYS.join(', ')}.` : `Did you mean ${near}?`,
    );
  }
  const {
    name,
    currency,
    time_zone: timeZone,
    pseudonymise = false,
  } = Object.fromEntries(given) as Record<string, unknown>;
  if (typeof name !== 'string' || name.trim() === '' || name.length > 200) {
    refuse('name', name, 'bad_name', 'the company needs a name of 1 to 200 characters', 'Write name: Example Ltd.');
  }
  if (typeof currency !== 'string' || minorDigits(currency) === undefined) {
    refuse(
      'currency',
      currency,
      'unknown_currency',
      'the reporting currency is a code of ISO 4217',
      'Write currency: EUR.',
    );
  }
  if (
    typeof timeZone !== 'string' ||
    !timeZone.includes('/') !== (timeZone === 'UTC') ||
    !IANAZone.isValidZone(timeZone)
  ) {
    refuse(
      'time_zone',
      timeZone,
      'unknown_time_zone',
      'the time zone is an IANA name',
      'Write time_zone: Europe/Berlin, or UTC.',
    );
  }
  if (typeof pseudonymise !== 'boolean') {
    refuse('pseudonymise', pseudonymise, 'not_boolean', 'it is true or false', 'Write pseudonymise: false.');
  }
  if (faults.length > 0) throw new InvalidInput(faults);
  return {
    name: name as string,
    currency: currency as string,
    timeZone: timeZone as string,
    pseudonymise: pseudonymise as boolean,
  };
}

/**
 * Keeps the company; gives what changed. Its currency, time zone and pseudonyms are fixed after the first fact, because
 * every stored amount, day and customer was read by them.
 * @throws Refusal company_fixed
 */
export async function keepCompanyFile(tx: Tx, text: string, file?: string): Promise<'new' | 'changed' | 'same'> {
  await lockImports(tx);
  const wanted = readCompany(text, file);
  const present = await companyOf(tx);
  if (present !== undefined) {
    const fixed = (['currency', 'timeZone', 'pseudonymise'] as const).filter((key) => present[key] !== wanted[key]);
    if (fixed.length === 0 && present.name === wanted.name) return 'same';
    if (fixed.length > 0 && (await anyImportOf(tx, FACT_KINDS))) {
      const what = fixed.map((key) => `${key === 'timeZone' ? 'time_zone' : key} ${String(present[key])}`).join(', ');
      throw new Refusal('company_fixed', `facts are stored under ${what}: that is fixed after the first fact`, {
        kind: 'conflict',
        next: 'start another database for another currency, time zone or pseudonyms',
      });
    }
  }
  await keepCompany(tx, wanted);
  return present === undefined ? 'new' : 'changed';
}
