import { readFileSync, readdirSync } from 'node:fs';
import { join } from 'node:path';
import { loadModule } from 'libpg-query';
import { period } from '../../src/domain/period.ts';
import { packageRoot } from '../../src/package-root.ts';
import { cellSums, contactParts } from '../../src/persistence/close-inputs.queries.ts';
import type { Tx } from '../../src/persistence/database.ts';
import { FACTS, REFERENCES } from '../../src/persistence/distribute.ts';
import { pushDownOf, type Places } from './push-down.ts';

const PLACES: Places = {
  spread: new Map(FACTS.map(({ table, column }) => [table, column])),
  everywhere: new Set(REFERENCES),
};
const FOLDER = join(packageRoot, 'src', 'persistence', 'sql');
/** The kernel road's readings of facts: a close of distributed books takes none of them. */
const KERNEL_ROAD = new Set(['contact-standing', 'contact-text-hits', 'segment-stream']);
/** A part of other statements; these are looked at as they are sent. */
const PARTS = new Set(['close-contacts']);

const textOf = (name: string): string => readFileSync(join(FOLDER, `${name}.sql`), 'utf8');
const ofFacts = readdirSync(FOLDER)
  .map((file) => file.replace(/\.sql$/, ''))
  .filter((name) => !KERNEL_ROAD.has(name) && !PARTS.has(name))
  .filter((name) =>
    new RegExp(`\\b(from|join)\\s+(${FACTS.map(({ table }) => table).join('|')})\\b`).test(textOf(name)),
  );

/** The statement that a call sends, after its settings. */
async function sentBy(call: (tx: Tx) => Promise<unknown>): Promise<string> {
  const sent: string[] = [];
  await call({ query: (text: string) => (sent.push(text), Promise.resolve([])) } as unknown as Tx);
  return sent.at(-1)!;
}

describe('on a cluster', () => {
  beforeAll(() => loadModule());

  it('the SQL road of a close runs where the customers are; what it gathers is named', async () => {
    const reading = {
      period: period('2026-03'),
      cuts: ['2026-03-01'],
      watermark: '1',
      patterns: ['x'],
      exposureRules: [],
    };
    const sums = await sentBy((tx) => cellSums(tx, reading));
    const parts = await sentBy((tx) => contactParts(tx, reading, { contact: 'c1' }));
    for (const statement of [sums, parts])
      expect(pushDownOf(statement, PLACES)).toEqual({
        faults: [],
        // corrected contacts, contacts asked for, cases of a sample, instants of cases, parts of segments
        gathered: ['corrected', 'standing', 'segmented', 'wanted', 'sampled', 'in_case', 'segment_parts'],
      });
  });

  it('there are other statements on facts, and they are looked at', () => expect(ofFacts.length).toBeGreaterThan(9));

  it.each(ofFacts)('%s runs where the customers are', (name) => {
    expect(pushDownOf(textOf(name), PLACES).faults).toEqual([]);
  });

  it.each([
    ['a join on something else', 'select 1 from contact c join exposure e using (import_id)', 'e is not joined to c on the key'],
    ['a join of segments', 'select 1 from contact c join contact_segment s using (contact_id)', 's is not joined to c on the key'],
    ['a window by case', 'select max(n) from (select count(*) over (partition by case_id) as n from contact) x', 'a window that is not by the key'],
    ['a grouping by contact', 'select max(n) from (select sum(sign) as n from contact group by contact_id) x', 'a grouping that is not by the key'],
    ['distinct rows', 'select count(*) from (select distinct cell_no from contact) x', 'distinct rows that are not by the key'],
    ['a sum below the top', 'select n from (select sum(sign) as n from contact) x, cell', 'an aggregate over all rows below the top'],
    ['a limit', 'select n from (select sign as n from contact limit 1) x', 'a limit below the top'],
    ['a table of the coordinator', 'select 1 from contact join import using (import_id)', 'import is on the coordinator alone'],
    ['a dictionary kept', 'select 1 from cell left join contact using (cell_no)', 'an outer join keeps rows of cell, which every node has'],
    ['a union', 'select customer_key from contact union all select customer_key from exposure', 'a union of rows on the nodes'],
    ['a part used twice', 'with a as (select customer_key from contact) select 1 from a join a b using (customer_key)', 'a is used more than once and does not say whether it is materialized'],
    ['another customer', 'select 1 from contact c where exists (select from exposure e where e.import_id = c.import_id)', 'a subquery of rows on the nodes that is not of the same key'],
    ['sums of a row', 'select x.n from (select (select sum(p) from unnest(array[1]) p where p = c.line) as n from contact c) x', 'an aggregate of the outer row'],
  ])('%s is seen', (_what, statement, fault) => {
    expect(pushDownOf(statement, PLACES).faults).toContain(fault);
  }); // prettier-ignore
});
