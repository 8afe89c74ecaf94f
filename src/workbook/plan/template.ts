import { readFileSync, readdirSync } from 'node:fs';
import { join } from 'node:path';
import { packageRoot } from '../../package-root.ts';

/** One column of a sheet: key of formulas and labels, width in characters, format of its figures. */
export interface ColumnLayout {
  readonly key: string;
  readonly width: number;
  readonly format?: string;
  /** left-aligned header also above figures, e.g. over words */
  readonly align?: 'left' | 'right';
  /** feature of the model without which the column is left out */
  readonly needs?: string;
  /** helper of charts and formulas: outside the print area, grouped */
  readonly helper?: boolean;
  /** column under which it stands in a second table of the sheet */
  readonly under?: string;
}

export interface SheetLayout {
  readonly kind: 'output' | 'working' | 'input' | 'control';
  readonly orientation: 'landscape' | 'portrait';
  /** pages high; 0: as many as it takes */
  readonly pagesHigh: number;
  /** row of the column headers, frozen with what is above it; 0: nothing is frozen */
  readonly headerRow: number;
  readonly frozenColumns: number;
  readonly columns: readonly ColumnLayout[];
}

interface FontStyle {
  readonly size?: number;
  readonly bold?: boolean;
  readonly italic?: boolean;
  readonly underline?: boolean;
  readonly color?: string;
  readonly name?: string;
}
export interface CellStyle {
  readonly font?: FontStyle;
  readonly fill?: string;
  readonly border?: Readonly<Record<string, readonly [style: string, color: string]>>;
  readonly align?: 'left' | 'right' | 'center';
  readonly valign?: 'top' | 'middle';
  readonly wrap?: boolean;
  readonly indent?: number;
  readonly unlocked?: boolean;
  readonly format?: string;
}

export interface CheckText {
  readonly id: string;
  readonly kind: 'error' | 'run';
  readonly tolerance: 'cent' | 'share' | 'count';
}

/** The text that shapes a workbook: words, layout, styles and charts change here without code. */
export interface Template {
  readonly version: string;
  readonly language: string;
  readonly font: string;
  readonly fontSize: number;
  readonly paper: 'A4' | 'Letter';
  readonly colors: Readonly<Record<string, string>>;
  readonly formats: Readonly<Record<string, string>>;
  readonly styles: Readonly<Record<string, CellStyle>>;
  readonly sheets: Readonly<Record<string, SheetLayout>>;
  readonly checks: readonly CheckText[];
  readonly charts: ReadonlyMap<string, string>;
  readonly theme: string;
  label(key: string, values?: Readonly<Record<string, string>>): string;
}

export const LANGUAGES = ['en', 'de'] as const;
export type Language = (typeof LANGUAGES)[number];
const VERSION = 'v1';

/** Reads the template of a language. @throws Error naming a label that the language lacks, when it is asked for */
export function readTemplate(language: Language = 'en'): Template {
  const folder = join(packageRoot, 'templates', 'workbook', VERSION);
  const text = (name: string) => readFileSync(join(folder, name), 'utf8').replaceAll('\r\n', '\n');
  const layout = JSON.parse(text('layout.json')) as Pick<Template, 'paper' | 'sheets'>;
  const styles = JSON.parse(text('styles.json')) as Pick<
    Template,
    'font' | 'fontSize' | 'colors' | 'formats' | 'styles'
  >;
  const labels = JSON.parse(text(`labels.${language}.json`)) as Record<string, string>;
  const charts = readdirSync(join(folder, 'charts')).filter((name) => name.endsWith('.xml'));
  return {
    version: VERSION,
    language,
    ...layout,
    ...styles,
    checks: JSON.parse(text('checks.json')) as CheckText[],
    charts: new Map(charts.map((name) => [name.slice(0, -'.xml'.length), text(join('charts', name))])),
    theme: text('theme1.xml'),
    label(key, values = {}) {
      const found = labels[key];
      if (found === undefined) throw new Error(`the labels of ${language} lack "${key}"`);
      return found.replace(/\{(\w+)\}/g, (whole, name: string) => values[name] ?? whole);
    },
  };
}
