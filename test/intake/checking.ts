import { CodeBook } from '../../src/intake/codes.ts';
import type { Books } from '../../src/intake/column-checks.ts';
import type { Kind } from '../../src/intake/kinds/kind.ts';
import { bindHeader, RowCheck, type CheckedRow } from '../../src/intake/row-check.ts';
import type { RowFault } from '../../src/intake/rows.ts';
import { Zone } from '../../src/intake/timestamps.ts';

const BERLIN = new Zone('Europe/Berlin');

/** Books of a company in Berlin with the codes that the examples of the kinds name. */
export function someBooks(): Books {
  return {
    currency: 'EUR',
    zone: BERLIN,
    pseudonym: (id) => id,
    pseudonymise: false,
    known: {
      unit: new CodeBook('unit', ['GROUP', 'RETAIL', 'RETAIL-2']),
      reason: new CodeBook('reason', ['billing', 'billing.fee', 'billing.fee.late', 'billing.dispute']),
      decision: new CodeBook('decision', ['FEE-LATE', 'APP-5']),
      pool: new CodeBook('pool', ['voice', 'chat']),
      instrument: new CodeBook('instrument', ['CSAT-PHONE']),
    },
  };
}

/** The row of a kind that its template shows, with some fields replaced. */
export function exampleRow(kind: Kind, replaced: Record<string, string> = {}): Record<string, string> {
  const row = Object.fromEntries(kind.columns.map((column) => [column.name, column.example]));
  for (const name of kind.exampleWithout ?? []) row[name] = '';
  return { ...row, ...replaced };
}

/** Checks rows given by column name. */
export function checkRows(kind: Kind, rows: readonly Record<string, string>[], books = someBooks()) {
  const header = kind.columns.map((column) => column.name);
  const faults: RowFault[] = [];
  const notes: string[] = [];
  const check = new RowCheck(
    kind,
    bindHeader(kind, header, kind.file),
    books,
    kind.file,
    (f) => faults.push(f),
    (code) => notes.push(code),
  );
  const checked = rows.map((row, i): CheckedRow | undefined =>
    check.check({ line: i + 2, fields: header.map((name) => row[name] ?? '') }),
  );
  check.settlePending();
  return { checked, faults, notes };
}
