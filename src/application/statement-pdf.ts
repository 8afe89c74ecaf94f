import { createRequire } from 'node:module';
import { dirname, join } from 'node:path';
import pdfmake from 'pdfmake';
import type { LineSection, StatementSet, UnitSection } from '../domain/statements/statement-set.ts';
import { packageRoot } from '../package-root.ts';
import { readTemplate, type Language, type Template } from '../workbook/plan/template.ts';

const FONTS = join(
  dirname(createRequire(join(packageRoot, 'package.json')).resolve('pdfmake/package.json')),
  'build',
  'fonts',
  'Roboto',
);
/** Nothing of a document may make the maker read a file or a page: the fonts are all it needs. */
const isFont = (path: string) => path.startsWith(FONTS);

const INK = '#15191e';
const MUTE = '#5f6771';
const RULE = '#434a53';

type Content = string | Readonly<Record<string, unknown>>;
type Row = Content[];

/** A statement set as printable pages: the tie-out first, then a statement for each unit; the figures of the document. */
export async function statementPdf(set: StatementSet, company: string, language: Language = 'en'): Promise<Buffer> {
  const pages = new Pages(set, company, readTemplate(language));
  pdfmake.setFonts({
    Roboto: { normal: join(FONTS, 'Roboto-Regular.ttf'), bold: join(FONTS, 'Roboto-Medium.ttf') },
  });
  pdfmake.setUrlAccessPolicy(() => false);
  pdfmake.setLocalAccessPolicy(isFont);
  return await pdfmake.createPdf(pages.definition()).getBuffer();
}

class Pages {
  private readonly isIssued: boolean;

  constructor(
    private readonly set: StatementSet,
    private readonly company: string,
    private readonly template: Template,
  ) {
    this.isIssued = set.state === 'closed';
  }

  definition(): object {
    const { set, company } = this;
    const made = new Date(`${set.period}-28T00:00:00Z`); // what it is about, not a clock: the same bytes each time
    const run = this.label('print.run', { run: set.run.id ?? '–', hash: set.run.hash.slice(0, 12) });
    return {
      pageSize: this.template.paper === 'A4' ? 'A4' : 'LETTER',
      pageMargins: [40, 56, 40, 48],
      language: this.template.language,
      info: {
        title: `${this.label('summary.title')} ${set.period}`,
        author: company,
        creationDate: made,
        modDate: made,
      },
      defaultStyle: { font: 'Roboto', fontSize: 8.5, color: INK, lineHeight: 1.15 },
      header: () =>
        this.edge(company, `${set.period}${this.isIssued ? '' : `  ${this.label('standing.preliminary')}`}`, 24),
      footer: (page: number, pages: number) =>
        this.edge(run, this.label('print.page', { page: String(page), pages: String(pages) }), 16),
      content: [
        ...(set.reconciliation ? this.overview() : []),
        ...set.units.flatMap((unit, i) => this.statement(unit, i > 0 || set.reconciliation !== undefined)),
      ],
    };
  }

  private label(key: string, values?: Readonly<Record<string, string>>): string {
    return this.template.label(key, values);
  }

  /** Thousands apart by a no-break space, as the document says it otherwise: nothing is rounded here. */
  private figure(amount: string): Content {
    const [whole, ...decimals] = amount.split('.');
    const grouped = whole!.replace(/\B(?=(\d{3})+$)/g, '\u00a0');
    return right([grouped, ...decimals].join(this.label('print.decimalSign')).replace('-', '\u2212'));
  }

  private edge(left: string, right: string, top: number): Content {
    const side = { fontSize: 8, color: MUTE };
    return {
      columns: [
        { text: left, ...side },
        { text: right, alignment: 'right', ...side },
      ],
      margin: [40, top, 40, 0],
    };
  }

  private title(text: string, isNewPage: boolean): Content[] {
    const standing = this.label(this.isIssued ? 'standing.issued' : 'standing.preliminary');
    return [
      { text, fontSize: 17, bold: true, margin: [0, 0, 0, 2], ...(isNewPage ? { pageBreak: 'before' } : {}) },
      {
        text: [this.company, this.set.period, this.set.currency, standing].join('  |  '),
        color: MUTE,
        margin: [0, 0, 0, 10],
      },
    ];
  }

