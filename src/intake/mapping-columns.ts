import { Decimal, decimalText } from '../domain/decimal.ts';
import type { Compilation } from './mapping-compilation.ts';
import type { ColumnRule } from './mapping-language.ts';
import { coder, finisher, plainText } from './mapping-steps.ts';
import { numberReader } from './number-format.ts';
import type { SourceRow } from './rows.ts';

export interface CompiledColumn {
  readonly target: string;
  readonly rule: ColumnRule;
  /** our value of a row of theirs; '' when it is missing. @throws ValueFault */
  readonly value: (row: SourceRow) => string;
}

/** A rule of the mapping, ready to run. @throws RangeError for a bad date pattern */
export function compileColumn(target: string, rule: ColumnRule, compilation: Compilation): CompiledColumn {
  const { mapping } = compilation;
  const missing = new Set([...(mapping.missing ?? []), ...(rule.missing ?? [])]);
  const read =
    (index: number | undefined) =>
    (row: SourceRow): string => {
      const text = index === undefined ? '' : (row.fields[index] ?? '').trim();
      return missing.has(text) ? '' : text;
    };
  const column = (name: string): ((row: SourceRow) => string) => read(compilation.find([name]));
  const place = rule.from?.find((name) => compilation.find([name]) !== undefined) ?? target;
  const finish = finisher(target, rule, compilation, place);
  const fallback = rule.default ?? '';
  const ended = (raw: string, row: SourceRow): string => (raw === '' ? fallback : finish(raw, row));

  if (rule.value !== undefined) return { target, rule, value: () => rule.value! };
  if (rule.row_id !== undefined) {
    return { target, rule, value: (row) => `${rule.prefix ?? ''}${compilation.rowIds.next(row)}` };
  }
  if (rule.join !== undefined)
    return { target, rule, value: joined(target, rule, rule.join.map(column), compilation, ended) };
  if (rule.multiply !== undefined) {
    const factors = rule.multiply.map((name) => ({ name, read: column(name) }));
    const number = numberReader(mapping.numbers);
    return {
      target,
      rule,
      value: (row) => {
        const texts = factors.map((factor) => factor.read(row));
        if (texts.includes('')) return fallback;
        const product = texts.reduce(
          (p, text, i) => p.times(plainText(number, text, factors[i]!.name)),
          new Decimal(1),
        );
        return finish(decimalText(product), row);
      },
    };
  }
  if (rule.text !== undefined) {
    const parts = rule.text.split(/\{([^}]*)\}/);
    const values = parts.map((part, i) => (i % 2 === 0 ? () => part : column(part)));
    return {
      target,
      rule,
      value: (row) => {
        const texts = values.map((value) => value(row));
        return texts.some((text, i) => i % 2 === 1 && text === '') ? fallback : ended(texts.join(''), row);
      },
    };
  }
  const from = read(compilation.find(rule.from ?? []));
  return { target, rule, value: (row) => ended(from(row), row) };
}

function joined(
  target: string,
  rule: ColumnRule,
  parts: readonly ((row: SourceRow) => string)[],
  compilation: Compilation,
  ended: (raw: string, row: SourceRow) => string,
): (row: SourceRow) => string {
  const separator = rule.separator ?? '.';
  const words = (row: SourceRow): string[] => parts.map((part) => part(row)).filter((text) => text !== '');
  if (rule.code === undefined) return (row) => ended(words(row).join(separator), row);
  const make = coder(target, rule, compilation);
  return (row) => {
    const found = words(row);
    return found.length === 0 ? (rule.default ?? '') : `${rule.prefix ?? ''}${make(found)}`;
  };
}
