import { execFileSync } from 'node:child_process';
import { mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { statementPdf } from '../../src/application/statement-pdf.ts';
import { close } from '../../src/domain/statements/close.ts';
import { documentsOf } from '../../src/domain/statements/document.ts';
import type { StatementSet } from '../../src/domain/statements/statement-set.ts';
import { lastLinesOf } from '../workbook/books.ts';
import { companyInputs } from '../workbook/company.ts';
import { contextOf } from '../workbook/workbooks.ts';

function documentOf(): StatementSet {
  const inputs = companyInputs({ reasons: 12 });
  const lastLines = lastLinesOf(companyInputs({ reasons: 12, seed: 2 }));
  const { period } = documentsOf(close(inputs), { ...contextOf(inputs), lastLines });
  const run = { id: '7', hash: 'a'.repeat(64), model: 'b'.repeat(64), inputs: 'c'.repeat(64) };
  return { ...(period as unknown as StatementSet), run, state: 'closed' };
}

const set = documentOf();

/** Words of the pages as a person reads them: minus and no-break spaces as in the document. */
function textOf(pdf: Buffer, ...options: string[]): string {
  const folder = mkdtempSync(join(tmpdir(), 'answerable-pdf-'));
  try {
    const path = join(folder, 'statement.pdf');
    writeFileSync(path, pdf);
    return execFileSync('pdftotext', ['-layout', ...options, path, '-'], { encoding: 'utf8' });
  } finally {
    rmSync(folder, { recursive: true, force: true });
  }
}

const shown = (amount: string): string => amount.replace('-', '\u2212');

describe('statements as PDF', () => {
  let pages: string;
  beforeAll(async () => {
    pages = textOf(await statementPdf(set, 'Test & Söhne plc'));
  });

  it('hold every figure of the document: tie-out, units, bridges and lines, each as often', () => {
    const words = new Map<string, number>();
    // pdftotext gives the space between thousands as a plain one
    for (const [word] of pages.replace(/(?<=\d)[ \u00a0](?=\d{3}\b)/g, '').matchAll(/\u2212?\d+(?:\.\d+)?(?![\w-])/g))
      words.set(word, (words.get(word) ?? 0) + 1);
    const wanted = new Map<string, number>();
    const want = (amount: string) => wanted.set(shown(amount), (wanted.get(shown(amount)) ?? 0) + 1);
    Object.values(set.reconciliation!).forEach((amount: string) => want(amount));
    for (const unit of set.units) {
      [unit.gross, unit.retentionCredit, unit.net, unit.contacts].forEach(want); // on the first page
      [unit.gross, unit.retentionCredit, unit.adjustments, unit.net].forEach(want);
      Object.values(unit.bridge ?? {}).forEach(want);
      for (const line of unit.lines) [line.amount, line.contacts].forEach(want);
    }
    const missing = [...wanted].filter(([figure, count]) => (words.get(figure) ?? 0) < count);
    expect(missing).toEqual([]);
    expect(wanted.size).toBeGreaterThan(100);
  });

  it('begin a new page for each unit, say whose they are and what they are', () => {
    for (const unit of set.units) expect(pages).toContain(`Chargeback statement: ${unit.name}`);
    expect(pages.split('\f').length).toBeGreaterThan(set.units.length);
    expect(pages).toContain('Test & Söhne plc');
    expect(pages).toContain('ISSUED');
    expect(pages).toContain('aaaaaaaaaaaa');
  });

  it('in German have the same figures with a decimal comma, and German words', async () => {
    const german = textOf(await statementPdf(set, 'Test & Söhne plc', 'de'));
    const figures = (text: string) =>
      [...text.matchAll(/\u2212?\d+(?: \d{3})*[.,]\d{2}(?!\d)/g)].map(([figure]) => figure);
    expect(figures(german)).toEqual(figures(pages).map((figure) => figure.replace('.', ',')));
    expect(figures(german).length).toBeGreaterThan(100);
    const words = ['Abrechnung: Mobile', 'AUSGESTELLT', 'Seite 1 von'];
    for (const word of words) expect([word, german.includes(word)]).toEqual([word, true]);
    expect(german).not.toMatch(/statement|charge|Page|decision/i);
  });

  it('are the same bytes each time, and preliminary until they are issued', async () => {
    const one = { ...set, units: set.units.slice(0, 1), state: 'in_review' as const };
    const [first, second] = [await statementPdf(one, 'Test'), await statementPdf(one, 'Test')];
    expect(first.equals(second)).toBe(true);
    expect(textOf(first)).toContain('PRELIMINARY');
  });
});
