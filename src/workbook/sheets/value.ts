import type { EffectSection, ServiceValue } from '../../domain/statements/value-document.ts';
import type { Frame } from '../plan/frame.ts';
import { calc, number, text, type Table } from '../plan/sheet.ts';

const CREDIT_FIGURES = ['point', 'netted', 'credit', 'aboveCap', 'notCredited'] as const;
const FIRST_FIGURE = ['first', 'second', 'third', 'fourth', 'fifth'] as const;

/** Column of the value sheet in which the credit of a unit stands. */
export const CREDIT_COLUMN = 'third';

/**
 * What decisions and service did to revenue: what is netted of it unit by unit, service's own value, and the estimates
 * behind both. Management lines, posted amounts: they enter neither the tie-out nor the journal.
 */
export function buildValue(frame: Frame): void {
  const { service, effects } = frame.model.value!;
  const table = frame.table('credits');
  const { sheet } = table;
  frame.head(sheet);
  putCredits(frame, table);
  let row = table.last + 4;
  if (service) row = putService(frame, service, row);
  if (effects.length > 0) putEffects(frame, effects, row);
}

function heads(frame: Frame, row: number, first: string, words: readonly string[], figures: readonly string[]): void {
  const { sheet } = frame.table('credits');
  sheet.put('item', row, text(frame.label(first)), 'Header');
  const put = (column: string, word: string, style: string) =>
    sheet.put(column, row, text(frame.label(`value.column.${word}`)), style);
  ['decision', 'month', 'days', 'kind'].forEach((column, i) =>
    words[i] === undefined ? sheet.put(column, row, text(null), 'Header') : put(column, words[i], 'Header'),
  );
  FIRST_FIGURE.forEach((column, i) =>
    figures[i] === undefined ? sheet.put(column, row, text(null), 'Header') : put(column, figures[i], 'HeaderRight'),
  );
  sheet.put('why', row, text(frame.label(`value.column.why`)), 'Header');
}

function putCredits(frame: Frame, table: Table): void {
  const { sheet, first, last } = table;
  const { credits } = frame.model.value!;
  heads(frame, first - 1, 'value.credits', ['decision', 'month', 'days', 'tier'], CREDIT_FIGURES);
  sheet.put('days', first - 1, text(null), 'Header');
  credits.forEach((credit, i) => {
    const row = first + i;
    sheet.put('item', row, text(frame.unit(credit.unitKey).name), 'Label');
    sheet.put('decision', row, text(credit.decision), 'Label', 'text');
    sheet.put('month', row, text(credit.chargePeriod), 'Label', 'text');
    sheet.put('kind', row, text(credit.tier), 'Label');
    sheet.put('unitKey', row, text(credit.unitKey), 'Key');
    CREDIT_FIGURES.forEach((figure, f) => sheet.put(FIRST_FIGURE[f]!, row, number(Number(credit[figure])), 'Posted'));
  });
  if (credits.length === 0) sheet.put('item', first, text(frame.label('table.empty')), 'Note');
  for (const column of ['decision', 'month', 'days', 'kind', 'why']) sheet.put(column, last + 1, text(null), 'Total');
  sheet.put('item', last + 1, text(frame.label('column.total')), 'LabelTotal');
  CREDIT_FIGURES.forEach((figure, f) => {
    const column = FIRST_FIGURE[f]!;
    const cents = credits.reduce(
      (sum, credit) => sum + Math.round(Number(credit[figure]) * 10 ** frame.model.digits),
      0,
    );
    const formula = `SUM(${sheet.at(column, first)}:${sheet.at(column, last)})`;
    sheet.put(column, last + 1, calc(formula, cents / 10 ** frame.model.digits), 'Total');
  });
}

/** recovered + retention credit − cost. */
function putService(frame: Frame, service: ServiceValue, top: number): number {
  const { sheet } = frame.table('credits');
  frame.section(sheet, top, 'value.service');
  const at = (i: number) => sheet.at('first', top + 1 + i);
  (['recovered', 'retentionCredit', 'cost'] as const).forEach((item, i) => {
    sheet.put('item', top + 1 + i, text(frame.label(`value.service.${item}`)), 'Label');
    sheet.put('first', top + 1 + i, number(Number(service[item])), 'Posted');
  });
  sheet.put('item', top + 4, text(frame.label('value.service.net')), 'LabelTotal');
  for (const column of ['decision', 'month', 'days', 'kind']) sheet.put(column, top + 4, text(null), 'Total');
  sheet.put('first', top + 4, calc(`${at(0)}+${at(1)}-${at(2)}`, Number(service.net)), 'Total');
  return top + 7;
}

function putEffects(frame: Frame, effects: readonly EffectSection[], top: number): void {
  const { sheet } = frame.table('credits');
  const figures = ['point', 'low', 'high', 'postedPoint', 'postedNetted'];
  heads(frame, top, 'value.effects', ['decision', 'month', 'days', 'kind'], figures);
  effects.forEach((effect, i) => {
    const row = top + 1 + i;
    sheet.put('item', row, text(frame.label(`value.effect.${effect.effect}`)), 'Label');
    sheet.put('decision', row, text(effect.decision), 'Label', 'text');
    sheet.put('month', row, text(effect.cohort), 'Label', 'text');
    sheet.put('days', row, number(effect.windowDays), 'LabelLeft', 'count');
    sheet.put('kind', row, text(frame.label(`value.kind.${effect.kind}`)), 'Label');
    const { total } = effect;
    const amounts = [total?.point, total?.low, total?.high, effect.postedPoint, effect.postedNetted];
    amounts.forEach((amount, f) => {
      if (amount !== undefined) sheet.put(FIRST_FIGURE[f]!, row, number(Number(amount)), 'Posted');
    });
    sheet.put('why', row, text(effect.why.join('; ')), 'Note');
  });
}