  private overview(): Content[] {
    const { reconciliation, units } = this.set;
    const { difference, ...terms } = reconciliation!;
    const rows = Object.entries(terms).map(([term, amount]) => [this.label(`summary.${term}`), this.figure(amount)]);
    return [
      ...this.title(this.label('summary.title'), false),
      heading(this.label('summary.keyFigures')),
      table(['*', 110], [], rows, [this.label('summary.difference'), this.figure(difference)]),
      heading(this.label('summary.units')),
      table(
        [50, '*', 70, 75, 75, 75],
        [
          this.label('pdf.code'),
          this.label('summary.column.unit'),
          right(this.label('summary.column.contacts')),
          right(this.label('statement.total')),
          right(this.label('statement.retention')),
          right(this.label('statement.net')),
        ],
        units.map((unit) => [
          unit.unit,
          unit.name,
          this.figure(unit.contacts),
          this.figure(unit.gross),
          this.figure(unit.retentionCredit),
          this.figure(unit.net),
        ]),
      ),
    ];
  }

  private statement(unit: UnitSection, isNewPage: boolean): Content[] {
    const terms = [
      ['total', unit.gross],
      ['retention', unit.retentionCredit],
      ['adjustments', unit.adjustments],
    ] as const;
    return [
      ...this.title(this.label('statement.title', { unit: unit.name }), isNewPage),
      { text: this.label('statement.code', { code: unit.unit }), margin: [0, 0, 0, 6] },
      table(
        ['*', 110],
        [],
        terms.map(([item, amount]) => [this.label(`statement.${item}`), this.figure(amount)]),
        [this.label('statement.net'), this.figure(unit.net)],
      ),
      ...this.bridge(unit),
      heading(this.label('pdf.lines')),
      this.lines(unit),
    ];
  }

  private bridge({ bridge }: UnitSection): Content[] {
    if (bridge === null) return [];
    const steps = Object.entries(bridge).filter(([, amount]) => typeof amount === 'string');
    const rows = steps.map(([step, amount]) => [this.label(`bridge.column.${step}`), this.figure(amount)]);
    return [heading(this.label('statement.bridge')), table(['*', 110], [], rows)];
  }

  private lines({ lines }: UnitSection): Content {
    const head = ['decision', 'reason', 'channel', 'pool', 'tier'].map((column) =>
      this.label(`lines.column.${column}`),
    );
    const treated = ({ treatment }: LineSection) => (treatment === 'charged' ? '' : this.label(`pdf.${treatment}`));
    return table(
      [62, '*', 40, 70, 22, 62, 62, 44],
      [...head, right(this.label('lines.column.contacts')), right(this.label('lines.column.amount')), ''],
      lines.map((line) => [
        line.decision ?? '–',
        line.reason ?? '–',
        line.channel ?? '–',
        line.pool,
        line.tier ?? '–',
        this.figure(line.contacts),
        this.figure(line.amount),
        treated(line),
      ]),
    );
  }
}

const right = (text: string): Content => ({ text, alignment: 'right' });

const heading = (text: string): Content => ({ text, fontSize: 11, bold: true, margin: [0, 12, 0, 4] });

/** Rows under a head that repeats on every page; `total` stands last between two rules. */
function table(widths: readonly (number | string)[], head: Row, rows: readonly Row[], total?: Row): Content {
  const bold = (cell: Content) => (typeof cell === 'string' ? { text: cell, bold: true } : { ...cell, bold: true });
  const body = [...(head.length > 0 ? [head.map(bold)] : []), ...rows, ...(total ? [total.map(bold)] : [])];
  if (body.length === 0) body.push(widths.map(() => ''));
  const heads = head.length > 0 ? 1 : 0;
  return {
    table: { headerRows: heads, widths: [...widths], body, dontBreakRows: true },
    layout: {
      hLineWidth: (line: number) =>
        line === 0 || line === heads || (total && line >= body.length - 1) ? 0.8 : line === body.length ? 0.8 : 0.25,
      vLineWidth: () => 0,
      hLineColor: (line: number) => (line === 0 || line === heads || line >= body.length - 1 ? RULE : '#dcdfe3'),
      paddingLeft: () => 0,
      paddingRight: () => 6,
      paddingTop: () => 2,
      paddingBottom: () => 2,
    },
  };
}
