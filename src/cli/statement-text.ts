import type { Reconciliation, StatementSet, UnitSection } from '../domain/statements/statement-set.ts';
import { coverageText } from './coverage-text.ts';
import { grouped, table, type Column } from './table.ts';

/** What a period comes to, for people: its units, where the ledger went and how much is explained. */
export function statementText(set: StatementSet): string {
  const tieOut = set.reconciliation === undefined ? [] : [`\n${tieOutText(set.reconciliation, set.currency)}`];
  const coverage = set.coverage === undefined ? [] : [`\n${coverageText(set.coverage, set.currency)}`];
  return [unitsText(set), ...tieOut, ...coverage].join('\n');
}

const UNIT_COLUMNS: readonly Column<Pick<UnitSection, 'unit' | 'name' | 'contacts' | 'gross'>>[] = [
  { title: 'unit', of: (unit) => unit.unit },
  { title: 'name', of: (unit) => unit.name },
  { title: 'contacts', of: (unit) => grouped(unit.contacts), right: true },
  { title: 'gross', of: (unit) => grouped(unit.gross), right: true },
];

export function unitsText(set: StatementSet): string {
  const charged = set.reconciliation?.charged;
  const title = `${set.period}, ${set.currency}`;
  if (charged === undefined) return `${title}\n${table(set.units, UNIT_COLUMNS)}`;
  const totals = { unit: 'all units', name: '', contacts: '', gross: charged };
  return `${title}\n${table(set.units, UNIT_COLUMNS, totals)}`;
}

/** The identity of method 3 and its figures: what is not charged has a name, too. */
export function tieOutText(terms: Reconciliation, currency: string): string {
  const rows: (readonly [string, string, string])[] = [
    ['', 'ledger', terms.ledger],
    ['=', 'charged', terms.charged],
    ['+', 'service variances', terms.serviceVariances],
    ['+', 'unused', terms.unusedCapacity],
    ['+', 'unattributed', terms.unattributed],
    ['+', 'withheld', terms.withheld],
    ['+', 'parked', terms.parked],
    ['+', 'conversion', terms.conversion],
  ];
  const figures = table(rows, [
    { title: '', of: ([sign]) => sign },
    { title: '', of: ([, name]) => name },
    { title: currency, of: ([, , amount]) => grouped(amount), right: true },
  ]);
  const identity = 'ledger = charged + service variances + unused + unattributed + withheld + parked + conversion';
  return `${identity}, difference ${terms.difference}\n${figures}`;
}
