import type { BinaryRows } from './binary-rows.ts';
import { cellColumn, type CellColumn } from './cell-column.ts';
import type { CellBook } from './cells.ts';
import type { Books } from './column-checks.ts';
import { amountColumn, RowCurrency, waivedColumn, type AmountColumn } from './fact-amounts.ts';
import {
  booleanColumn,
  customerColumn,
  dateColumn,
  idColumn,
  instantColumn,
  knownTextColumn,
  labelColumn,
  maskedTextColumn,
  secondsColumn,
  type CustomerColumn,
  type DateColumn,
  type FactColumn,
  type FactContext,
  type KnownTextColumn,
  type Place,
} from './fact-columns.ts';
import type { Kind } from './kinds/kind.ts';
import { ownKeyColumn } from './own-key-column.ts';
import type { Binding } from './row-check.ts';
import { CELL_COLUMNS } from './stage-columns.ts';

/** A kind of facts made ready to encode: its columns in the order of their names, and what the totals want to hear. */
export interface CompiledFact {
  readonly names: readonly string[];
  readonly columns: readonly FactColumn[];
  /** `fast` of each column */
  readonly steps: readonly (() => boolean)[];
  readonly amounts: readonly { readonly column: AmountColumn; readonly name: string }[];
  readonly seconds: { readonly taken: number } | undefined;
  readonly instant: { readonly day: number } | undefined;
  readonly currency: RowCurrency | undefined;
  /** of contacts */
  readonly cell: CellColumn | undefined;
  /** the customer that names a row */
  readonly customer: CustomerColumn | undefined;
  /** true when the kind's rule may have something against the row whose columns were encoded last */
  readonly ruled: () => boolean;
}

const NO_RULE: { readonly values: readonly string[]; readonly losses: readonly string[] } = { values: [], losses: [] };
/** What the kind's rule may have against a value: something, or only with an amount above zero. */
const SUSPECT = 1;
const SUSPECT_GAIN = 2;

/** Makes the encoders of a kind's columns from its definition. @param cells for contacts only */
export function compileFact(
  kind: Kind,
  binding: Binding,
  books: Books,
  file: string,
  place: Place,
  out: BinaryRows,
  cells: CellBook | undefined,
): CompiledFact {
  const context: FactContext = { place, out, ...books, file };
  const inCell = new Set<string>(cells === undefined ? [] : CELL_COLUMNS);
  let currency: RowCurrency | undefined;
  let timed: { readonly taken: number } | undefined;
  let dated: { readonly day: number } | undefined;
  let cell: CellColumn | undefined;
  let customer: CustomerColumn | undefined;
  let known: KnownTextColumn | undefined;
  const { values, losses } = kind.ruleOnly ?? NO_RULE;
  const mark = (value: string): number =>
    values.includes(value) ? SUSPECT : losses.includes(value) ? SUSPECT_GAIN : 0;
  const days = new Map<string, DateColumn>();
  const names: string[] = [];
  const columns: FactColumn[] = [];
  const amounts: { column: AmountColumn; name: string }[] = [];
  const currencyColumn = kind.columns.findIndex((column) => column.type === 'currency');
  const currencyAt = binding.places[currencyColumn];
  if (currencyAt !== undefined) currency = new RowCurrency(context, currencyAt);
  const companyDigits = new RowCurrency(
    { ...context, place: { ...place, starts: Int32Array.of(0), ends: Int32Array.of(0) } },
    0,
  ).digits;
  const digits = currency?.digits ?? companyDigits;
  const contactId = kind.columns.findIndex((column) => column.name === 'contact_id');
  const placed =
    books.distributed && kind.name === 'contacts' ? { at: binding.places[contactId]!, c: contactId } : undefined;
  for (const [c, column] of kind.columns.entries()) {
    if (inCell.has(column.name)) continue;
    const at = binding.places[c];
    const required = column.required === true;
    const add = (name: string, made: FactColumn): void => {
      names.push(name);
      columns.push(made);
    };
    const name = column.as ?? column.name;
    if (column.type === 'customer' && placed !== undefined) {
      const own = at === undefined ? undefined : { column: customerColumn(context, at, c, required), at };
      add(name, ownKeyColumn(context, own, c, placed));
      names.push(column.also!);
      continue;
    }
    if (at === undefined) {
      // columns that neither the file nor the row has are left to the table, which has nothing in them
      const own = (): void => out.putText(books.currency);
      if (column.type === 'currency') add(name, { fast: () => (own(), true), slow: own });
      continue;
    }
    switch (column.type) {
      case 'timestamp': {
        const instant = instantColumn(context, at);
        dated = instant;
        add(name, instant);
        names.push(column.also!);
        break;
      }
      case 'customer': {
        const made = customerColumn(context, at, c, required);
        if (kind.key[0] === column.name) customer = made;
        add(name, made);
        names.push(column.also!);
        break;
      }
      case 'date': {
        const earlier = kind.ordered?.[1] === column.name ? days.get(kind.ordered[0]) : undefined;
        const made = dateColumn(context, at, c, required, earlier);
        days.set(column.name, made);
        add(name, made);
        break;
      }
      case 'integer': {
        const seconds = secondsColumn(context, at, c, required);
        timed = seconds;
        add(name, seconds);
        break;
      }
      case 'amount':
      case 'waived': {
        const made =
          column.type === 'amount'
            ? amountColumn(context, at, c, required, digits)
            : waivedColumn(context, at, c, amounts[0]?.column, digits);
        amounts.push({ column: made, name: column.name });
        add(name, made);
        break;
      }
      case 'currency':
        add(name, currency!.column(required, c));
        break;
      case 'code':
      case 'enum': {
        const made = knownTextColumn(context, column, at, c, mark);
        if (kind.ruleOnly?.column === column.name) known = made;
        add(name, made);
        break;
      }
      case 'boolean':
        add(name, booleanColumn(context, at, c));
        break;
      case 'label':
        add(name, labelColumn(context, at, c));
        break;
      case 'masked_text':
        add(name, maskedTextColumn(context, at, c));
        break;
      case 'id':
        add(name, idColumn(context, at, c, required));
        break;
      case 'name':
      case 'text':
      case 'decimal':
      case 'share':
      case 'period':
      case 'match':
      case 'reason_list':
        throw new Error(`${kind.name}.${column.name}: no columns of type ${column.type} are encoded`);
    }
  }
  if (cells !== undefined) {
    names.push('cell_no');
    cell = cellColumn(context, kind, binding.places, cells);
    columns.push(cell);
  }
  const ruled = (): boolean => {
    const marked = known === undefined ? 0 : known.marked();
    return marked === SUSPECT || (marked === SUSPECT_GAIN && (amounts[0]?.column.taken ?? NaN) > 0);
  };
  const steps = columns.map(({ fast }) => fast);
  return { names, columns, steps, amounts, seconds: timed, instant: dated, currency, cell, customer, ruled };
}
