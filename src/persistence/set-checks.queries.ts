import type { Tx } from './database.ts';
import { isDistributed } from './distribution.queries.ts';
import { keyRangesByMonth, SKIPS } from './staging.queries.ts';

/** Looks at `staged` and `present` (staging.queries.ts) beside what is stored; each gives lines in order. */
export interface StagedFault {
  readonly line: number;
  readonly detail: string;
}

/** Parents as they would stand: stored ones that the file does not bring, and the staged ones (line not null). */
export async function parentsAfter(
  tx: Tx,
  table: 'unit' | 'reason',
): Promise<{ code: string; parent: string; line: number | null }[]> {
  const code = table === 'unit' ? 'unit_code' : 'reason_code';
  const key = table === 'unit' ? 'unit_code, valid_from' : 'reason_code';
  return await tx.query(
    `select ${code} as code, parent_code as parent, null::integer as line
     from (select distinct on (${key}) * from ${table} order by ${key}, import_id desc) newest
     where not removed and parent_code is not null and (${key}) not in (select ${key} from pg_temp.staged)
     union all
     select ${code}, parent_code, line from pg_temp.staged where parent_code is not null`,
  );
}

export interface OwnerRow {
  readonly decision: string;
  readonly unit: string;
  readonly share: string;
  readonly from: string;
  readonly to: string | null;
  readonly line: number | null;
}

/** Owners of the decisions in the file as they would stand, by decision. */
export async function ownersAfter(tx: Tx): Promise<OwnerRow[]> {
  return await tx.query(
    `select decision_code as decision, unit_code as unit, share, valid_from as "from", valid_to as "to", null::integer as line
     from (select distinct on (decision_code, unit_code, valid_from) * from decision_owner
           where decision_code in (select decision_code from pg_temp.staged)
           order by decision_code, unit_code, valid_from, import_id desc) newest
     where not removed and (decision_code, unit_code, valid_from) not in (select decision_code, unit_code, valid_from from pg_temp.staged)
     union all
     select decision_code, unit_code, share, valid_from, valid_to, line from pg_temp.staged
     order by decision`,
  );
}

/**
 * SQL for the stored rows of the contacts that segments name. Where these are few they are looked up: as a list, before
 * PostgreSQL 17 one by one in those months that have them between their least and their greatest key; else all contacts are
 * read, which a few thousand segments do not deserve.
 */
async function contactsNamed(tx: Tx): Promise<{ rows: string; lookedUp: boolean }> {
  const all = { rows: 'contact c where c.contact_id in (select contact_id from pg_temp.staged)', lookedUp: false };
  if (await isDistributed(tx)) return all;
  const [list]: { few: boolean | null; skips: boolean }[] = await tx.query(
    `select (select count(*) from pg_temp.staged) * 4 < sum(pg_relation_size(inhrelid)) / 200 as few, ${SKIPS} as skips
     from pg_inherits where inhparent = 'contact'::regclass`,
  );
  if (list?.few !== true) return all;
  if (list.skips)
    return { rows: 'contact c where c.contact_id = any(array(select contact_id from pg_temp.staged))', lookedUp: true };
  const months = await keyRangesByMonth(tx, { table: 'contact', key: ['contact_id'], day: 'started_on' });
  if (months === '') return all;
  const looks = `(select distinct contact_id from pg_temp.staged) s join (${months}) m on s.contact_id between m.low and m.high`;
  const [stored]: { few: boolean | null }[] = await tx.query(
    `select count(*) * 4 < (select sum(pg_relation_size(inhrelid)) / 200 from pg_inherits where inhparent = 'contact'::regclass) as few
     from ${looks}`,
  );
  if (stored?.few !== true) return all;
  const month = `select * from contact f where f.contact_id = s.contact_id and f.started_on >= m.first and f.started_on < m.next offset 0`;
  return { rows: `${looks} cross join lateral (${month}) c`, lookedUp: true };
}

/** Gives segments the day of their contact; afterwards a segment without a day names no contact. */
export async function dateSegments(tx: Tx): Promise<void> {
  const { rows, lookedUp } = await contactsNamed(tx);
  if (lookedUp)
    await tx.query(
      'set local enable_hashjoin to off; set local enable_mergejoin to off; set local enable_seqscan to off',
    );
  await tx.query(
    `create temp table segmented on commit drop as
     select newest.contact_id, newest.started_on, newest.handle_seconds from (
       select distinct on (c.contact_id) c.* from ${rows}
       order by c.contact_id, c.import_id desc, c.sign desc) newest
     where newest.sign = 1`,
  );
  if (lookedUp)
    await tx.query(
      'set local enable_hashjoin to default; set local enable_mergejoin to default; set local enable_seqscan to default',
    );
  await tx.query(
    'update pg_temp.staged s set started_on = m.started_on from segmented m where m.contact_id = s.contact_id',
  );
}

export async function segmentsWithoutContact(tx: Tx): Promise<StagedFault[]> {
  return await tx.query(`select line, contact_id as detail from pg_temp.staged where started_on is null order by line`);
}

/** Segments of contacts whose seconds would not sum to the contact's; detail: "sum of contact's". */
export async function segmentsOutOfSum(tx: Tx): Promise<StagedFault[]> {
  return await tx.query(
    `with sums as (
       select contact_id, sum(handle_seconds) as seconds from (
         select contact_id, handle_seconds from pg_temp.staged
         union all
         select contact_id, handle_seconds from (
           select distinct on (t.contact_id, t.reason_code) t.* from contact_segment t
           where t.contact_id in (select contact_id from pg_temp.staged)
           order by t.contact_id, t.reason_code, t.import_id desc, t.sign desc) newest
         where sign = 1 and (contact_id, reason_code) not in (select contact_id, reason_code from pg_temp.staged)) parts
       group by contact_id)
     select s.line, sums.seconds || ' of ' || coalesce(m.handle_seconds::text, 'no handle time') as detail
     from pg_temp.staged s join sums using (contact_id) join segmented m using (contact_id)
     where sums.seconds is distinct from m.handle_seconds order by s.line`,
  );
}

/** Contacts of the file whose seconds no longer are what their stored segments sum to. */
export async function contactsAgainstSegments(tx: Tx): Promise<number> {
  const rows: { contacts: string }[] = await tx.query(
    `select count(*) as contacts from pg_temp.judged j join (
       select contact_id, sum(handle_seconds * sign) as seconds from contact_segment t
       where t.contact_id in (select contact_id from pg_temp.judged where verdict = 'changed')
       group by contact_id having sum(sign) > 0) parts using (contact_id)
     where j.verdict = 'changed' and parts.seconds is distinct from j.handle_seconds`,
  );
  return Number(rows[0]!.contacts);
}

/** Answers whose metric is not their instrument's or whose score lies off its scale. */
export async function scoresOffScale(tx: Tx): Promise<StagedFault[]> {
  return await tx.query(
    `select s.line, i.instrument || ' measures ' || i.metric || ' from ' || i.scale_min || ' to ' || i.scale_max as detail
     from pg_temp.staged s join (
       select distinct on (instrument) * from instrument order by instrument, import_id desc) i using (instrument)
     where s.metric <> i.metric or s.score not between i.scale_min and i.scale_max order by s.line`,
  );
}
