import { readFileSync } from 'node:fs';
import { join } from 'node:path';
import { InvalidInput } from '../domain/errors.ts';
import {
  choice,
  code,
  FaultList,
  list,
  object,
  readFields,
  required,
  text,
  withDefault,
  type Read,
} from '../domain/model/keys.ts';
import { amountText } from '../domain/money.ts';
import { lastDay, type Period } from '../domain/period.ts';
import type { JournalLine } from '../domain/statements/journal.ts';
import { packageRoot } from '../package-root.ts';
import { parsePlain } from './model-text.ts';

/** The mapping that holds when none is named. */
export function genericMapping(): { yaml: string; file: string } {
  const file = join(packageRoot, 'templates', 'journals', 'generic.yaml');
  return { yaml: readFileSync(file, 'utf8'), file };
}

const account = (meaning: string) => required(code(meaning));

const mappingKeys = {
  name: required(text('name of the mapping')),
  by: withDefault(
    choice('a pair of lines for each unit, or each unit and decision', 'unit', 'decision'),
    'unit',
    'unit',
  ),
  delimiter: withDefault(choice('between columns', ',', ';', '\t'), ',', ','),
  decimal: withDefault(choice('decimal sign of amounts', '.', ','), '.', '.'),
  accounts: required(
    object('accounts of the two sides', {
      charge: account('debited at the cost center of a unit'),
      recovery: account('credited at the cost center of service'),
      adjustment: code('the same for corrections and rulings (default: charge)'),
      adjustment_recovery: code('the same for corrections and rulings (default: recovery)'),
    }),
  ),
  columns: required(
    list(
      'columns of the file',
      object('a column', {
        title: required(text('header of the column')),
        value: required(text('text with {placeholders}')),
      }),
    ),
  ),
  receipt: withDefault(
    object('columns of what the ledger sends back', {
      document: required(text('our document')),
      reference: required(text("the ledger's own document number")),
      booked_on: required(text('day of booking')),
      debit: required(text('sum of debits')),
      credit: required(text('sum of credits')),
    }),
    { document: 'document', reference: 'reference', booked_on: 'booked_on', debit: 'debit', credit: 'credit' },
    'the names themselves',
  ),
};

export type JournalMapping = Read<typeof mappingKeys>;

export interface JournalHead {
  readonly document: string;
  readonly period: Period;
  readonly currency: string;
  readonly digits: number;
}

const PLACEHOLDER = /\{([a-z_]+)\}/g;

/** Mapping of a journal from its YAML. @throws InvalidInput with every fault at once */
export function readJournalMapping(yaml: string, file: string): JournalMapping {
  const faults = new FaultList(file, 'bad_mapping');
  const plain = parsePlain(yaml, file);
  if (plain === null || typeof plain !== 'object' || Array.isArray(plain)) {
    faults.add('', plain, 'a mapping is an object with the keys accounts and columns', 'See templates/journals.');
    throw new InvalidInput(faults.faults);
  }
  const mapping = readFields(mappingKeys, plain as Record<string, unknown>, '', faults);
  const known = Object.keys(placeholders(SAMPLE, SAMPLE_HEAD, 1, '.'));
  if (faults.faults.length === 0)
    mapping.columns.forEach(({ value }, i) => {
      for (const [, name] of value.matchAll(PLACEHOLDER))
        if (!known.includes(name!))
          faults.add(`columns[${i}].value`, value, `there is no {${name}}`, `There are ${known.join(', ')}.`);
    });
  if (faults.faults.length > 0) throw new InvalidInput(faults.faults);
  return mapping;
}

/**
 * The file: header and one row a line. Its text columns are raw by contract with the ledger, so they hold nothing but
 * codes, which were checked when they came in, and the mapping's own words.
 */
export function journalFile(lines: readonly JournalLine[], mapping: JournalMapping, head: JournalHead): Buffer {
  const quoted = (field: string): string =>
    field.includes(mapping.delimiter) || /["\r\n]/.test(field) ? `"${field.replaceAll('"', '""')}"` : field;
  const row = (fields: readonly string[]): string => `${fields.map(quoted).join(mapping.delimiter)}\r\n`;
  const rows = lines.map((line, i) => {
    const values = placeholders(line, head, i + 1, mapping.decimal);
    return row(
      mapping.columns.map(({ value }) => value.replace(PLACEHOLDER, (_, name: string) => values[name]!).trim()),
    );
  });
  return Buffer.from([row(mapping.columns.map(({ title }) => title)), ...rows].join(''), 'utf8');
}

function placeholders(line: JournalLine, head: JournalHead, no: number, decimal: string): Record<string, string> {
  const money = (minor: bigint) => amountText(minor, head.digits).replace('.', decimal);
  return {
    document: head.document,
    line: String(no),
    period: head.period,
    posting_date: lastDay(head.period),
    account: line.account,
    cost_center: line.costCenter,
    debit: line.debit === 0n ? '' : money(line.debit),
    credit: line.credit === 0n ? '' : money(line.credit),
    amount: money(line.debit - line.credit),
    currency: head.currency,
    unit: line.unit,
    decision: line.decision ?? '',
    charge_period: line.chargePeriod,
  };
}

const SAMPLE_HEAD: JournalHead = { document: '', period: '2026-01' as Period, currency: '', digits: 2 };
const SAMPLE: JournalLine = {
  ...{ account: '', costCenter: '', debit: 0n, credit: 0n, unit: '', decision: null },
  chargePeriod: SAMPLE_HEAD.period,
};
