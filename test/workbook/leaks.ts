import type { UnitSection } from '../../src/domain/statements/statement-set.ts';
import { unescaped } from './cells.ts';

/** Amounts below this may be another unit's by chance. */
const TELLING = 500;

/** Every figure of a statement: totals, lines, what was booked beside it, what is netted, what moved it. */
function figuresOf(unit: UnitSection): Map<number, string> {
  const figures = new Map<number, string>();
  const read = (value: unknown, path: string): void => {
    if (typeof value === 'string' && /^-?\d+\.\d{2}$/.test(value)) figures.set(Number(value), `${path} ${value}`);
    else if (value !== null && typeof value === 'object')
      for (const [key, inner] of Object.entries(value)) read(inner, `${path}.${key}`);
  };
  read(unit, unit.unit);
  return figures;
}

/**
 * What of other units stands anywhere in the file of a unit's pack: their codes, their names, any figure of their
 * statements that is not the unit's own as well.
 * @param own texts of the unit that hold another's code, e.g. the title of a decision that both own
 */
export function foreignTexts(
  parts: ReadonlyMap<string, string>,
  unit: string,
  units: readonly UnitSection[],
  own: readonly string[] = [],
): string[] {
  let all = unescaped([...parts.values()].join('\n'));
  for (const text of own) all = all.replaceAll(text, '');
  const values = new Set([...all.matchAll(/<(?:c:)?v>([^<]*)<\/(?:c:)?v>/g)].map(([, value]) => Number(value)));
  const mine = figuresOf(units.find((section) => section.unit === unit)!);
  return units
    .filter((section) => section.unit !== unit)
    .flatMap((section) => [
      ...[section.unit, section.name].filter((text) => all.includes(text)),
      ...[...figuresOf(section)].flatMap(([figure, where]) =>
        Math.abs(figure) >= TELLING && !mine.has(figure) && (values.has(figure) || values.has(-figure)) ? [where] : [],
      ),
    ]);
}
