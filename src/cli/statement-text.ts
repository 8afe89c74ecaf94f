import { decimal, type Decimal } from '../domain/decimal.ts';
import type {
  AdjustmentSection,
  Reconciliation,
  StatementSet,
  UnitSection,
} from '../domain/statements/statement-set.ts';
import { coverageText } from './coverage-text.ts';
import { grouped, table, type Column } from './table.ts';

/** What a period comes to, for people: its units, where the ledger went and how much is explained; of one unit asked for, its lines. */
export function statementText(set: StatementSet, unit?: string): string {
  const one = set.units.find((section) => section.unit === unit);
  if (one !== undefined) return unitText(set, one);
  const tieOut = set.reconciliation === undefined ? [] : [`\n${tieOutText(set.reconciliation, set.currency)}`];
  const coverage = set.coverage === undefined ? [] : [`\n${coverageText(set.coverage, set.currency)}`];
  return [unitsText(set), ...tieOut, ...coverage].join('\n');
}

const UNIT_COLUMNS: readonly Column<Omit<UnitSection, 'bridge' | 'lines' | 'adjustmentLines' | 'retention'>>[] = [
  { title: 'unit', of: (unit) => unit.unit },
  { title: 'name', of: (unit) => unit.name },
  { title: 'contacts', of: (unit) => grouped(unit.contacts), right: true },
  { title: 'gross', of: (unit) => grouped(unit.gross), right: true },
];
/** Only where something was corrected or credited: else net is gross. */
const NET_COLUMNS: typeof UNIT_COLUMNS = [
  { title: 'credit', of: (unit) => grouped(unit.retentionCredit), right: true },
  { title: 'adjustments', of: (unit) => grouped(unit.adjustments), right: true },
  { title: 'net', of: (unit) => grouped(unit.net), right: true },
];

export function unitsText(set: StatementSet): string {
  const charged = set.reconciliation?.charged;
  const moved = set.units.some(({ gross, net }) => gross !== net);
  const columns = moved ? [...UNIT_COLUMNS, ...NET_COLUMNS] : UNIT_COLUMNS;
  const title = `${set.period}, ${set.currency}${set.onePersonMode ? ', in one-person mode' : ''}`;
  if (charged === undefined) return `${title}\n${table(set.units, columns)}`;
  const rest = { name: '', contacts: '', retentionCredit: '', adjustments: '', net: '' };
  return `${title}\n${table(set.units, columns, { ...rest, unit: 'all units', gross: charged })}`;
}

type UnitLine = Pick<
  AdjustmentSection,
  'id' | 'decision' | 'reason' | 'pool' | 'chargePeriod' | 'contacts' | 'amount'
> & {
  readonly what: string;
  readonly rule?: string | null;
};

/** A unit's own statement: every line, the largest first, by the id that `explain line` and `dispute open` take, then what it comes to. */
function unitText(set: StatementSet, unit: UnitSection): string {
  const what = (line: { treatment?: string; kind?: string; source?: string }): string =>
    line.source?.replaceAll('_', ' ') ?? (line.treatment === 'charged' ? line.kind! : line.treatment!);
  const size = (line: UnitLine): Decimal => decimal(line.amount).abs();
  const lines = [...unit.lines, ...(unit.adjustmentLines ?? [])]
    .map((line): UnitLine => ({ ...line, what: what(line) }))
    .sort((a, b) => size(b).comparedTo(size(a)) || (a.id < b.id ? -1 : 1));
  const rest = { what: '', decision: '', rule: '', reason: '', pool: '', chargePeriod: '', contacts: '' };
  const text = table(
    lines,
    [
      { title: 'line', of: (line) => line.id },
      { title: 'what', of: (line) => line.what },
      { title: 'decision', of: (line) => line.decision },
      { title: 'rule', of: (line) => line.rule ?? null },
      { title: 'reason', of: (line) => line.reason },
      { title: 'pool', of: (line) => line.pool },
      { title: 'charge period', of: (line) => line.chargePeriod },
      { title: 'contacts', of: (line) => grouped(line.contacts), right: true },
      { title: 'amount', of: (line) => grouped(line.amount), right: true },
    ],
    { ...rest, id: 'net', amount: unit.net },
  );
  const credit = unit.retentionCredit === '0.00' ? '' : ` − retention credit ${grouped(unit.retentionCredit)}`;
  const sum = `gross ${grouped(unit.gross)}${credit} + adjustments ${grouped(unit.adjustments)} = net ${grouped(unit.net)}`;
  const state = set.state === undefined ? '' : `, ${set.state === 'closed' ? 'issued' : 'preliminary'}`;
  const alone = set.onePersonMode ? ['one person may prepare, approve and issue (one-person mode)'] : [];
  const title = `${set.period} ${unit.unit} (${unit.name}), ${set.currency}${state}`;
  return [title, text, sum, ...alone].join('\n');
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
