import type ExcelJS from 'exceljs';
import type { CellPlan } from '../plan/sheet.ts';
import type { CellStyle, Template } from '../plan/template.ts';

export interface StyleUse {
  readonly style: string;
  readonly format: string | undefined;
}

/**
 * Cell styles as the spreadsheet library takes them, one frozen object for each pair of style and number format: it
 * keeps styles by reference, so a style that is changed on one cell would change on all.
 */
export class Styles {
  private readonly made = new Map<string, Readonly<Partial<ExcelJS.Style>>>();

  constructor(
    private readonly template: Template,
    private readonly digits: number,
  ) {}

  of({ style, format }: Pick<CellPlan, 'style' | 'format'>): Readonly<Partial<ExcelJS.Style>> {
    const key = styleKey({ style, format });
    let made = this.made.get(key);
    if (!made) {
      made = deepFreeze(this.make(style, format));
      this.made.set(key, made);
    }
    return made;
  }

  /** Format code of a named number format, with the decimals of the currency. */
  code(name: string): string {
    const code = this.template.formats[name];
    if (code === undefined) throw new Error(`the styles have no number format "${name}"`);
    const point = this.digits === 0 ? '' : `.${'0'.repeat(this.digits)}`;
    return code.replaceAll('{.0}', point).replaceAll('{??}', '?'.repeat(this.digits));
  }

  color(name: string): string {
    const color = this.template.colors[name];
    if (color === undefined) throw new Error(`the styles have no color "${name}"`);
    return color;
  }

  private make(name: string, format: string | undefined): Partial<ExcelJS.Style> {
    const style = this.template.styles[name];
    if (style === undefined) throw new Error(`the styles have no cell style "${name}"`);
    return {
      font: this.font(style),
      alignment: alignmentOf(style),
      protection: { locked: style.unlocked !== true },
      ...(format === undefined ? {} : { numFmt: this.code(format) }),
      ...(style.fill === undefined
        ? {}
        : { fill: { type: 'pattern', pattern: 'solid', fgColor: { argb: this.color(style.fill) } } }),
      ...(style.border === undefined ? {} : { border: this.border(style.border) }),
    } as Partial<ExcelJS.Style>;
  }

  private font({ font = {} }: CellStyle): Partial<ExcelJS.Font> {
    return {
      name: font.name ?? this.template.font,
      size: font.size ?? this.template.fontSize,
      family: 2,
      color: { argb: this.color(font.color ?? 'ink') },
      ...(font.bold ? { bold: true } : {}),
      ...(font.italic ? { italic: true } : {}),
      ...(font.underline ? { underline: true } : {}),
    };
  }

  private border(border: NonNullable<CellStyle['border']>): Partial<ExcelJS.Borders> {
    return Object.fromEntries(
      Object.entries(border).map(([side, [style, color]]) => [side, { style, color: { argb: this.color(color) } }]),
    ) as Partial<ExcelJS.Borders>;
  }
}

export function styleKey({ style, format }: StyleUse): string {
  return `${style}|${format ?? ''}`;
}

function alignmentOf(style: CellStyle): Partial<ExcelJS.Alignment> {
  return {
    vertical: style.valign ?? 'bottom',
    ...(style.align ? { horizontal: style.align } : {}),
    ...(style.wrap ? { wrapText: true } : {}),
    ...(style.indent ? { horizontal: style.align ?? 'left', indent: style.indent } : {}),
  };
}

function deepFreeze<T extends object>(value: T): Readonly<T> {
  for (const item of Object.values(value)) if (item !== null && typeof item === 'object') deepFreeze(item as object);
  return Object.freeze(value);
}
