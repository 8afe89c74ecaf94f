import { writeFileSync } from 'node:fs';
import type { Command } from 'commander';
import { KIND_NAMES } from '../../intake/kinds/kind.ts';
import type { Answer } from '../answer.ts';
import { helpOf } from '../command.ts';
import { WrongUsage } from '../failure.ts';
import { table } from '../table.ts';

export const TEMPLATE_FORMATS = ['csv', 'xlsx'] as const;
export type TemplateFormat = (typeof TEMPLATE_FORMATS)[number];

/** Help of the command itself, of a kind's columns, or of the mapping language. */
export async function importHelp(command: Command, name: string | undefined): Promise<Answer> {
  if (name === undefined) {
    return { json: { kinds: KIND_NAMES }, text: helpOf(command) };
  }
  if (name === 'mapping') {
    const { mappingReference } = await import('../../intake/mapping-language.ts');
    const { shippedMappings } = await import('../../application/mappings.ts');
    const shipped = [...shippedMappings().keys()];
    return {
      json: { reference: mappingReference(), shipped },
      text: `${mappingReference()}\nShipped: ${shipped.join(', ')}`,
    };
  }
  const { kindNamed } = await import('../../intake/kinds/all.ts');
  const { importLegend } = await import('../../intake/import-template.ts');
  const kind = kindNamed(name);
  const columns = table(importLegend(kind), [
    { title: 'column', of: ({ column, required }) => `${column}${required ? '*' : ''}` },
    { title: 'holds', of: ({ meaning }) => meaning },
    { title: 'form', of: ({ form }) => form },
    { title: 'example', of: ({ example }) => example },
  ]);
  const text = `${kind.file}: ${kind.meaning}\nOne row per ${kind.key.join(' + ')}; * must be there.\n\n${columns}`;
  return { json: kind, text, next: `answerable import --template ${kind.name} --out ${kind.file}` };
}

/** The template of a kind, into a file or, as CSV, to stdout. @throws WrongUsage for XLSX without a file */
export async function importTemplate(
  name: string,
  { format = 'csv', out }: { readonly format?: TemplateFormat; readonly out?: string },
): Promise<Answer> {
  const { kindNamed } = await import('../../intake/kinds/all.ts');
  const { csvTemplate, xlsxTemplate } = await import('../../intake/import-template.ts');
  const kind = kindNamed(name);
  if (out === undefined) {
    if (format === 'xlsx') {
      const next = `answerable import --template ${kind.name} --format xlsx --out ${kind.name}.xlsx`;
      throw new WrongUsage('an XLSX template needs --out FILE', next);
    }
    const text = csvTemplate(kind);
    return { json: { kind: kind.name, template: text }, text };
  }
  const content = format === 'xlsx' ? await xlsxTemplate(kind) : csvTemplate(kind);
  writeFileSync(out, content);
  return {
    json: { kind: kind.name, file: out },
    text: out,
    next: `answerable import ${kind.name} ${out} --dry-run`,
  };
}
