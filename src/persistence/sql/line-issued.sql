-- Lines of a closed period's standing issue that the current role may see. $1 period or null, $2 line or null, $3 unit or null
select l.run_id, l.line_id, l.unit_code, l.charge_period, l.decision_code, l.reason_code, l.channel, l.pool_code, l.rule, l.tier, l.treatment,
  l.amount_minor, i.period, i.issued_at, now() > i.issued_at + interval '12 months' as time_barred
from issue i join period p on p.period = i.period and p.state = 'closed' join statement_line l on l.run_id = i.run_id
where not exists (select from issue later where later.supersedes = i.issue_id)
  and ($1::text is null or i.period = $1) and ($2::text is null or l.line_id = $2) and ($3::text is null or l.unit_code = $3)
order by l.line_id collate "C"
