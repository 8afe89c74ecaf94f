import { amount, minor } from '../format.ts';
import { label, t } from '../language.ts';

/** The parts of `statements --format json` that the page shows. */
export interface UnitStatement {
  readonly unit: string;
  readonly name: string;
  readonly contacts: string;
  readonly gross: string;
  readonly withheld: string;
  readonly retentionCredit: string;
  readonly adjustments: string;
  readonly net: string;
  readonly sha256: string;
  readonly bridge: Readonly<Record<string, string>> | null;
  readonly lines: readonly StatementLine[];
}
export interface StatementLine {
  readonly id: string;
  readonly kind: string;
  readonly decision: string | null;
  readonly reason: string | null;
  readonly channel: string | null;
  readonly pool: string;
  /** two lines of a decision may differ by nothing but the rule */
  readonly rule: string | null;
  readonly contacts: string;
  readonly amount: string;
  readonly tier: string | null;
  readonly treatment: string;
}

const KINDS: Readonly<Record<string, string>> = {
  direct: label('Direct cost'),
  reserved: label('Reserved capacity'),
  unused_share: label('Share of unused capacity'),
};

/** What a line without a reason is charged for. */
export function kindName(kind: string): string {
  return t(KINDS[kind] ?? kind);
}
/** Of each decision; the page stays within its budget and the files hold all. */
const SHOWN = 25;

export interface Group {
  readonly key: string;
  readonly decision: string | null;
  readonly title: string;
  /** the largest, each shown */
  readonly lines: readonly StatementLine[];
  /** the others as one */
  readonly rest: { readonly count: number; readonly amount: bigint; readonly contacts: string } | null;
  readonly amount: bigint;
  readonly contacts: string;
}

/** Lines by decision, the largest first; what no decision caused stands last. */
export function grouping(lines: readonly StatementLine[], decisions: ReadonlyMap<string, string>): Group[] {
  const groups = new Map<string, StatementLine[]>();
  for (const line of lines) groups.set(line.decision ?? '', [...(groups.get(line.decision ?? '') ?? []), line]);
  return [...groups]
    .map(([decision, own]): Group => {
      const lines = [...own].sort(
        (a, b) => compare(magnitude(b.amount), magnitude(a.amount)) || (a.id < b.id ? -1 : 1),
      );
      const rest = lines.length > SHOWN + 1 ? lines.slice(SHOWN) : [];
      return {
        key: decision,
        decision: decision === '' ? null : decision,
        title: decision === '' ? t('No decision (owner of the reason)') : (decisions.get(decision) ?? decision),
        lines: lines.slice(0, lines.length - rest.length),
        rest: rest.length === 0 ? null : { count: rest.length, amount: chargedOf(rest), contacts: contactsOf(rest) },
        amount: chargedOf(own),
        contacts: contactsOf(own),
      };
    })
    .sort((a, b) => Number(a.key === '') - Number(b.key === '') || compare(b.amount, a.amount));
}

function chargedOf(lines: readonly StatementLine[]): bigint {
  return lines.filter((line) => line.treatment === 'charged').reduce((sum, line) => sum + minor(line.amount), 0n);
}

/** What of a statement waits for a ruling, minor units. */
export function parkedOf({ lines }: Pick<UnitStatement, 'lines'>): bigint {
  return lines.filter(({ treatment }) => treatment === 'parked').reduce((sum, line) => sum + minor(line.amount), 0n);
}

/** Sum of the contacts of lines, six decimals. */
export function contactsOf(lines: readonly StatementLine[]): string {
  return amount(
    lines.reduce((sum, line) => sum + micro(line.contacts), 0n),
    6,
  );
}

export function magnitude(text: string): bigint {
  const value = minor(text);
  return value < 0n ? -value : value;
}

function compare(a: bigint, b: bigint): number {
  return a < b ? -1 : a > b ? 1 : 0;
}

function micro(contacts: string): bigint {
  const [whole, rest = ''] = contacts.split('.') as [string, string?];
  return BigInt(whole + rest.padEnd(6, '0'));
}
