import { stringify } from 'csv-stringify/sync';
import type { StatementSet } from '../domain/statements/statement-set.ts';
import { defused } from '../intake/csv-text.ts';

export type TextFormat = 'json' | 'csv';

export interface StatementFile {
  readonly name: string;
  readonly content: Buffer;
}

/**
 * A statement set as a file of text; the figures are those of the document, to the digit. Until the
 * period is issued its name says preliminary.
 */
export function statementFile(set: StatementSet, format: TextFormat, unit?: string): StatementFile {
  const parts = ['statements', set.period, ...(unit === undefined ? [] : [fileWord(unit)])];
  if (set.state !== 'closed') parts.push('preliminary');
  return { name: `${parts.join('-')}.${format}`, content: statementContent(set, format) };
}

export function statementContent(set: StatementSet, format: TextFormat): Buffer {
  return Buffer.from(format === 'json' ? `${JSON.stringify(set, null, 2)}\n` : statementCsv(set));
}

interface CsvRow {
  unit: string | null;
  line: string | null;
  kind: string;
  decision?: string | null;
  reason?: string | null;
  channel?: string | null;
  pool: string | null;
  rule?: string | null;
  tier?: string | null;
  treatment: string;
  contacts?: string;
  seconds?: string;
  rate?: string | null;
  amount: string;
  charge_period?: string;
}

/** Text columns by which a spreadsheet could be made to compute: their cells are defused, figures are left alone. */
const TEXT = ['unit', 'line', 'kind', 'decision', 'reason', 'channel', 'pool', 'rule', 'tier', 'treatment'] as const;
const FIGURES = ['contacts', 'seconds', 'rate', 'amount', 'charge_period'] as const;

/** One row per line of a unit and of service; the amounts of a whole period sum to its ledger. */
function statementCsv(set: StatementSet): string {
  const rows = [...unitRows(set), ...serviceRows(set)].map((row) => ({
    period: set.period,
    ...Object.fromEntries(TEXT.map((column) => [column, defused(row[column] ?? '')])),
    ...Object.fromEntries(FIGURES.map((column) => [column, row[column] ?? ''])),
    currency: set.currency,
  }));
  const columns = ['period', ...TEXT, ...FIGURES, 'currency'];
  return stringify(rows, { header: true, columns, record_delimiter: 'windows' });
}

function* unitRows(set: StatementSet): Generator<CsvRow> {
  for (const unit of set.units) {
    for (const { id, chargePeriod, ...line } of unit.lines) {
      yield { unit: unit.unit, line: id, ...line, charge_period: chargePeriod };
    }
  }
}

function* serviceRows({ service }: StatementSet): Generator<CsvRow> {
  if (service === undefined) return;
  const kept = { unit: null, treatment: 'kept by service' };
  for (const { id, kind, pool, amount } of service.variances) {
    yield { ...kept, line: id, kind: `variance ${kind}`, pool, amount };
  }
  for (const { id, kind, pool, amount } of service.unused) {
    yield { ...kept, line: id, kind: `unused ${kind}`, pool, amount };
  }
  for (const { pool, amount } of service.unattributed.pools) {
    yield { ...kept, line: null, kind: 'unattributed', pool, amount };
  }
  yield { ...kept, line: null, kind: 'parked', pool: null, amount: service.parked };
  yield { ...kept, line: null, kind: 'conversion', pool: null, amount: service.conversion };
}

/** Codes may hold any printable character; a file name may not. */
const fileWord = (code: string): string => code.replace(/[^A-Za-z0-9._-]/g, '_');
