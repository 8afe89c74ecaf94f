import { readFileSync } from 'node:fs';
import { join } from 'node:path';
import { packageRoot } from '../../src/package-root.ts';
import { textsAsked } from '../builders/page-texts.ts';
import { textsOf } from '../builders/said-texts.ts';

/** Each word of the glossary with what others call it; who says the other word is not understood. */
const OTHERS: Readonly<Record<string, RegExp>> = {
  unit: /\b(departments?|divisions?|org(anisational)? units?)\b/i,
  contact: /\b(interactions?|inquir(y|ies)|enquir(y|ies)|touch ?points?)\b/i,
  decision: /\b(initiatives?|interventions?)\b/i,
  charge: /\b(bill-?backs?|cross-?charges?|recharges?|levy|levies)\b/i,
  statement: /\b(bills? of|account statements?|showback reports?)\b/i,
  dispute: /\b(objections?|appeals?|challenges?)\b/i,
  'cost pool': /\b(cost buckets?|cost baskets?|cost collectors?)\b/i,
  'unused capacity': /\b(idle (capacity|cost|time)|spare capacity|slack)\b/i,
  'not attributed': /\b(unallocated|unassigned|orphaned)\b/i,
  withheld: /\b(suppressed|held back)\b/i,
  parked: /\b(on hold|quarantined|suspended)\b/i,
  exposure: /\b(impressions?|touches)\b/i,
  'service variance': /\b(efficiency loss(es)?|cost overruns?)\b/i,
  'practical capacity': /\b(effective capacity|net capacity)\b/i,
  reason: /\b(contact topics?|contact categor(y|ies)|contact types?)\b/i,
};

/** Words that all four doors say, with how each may write them. */
const SHARED: readonly RegExp[] = [
  /\bdecisions?\b/i,
  /\bcontacts?\b/i,
  /\bstatements?\b/i,
  /\bunits?\b/i,
  /\bunused\b/i,
  /\bwithheld\b/i,
  /\bparked\b/i,
  /\b(charged?|charges)\b/i,
  /\bretention\b/i,
  /\bledger\b/i,
];

const workbook = JSON.parse(
  readFileSync(join(packageRoot, 'templates', 'workbook', 'v1', 'labels.en.json'), 'utf8'),
) as Record<string, string>;

/** What each door says to people. */
const DOORS: Readonly<Record<string, readonly { readonly text: string; readonly file: string }[]>> = {
  pages: textsAsked(),
  workbook: Object.entries(workbook).map(([file, text]) => ({ text, file })),
  shell: textsOf('cli'),
  API: textsOf('http'),
  // Methods on small inputs speak as the textbooks do whose examples they repeat.
  engine: [...textsOf('application').filter(({ file }) => !file.startsWith('evaluate')), ...textsOf('domain')],
};

describe.each(Object.entries(DOORS))('the words of the %s', (_door, texts) => {
  it('are many', () => {
    expect(texts.length).toBeGreaterThan(80);
  });

  it.each(Object.entries(OTHERS))('say %s by no other word', (_word, other) => {
    expect(texts.filter(({ text }) => other.test(text))).toEqual([]);
  });
});

describe('words that every door has', () => {
  it.each(['pages', 'workbook', 'shell', 'API'])('are said by the %s', (door) => {
    const all = DOORS[door]!.map(({ text }) => text).join('\n');
    // The API gives these two as members of its documents, in no sentence of its own.
    const shared = door === 'API' ? SHARED.filter((word) => !/unused|withheld/.test(String(word))) : SHARED;
    expect(shared.filter((word) => !word.test(all)).map(String)).toEqual([]);
  });

  it('stand in the glossary', () => {
    const page = readFileSync(join(packageRoot, 'src', 'domain', 'README.md'), 'utf8');
    expect(SHARED.filter((word) => !word.test(page)).map(String)).toEqual([]);
    for (const word of Object.keys(OTHERS)) expect(page.toLowerCase()).toContain(word);
  });
});
