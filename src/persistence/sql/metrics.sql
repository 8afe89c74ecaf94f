-- Counts for whoever runs the service. No parameters -> one row: periods (by state), parked, disputes, events,
-- rows (of imports, by what became of them), unattributed (share of the newest calculated period, or null), verified
-- (seconds since 1970 of the newest check that found the audit log whole, or null)
select (select coalesce(jsonb_object_agg(state, n), '{}') from (select state, count(*)::int as n from period group by state) s) as periods,
  (select count(distinct (p.period, k.unit_code))::int from period p join run_parked k using (run_id)
    where not exists (select from parking_ruling g where g.period = p.period and g.unit_code = k.unit_code)) as parked,
  (select count(*)::int from dispute d where not exists (select from dispute_ruling r where r.dispute_id = d.dispute_id)) as disputes,
  (select event_no::float8 from audit_head()) as events,
  (select jsonb_build_object('new', coalesce(sum(rows_new), 0), 'changed', coalesce(sum(rows_changed), 0),
    'refused', coalesce(sum(rows_refused), 0)) from import) as rows,
  (select (r.document -> 'coverage' ->> 'unattributed')::float8 from period p join run r using (run_id)
    order by p.period desc limit 1) as unattributed,
  (select extract(epoch from max(checked_at))::float8 from chain_check) as verified
