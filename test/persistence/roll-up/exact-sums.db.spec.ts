import { mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { DuckDbBooks } from '../../../src/cli/duckdb-books.ts';
import { firstDay, period } from '../../../src/domain/period.ts';
import { cellSums } from '../../../src/persistence/close-inputs.queries.ts';
import { csv, testBooks, type TestBooks } from '../../builders/books.ts';

const MARCH = period('2026-03');
/** Odd and just below 2^53: a double holds each, and none of their sums. */
const SECONDS = [2 ** 53 - 1, 2 ** 53 - 1, 2 ** 53 - 3];
const EXACT = 3n * 2n ** 53n - 5n;
const reading = { period: MARCH, cuts: [firstDay(MARCH)], patterns: [], exposureRules: [] };

describe('seconds of a cell beyond 2^53', () => {
  let books: TestBooks;
  beforeAll(async () => {
    books = await testBooks();
  });
  afterAll(() => books.end());

  it('are lost by doubles', () => {
    expect(BigInt(SECONDS.reduce((sum, own) => sum + own, 0))).not.toBe(EXACT);
  });

  it('are exact by the SQL road', async () => {
    const over = new Error('taken back');
    const summed = books.db.books(async (tx) => {
      // Contacts of the product last at most 2^31 seconds; a table before its own, with room for more, stands in for millions.
      await tx.query('create temporary table contact (like public.contact) on commit drop');
      await tx.query('alter table pg_temp.contact alter column handle_seconds type bigint');
      await tx.query(
        `insert into cell (cell_no, channel, reason_code) overriding system value values (1, 'voice', 'other')`,
      );
      await tx.query(
        `insert into pg_temp.contact (started_at, started_on, import_id, cell_no, handle_seconds, line, sign, contact_id)
         select '2026-03-05T10:00:00Z', '2026-03-05', 1, 1, seconds, number, 1, 'c' || number
         from unnest($1::bigint[]) with ordinality as given(seconds, number)`,
        [SECONDS],
      );
      const sums = await cellSums(tx, { ...reading, watermark: '1' });
      expect(sums.map((sum) => [sum.parts, sum.seconds])).toEqual([[3n * 720_720n, EXACT]]);
      throw over;
    });
    await expect(summed).rejects.toBe(over);
  });

  it('are exact by DuckDB', async () => {
    const folder = mkdtempSync(join(tmpdir(), 'answerable-sums-'));
    const columns =
      'contact_id,started_at,channel,reason_code,customer_id,handle_seconds,queue,site,vendor,product,segment,language,decision_code,case_id,direction,escalated,transferred_from,resolved,text';
    const rows = SECONDS.map((seconds, i) => ({
      ...Object.fromEntries(columns.split(',').map((column) => [column, ''])),
      ...{ contact_id: `c${i}`, started_at: '2026-03-05T10:00:00Z', channel: 'voice', reason_code: 'other' },
      handle_seconds: seconds,
    }));
    writeFileSync(join(folder, 'contacts.csv'), csv(rows));
    writeFileSync(join(folder, 'contact_segments.csv'), 'contact_id,reason_code,handle_seconds\n');
    writeFileSync(
      join(folder, 'exposures.csv'),
      'exposure_id,customer_id,decision_code,occurred_at,amount,waived,currency\n',
    );
    const duck = await DuckDbBooks.open(join(folder, 'duck.db'), 'Europe/Berlin');
    try {
      await duck.load(folder);
      await duck.rollUp([reading]);
      expect([...(await duck.cells(MARCH)).values()]).toEqual([`${3 * 720_720} ${EXACT} 0`]);
    } finally {
      duck.close();
      rmSync(folder, { recursive: true, force: true });
    }
  });
});
