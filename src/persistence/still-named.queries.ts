import type { Tx } from './database.ts';

/** What of an import others name: undoing it would leave them naming nothing. */
export interface StillNamed {
  readonly what: string;
  readonly by: string;
}

/** Codes that an import brought into being, and nothing before it. */
const brought = (table: string, code: string): string =>
  `select distinct m.${code} as code from ${table} m where m.import_id = $1
     and not exists (select from ${table} f where f.${code} = m.${code} and f.import_id < $1)`;

const standing = (table: string, key: string): string =>
  `(select * from (select distinct on (${key}) * from ${table} order by ${key}, import_id desc) newest where not removed)`;

const UNIT_VERSIONS = standing('unit', 'unit_code, valid_from');
const REASONS = standing('reason', 'reason_code');
const OWNERS = standing('decision_owner', 'decision_code, unit_code, valid_from');
const CONTACTS_BY_CELL = `(select cell_no from contact_rollup group by cell_no having sum(contacts) > 0)`;

const LOOKS: Readonly<Record<string, string>> = {
  units: `with brought as (${brought('unit', 'unit_code')})
    select code as what, 'unit ' || u.unit_code as by from brought join ${UNIT_VERSIONS} u on code in (u.parent_code, u.successor) and u.import_id <> $1
    union all select code, 'reason ' || reason_code from brought join ${REASONS} r on code = r.owner_unit
    union all select code, 'decision ' || decision_code from brought join ${OWNERS} o on code = o.unit_code`,
  reasons: `with brought as (${brought('reason', 'reason_code')})
    select code as what, 'reason ' || r.reason_code as by from brought join ${REASONS} r on code = r.parent_code and r.import_id <> $1
    union all select code, 'contacts' from brought join cell on code = reason_code join ${CONTACTS_BY_CELL} c using (cell_no)
    union all select code, 'contact segments' from brought
      where code in (select reason_code from contact_segment group by reason_code having sum(sign) > 0)`,
  decisions: `with brought as (${brought('decision', 'decision_code')})
    select code as what, 'owner ' || unit_code as by from brought join ${OWNERS} o on code = o.decision_code
    union all select code, 'contacts' from brought join cell on code = decision_code join ${CONTACTS_BY_CELL} c using (cell_no)
    union all select code, 'exposures' from brought
      where code in (select decision_code from exposure group by decision_code having sum(sign) > 0)
    union all select code, 'revenue' from brought
      where code in (select decision_code from revenue group by decision_code having sum(sign) > 0)`,
  instruments: `with brought as (${brought('instrument', 'instrument')})
    select code as what, 'surveys' as by from brought
      where exists (select from ${standing('survey', 'survey_id')} s where s.instrument = code)`,
  contacts: `select m.contact_id as what, 'contact segments' as by
    from (select contact_id, sum(sign) as net from contact where import_id = $1 group by contact_id) m
    join contact_segment s using (contact_id) where m.net > 0 group by m.contact_id having sum(s.sign) > 0`,
};

/** The first few things that would be left naming nothing if an import of this kind were undone. */
export async function stillNamed(tx: Tx, kind: string, importId: string): Promise<StillNamed[]> {
  const look = LOOKS[kind];
  return look === undefined
    ? []
    : await tx.query(`select * from (${look}) named order by what, by limit 5`, [importId]);
}
