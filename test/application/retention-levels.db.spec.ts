import { mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { dirname, join } from 'node:path';
import type { Keeping } from '../../src/application/kept-figures.ts';
import { parseModel, parsePlain } from '../../src/application/model-text.ts';
import { readRules } from '../../src/application/read-close.ts';
import { readRetention } from '../../src/application/read-retention.ts';
import { compareKeys } from '../../src/domain/apportionment.ts';
import { period } from '../../src/domain/period.ts';
import type { RetentionInputs } from '../../src/domain/statements/retention-books.ts';
import { generate } from '../../src/generator/generate.ts';
import { testBooks, type TestBooks } from '../builders/books.ts';

const OCTOBER = period('2026-10');

/** The rules of a model as plain values. */
interface PlainModel {
  rules: { within_days?: number; to?: { unit?: string; decision?: string; share: string }[] }[];
}

const matching = (match: object) => ({ name: 'new', match, to: [{ unit: 'RETAIL', share: '0.5' }] });

/** What is changed of the generated model, and which levels are made anew for it. */
const CHANGES: Readonly<Record<string, readonly [change: (model: PlainModel) => void, levels: readonly string[]]>> = {
  nothing: [() => undefined, []],
  'the share of a rule': [({ rules }) => (rules.find(({ to }) => to)!.to![0]!.share = '0.375'), ['']],
  'the takers of a rule': [
    ({ rules }) => {
      rules.find(({ to }) => to)!.to = [{ unit: 'RETAIL', share: '0.25' }];
    },
    [''],
  ],
  'the order of rules': [({ rules }) => rules.reverse(), ['']],
  'a rule on dimensions': [
    ({ rules }) => rules.unshift(matching({ segment: ['b*'], language: ['(none)', 'd*'] })),
    ['', ' by like contacts'],
  ],
  'a rule of some days': [
    ({ rules }) => rules.unshift(matching({ queue: ['*'], started_at: { from: '2026-07-14' } })),
    ['', ' by like contacts', ' by cell'],
  ],
  'a rule on exposures': [
    ({ rules }) => (rules.find(({ within_days: days }) => days)!.within_days = 9),
    ['', ' by cell', ' by like contacts'],
  ],
};

describe('effects on retention that are kept', () => {
  let books: TestBooks;
  let yaml = '';

  beforeAll(async () => {
    const folder = join(mkdtempSync(join(tmpdir(), 'answerable-levels-')), 'company');
    await generate({
      folder,
      contacts: 24_000,
      months: 14,
      exposures: 9_000,
      revenueEvents: 40_000,
      seed: 5,
    });
    rmSync(join(folder, 'surveys.csv'));
    books = await testBooks();
    await books.imports.importFolder(books.people.finance, folder, {
      applyModel: async (text) => {
        yaml = text;
        return `model ${(await books.models.apply(books.people.finance, text)).modelId}`;
      },
    });
    rmSync(dirname(folder), { recursive: true, force: true });
  }, 300_000);
  afterAll(() => books.end());

  it('are shared out anew, put together anew or read anew as far as a change of rules reaches, and are those of books that keep nothing', async () => {
    await books.db.books(async (tx) => {
      const { mark, register, company } = await readRules(tx, OCTOBER);
      const of = { period: OCTOBER, mark, register, currency: company.currency, digits: 2, runs: [] };
      const read = async (text: string, keeping: Keeping): Promise<RetentionInputs> =>
        (await readRetention(tx, { ...of, model: parseModel(text), keeping }))!;
      const kept = async (): Promise<string[]> =>
        ((await tx.query('select subject, basis from kept_figure')) as { subject: string; basis: string }[]).map(
          ({ subject, basis }) => `${subject} ${basis}`,
        );
      const first = await read(yaml, 'keep');
      expect(first.effects.lines.length).toBeGreaterThan(10);
      let differing = 0;
      for (const [name, [change, levels]] of Object.entries(CHANGES)) {
        const plain = parsePlain(yaml, 'model.yaml') as PlainModel;
        change(plain);
        const text = JSON.stringify(plain);
        const before = new Set(await kept());
        const found = await read(text, 'keep');
        const made = (await kept()).filter((subject) => !before.has(subject));
        const named = made.map((subject) => /^effects on retention(.*) of 2026-10 /.exec(subject)![1]!);
        expect([name, named.sort(compareKeys)]).toEqual([name, [...levels].sort(compareKeys)]);
        expect({ name, found }).toStrictEqual({ name, found: await read(text, 'no') });
        if (JSON.stringify(found.effects.lines, text64) !== JSON.stringify(first.effects.lines, text64)) differing++;
      }
      expect(differing).toBeGreaterThan(2);
    });
  }, 300_000);
});

const text64 = (_key: string, value: unknown): unknown => (typeof value === 'bigint' ? `${value}` : value);
