import { Fraction } from '../../domain/fraction.ts';
import { double } from '../model/numbers.ts';
import type { Apportioned } from '../model/apportioned.ts';
import type { Frame } from '../plan/frame.ts';
import { calc, type Content, type Sheet } from '../plan/sheet.ts';

const MILLIONTHS = 1_000_000n;
const millionths = (value: bigint) => double(Fraction.of(value, MILLIONTHS));

/**
 * The columns quota, whole, missing, remainder, rank, cent and the posted amount of one row: the largest-remainder rule
 * as formulas. The quota is rounded at six decimals, so that a double's last bits never move a cent.
 * @param block first and last row of what is shared out together, ascending by the key that breaks ties
 * @param columns keys of the columns that hold the exact share, the total and the posted amount
 */
export function putApportioned(
  frame: Frame,
  sheet: Sheet,
  row: number,
  block: { readonly first: number; readonly last: number },
  step: Apportioned,
  columns: { readonly posted: string },
): void {
  const at = (column: string) => sheet.at(column, row);
  const all = (column: string) => sheet.local(column, block.first, block.last).replaceAll(/\$([A-Z]+)\$/g, '$1$');
  const remainder = sheet.col('remainder');
  const upTo = `${remainder}$${block.first}:${remainder}${row}`;
  const put = (column: string, formula: string, result: number, style = 'Calc') =>
    sheet.put(column, row, calc(formula, result), style);
  put('quota', `ROUND(${at('exact')},6)`, millionths(step.quota));
  put('whole', cutToMinor(at('quota')), frame.money(step.whole));
  put('missing', `ROUND((${at('total')}-SUM(${all('whole')}))/MinorUnit,0)`, Number(step.missing));
  put('remainder', `ROUND(${at('quota')}-${at('whole')},6)*IF(${at('missing')}<0,-1,1)`, millionths(step.remainder));
  put(
    'rank',
    `SUMPRODUCT((${all('remainder')}>${at('remainder')})*1)+SUMPRODUCT((${upTo}=${at('remainder')})*1)`,
    step.rank,
  );
  put(
    'cent',
    `IF(${at('rank')}<=ABS(${at('missing')}),IF(${at('missing')}<0,-1,1)*MinorUnit,0)`,
    frame.money(step.cent),
  );
  put(columns.posted, `ROUND(${at('whole')}+${at('cent')},Digits)`, frame.money(step.posted), 'Word');
}

/**
 * Whole minor units of a quota, cut toward zero. ROUNDDOWN would do it, but LibreOffice first rounds to twelve digits
 * there, which moves a cent above a million; ROUND is exact in every program that was tried.
 */
export function cutToMinor(quota: string): string {
  const rounded = `ROUND(${quota},Digits)`;
  return `${rounded}-IF(ROUND(ABS(${rounded})-ABS(${quota}),6)>0,IF(${quota}<0,-1,1)*MinorUnit,0)`;
}

export const APPORTIONMENT = ['quota', 'whole', 'missing', 'remainder', 'rank', 'cent'] as const;

/** Share of a total by quantity, or nothing when nothing was used. */
export function byQuantity(sheet: Sheet, row: number, exact: number): Content {
  const at = (column: string) => sheet.at(column, row);
  return calc(`IF(${at('sum')}=0,0,${at('total')}*${at('quantity')}/${at('sum')})`, exact);
}

/** Declares each of the block's columns as one formula. */
export function runsOf(sheet: Sheet, columns: readonly string[], first: number, last: number): void {
  for (const column of columns) sheet.run(column, first, last);
}
