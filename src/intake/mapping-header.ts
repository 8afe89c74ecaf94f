import { InvalidInput, type InputFault } from '../domain/errors.ts';
import { editDistance } from './codes.ts';
import type { ColumnRule, Mapping } from './mapping-language.ts';

/**
 * Finds their columns by name: exactly, else ignoring case and blanks at the ends.
 * @throws InvalidInput naming every column that the mapping needs and the file lacks or has twice
 */
export function headerFinder(
  header: readonly string[],
  mapping: Mapping,
  file: string,
): (names: readonly string[]) => number | undefined {
  const places = new Map<string, number[]>();
  header.forEach((name, index) => {
    for (const key of new Set([name.trim(), folded(name)])) places.set(key, [...(places.get(key) ?? []), index]);
  });
  const all = (name: string): readonly number[] => places.get(name.trim()) ?? places.get(folded(name)) ?? [];
  const faults: InputFault[] = [];
  for (const { names, optional } of neededColumns(mapping)) {
    const found = names.map(all).find((indexes) => indexes.length > 0);
    if (found === undefined && !optional) faults.push(absent(names, header, mapping, file));
    else if (found !== undefined && found.length > 1) {
      const message = `the file has the column "${header[found[0]!]}" ${found.length} times`;
      faults.push({
        file,
        code: 'double_column',
        message,
        remedy: 'Rename one of them; nobody can know which is meant',
      });
    }
  }
  if (faults.length > 0) throw new InvalidInput(faults);
  return (names) => names.map(all).find((indexes) => indexes.length > 0)?.[0];
}

function folded(name: string): string {
  return name.trim().toLowerCase();
}

/** Columns of theirs that a mapping reads, each with its alternatives. */
export function neededColumns(mapping: Mapping): { names: readonly string[]; optional: boolean }[] {
  const rules: ColumnRule[] = [mapping.columns, ...(mapping.each ?? []).map((each) => each.columns)].flatMap(
    (group) => [...group.values()],
  );
  const conditions = [...(mapping.rows?.keep ?? []), ...(mapping.rows?.drop ?? [])];
  const single = (names: readonly string[] | undefined): string[][] => (names ?? []).map((name) => [name]);
  return [
    ...rules.flatMap((rule) => {
      const optional = rule.optional === 'true';
      const templated = [...(rule.text ?? '').matchAll(/\{([^}]*)\}/g)].map((match) => [match[1]!]);
      const names = [...single(rule.join), ...single(rule.multiply), ...templated];
      if (rule.from !== undefined) names.push([...rule.from]);
      if (rule.sign !== undefined) names.push([...rule.sign.column]);
      return names.map((alternatives) => ({ names: alternatives, optional }));
    }),
    ...conditions.map((condition) => ({ names: condition.column, optional: false })),
    ...[...single(mapping.rows?.last_of), ...single(mapping.rows?.alike)].map((names) => ({ names, optional: false })),
  ];
}

function absent(names: readonly string[], header: readonly string[], mapping: Mapping, file: string): InputFault {
  const wanted = names.map((name) => `"${name}"`).join(' or ');
  const near = header.filter((name) => names.some((n) => editDistance(folded(n), folded(name), 2) <= 2));
  const shown = header.slice(0, 40).join(', ') + (header.length > 40 ? ', …' : '');
  return {
    file,
    line: 1,
    code: 'column_absent',
    message: `the mapping "${mapping.name}" reads the column ${wanted}, which the file does not have`,
    remedy: `${near.length > 0 ? `Did you mean ${near.map((n) => `"${n}"`).join(' or ')}? ` : ''}The file has: ${shown}`,
  };
}
